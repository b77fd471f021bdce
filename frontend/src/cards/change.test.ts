import { describe, expect, it } from "vitest";
import { SIX } from "../charts/catalogue";
import type { FigureLayout, Trace } from "../charts/parts/figure";
import { DEFAULT_VIEW } from "../run/view";
import { runFixture } from "../test/run-fixture";
import { changeBetween, same } from "./change";

const layout: FigureLayout = {
  xaxis: { type: "log", range: [0, 1] },
  yaxis: { type: "log", range: [0, 1] },
  margin: { l: 0, r: 0, t: 0, b: 0 },
  uirevision: "a",
};

function trace(y: (number | null)[], more: Partial<Trace> = {}): Trace {
  return { name: "a", type: "scatter", x: y.map((_, i) => i), y, hoverinfo: "none", ...more };
}

describe("changeBetween", () => {
  it("finds nothing to do between equal figures", () => {
    expect(changeBetween({ data: [trace([1, null])], layout }, { data: [trace([1, null])], layout: { ...layout } })).toEqual({ kind: "none" });
  });

  it("names the traces that only moved", () => {
    const before = { data: [trace([1, 2]), trace([3, 4]), trace([5, 6])], layout };
    expect(changeBetween(before, { data: [trace([1, 2]), trace([3, 5]), trace([null, 6])], layout })).toEqual({ kind: "motion", traces: [1, 2] });
  });

  it.each([
    ["another number of points", [trace([1, 2, 3])]],
    ["another style", [trace([1, 2], { line: { width: 2 } })]],
    ["another trace", [trace([1, 2]), trace([1, 2])]],
    ["a heatmap", [trace([1, 3], { type: "heatmap" })]],
  ])("draws anew for %s", (_name, data) => {
    const first = data[0]?.type === "heatmap" ? trace([1, 2], { type: "heatmap" }) : trace([1, 2]);
    expect(changeBetween({ data: [first], layout }, { data, layout }).kind).toBe("all");
  });

  it("draws anew for another layout", () => {
    const wider = { ...layout, xaxis: { ...layout.xaxis, range: [0, 2] as [number, number] } };
    expect(changeBetween({ data: [], layout }, { data: [], layout: wider }).kind).toBe("all");
  });
});

it.each(SIX.map(({ chart }) => chart))("the play-head draws no chart anew: $id", ({ figure }) => {
  const run = runFixture();
  const at = (frame: number) => figure(run, { ...DEFAULT_VIEW, time: run.frames[frame]?.time ?? 0 }, "light");
  expect(changeBetween(at(30), at(36)).kind).not.toBe("all");
  expect(at(36).data).toHaveLength(at(30).data.length);
});

it("same compares content, however deep", () => {
  expect(same({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
  expect(same({ a: 1 }, { a: 1, b: undefined })).toBe(false);
  expect(same([1, 2], [1, 3])).toBe(false);
  expect(same([], {})).toBe(false);
  expect(same(NaN, NaN)).toBe(true);
});
