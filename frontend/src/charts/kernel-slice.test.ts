import { describe, expect, it } from "vitest";
import type { Started } from "../api/codec";
import { DEFAULT_VIEW as VIEW } from "../run/view";
import { runFixture } from "../test/run-fixture";
import { kernelSliceChart, slicesApart } from "./kernel-slice";
import type { Figure } from "./parts/figure";
import { rowAt, rowBeside } from "./parts/rows";

const named = (figure: Figure, name: string) => figure.data.find((trace) => trace.name === name);
const started = (geometry: Started["geometry"]) => runFixture({ geometry }).started as Started;

describe("a row of the kernel", () => {
  it("is the middle one, in the order of x, at the start, at the play-head, and at infinite width", () => {
    const run = runFixture();
    const [moved, K] = [run.kernelFrames[3], run.started?.slices];
    const figure = kernelSliceChart.figure(run, { ...VIEW, time: moved?.time ?? 0 }, "light");
    const x = named(figure, "K₀")?.x as number[];
    expect(x).toEqual([...x].sort((a, b) => a - b));
    const first = [...(run.started?.inputs.values ?? [])].indexOf(x[0] as number);
    expect(named(figure, "K₀")?.y[0]).toBe(K?.values.values[2 * 16 + first]);
    expect(named(figure, "Kₜ")?.y[0]).toBe(moved?.slices?.values[2 * 16 + first]);
    expect(named(figure, "infinite width")?.y[0]).toBeCloseTo(1.1 * (K?.values.values[2 * 16 + first] ?? NaN), 5);
    expect(figure.layout["shapes"]).toMatchObject([{ x0: run.started?.inputs.values[8] }]);
    expect(figure.subtitle).toContain("x₀ = ");
  });

  it("tells the point under the pointer", () => {
    const figure = kernelSliceChart.figure(runFixture(), VIEW, "light");
    expect(figure.describe(1, 0)?.rows.map(([label]) => label)).toEqual(["x", "K₀", "Kₜ", "infinite width"]);
  });

  it.each(["plane", "points"] as const)("is drawn against the distance over a %s, from 0 on", (geometry) => {
    const figure = kernelSliceChart.figure(runFixture({ geometry }), VIEW, "light");
    expect(named(figure, "K₀")?.x[0]).toBe(0);
    expect(named(figure, "infinite width")?.mode).toBe("markers");
    expect(figure.layout["shapes"]).toEqual([]);
  });

  it("keeps its axes whichever row is taken", () => {
    const run = runFixture();
    const [first, last] = [0, 3].map((slice) => kernelSliceChart.figure(run, { ...VIEW, slice }, "light"));
    expect(first?.layout.yaxis.range).toEqual(last?.layout.yaxis.range);
    expect(first?.data).not.toEqual(last?.data);
  });

  it("says so where a run has none", () => {
    expect(kernelSliceChart.figure(runFixture({ further: false }), VIEW, "light").empty).toBe("This run records no rows of its kernel.");
  });
});

it("the row is the one nearest to the pointer, by its place in the plot where there is no line", () => {
  const circle = started("circle");
  expect([-9, 0.7, 0.9, 99].map((x) => rowAt(circle, 0, x))).toEqual([0, 0, 1, 3]);
  expect([-1, 0.3, 0.99, 2].map((share) => rowAt(started("plane"), share, 0))).toEqual([0, 1, 3, 3]);
});

it("keys walk along the rows from the middle one, and stop at the ends", () => {
  const of = started("circle");
  expect([rowBeside(of, null, 1), rowBeside(of, 3, 1), rowBeside(of, 0, -1)]).toEqual([3, 3, 0]);
});

it("the distance of rows is relative to the second, and absent where one is", () => {
  const run = runFixture();
  const { slices, infinite } = run.started as Started;
  expect(slicesApart(slices?.values, infinite?.slices)).toBeCloseTo(0.1 / 1.1, 6);
  expect(slicesApart(slices?.values, null)).toBeNull();
  expect(kernelSliceChart.help.measured(run)).toContainEqual({ label: "K₀ from infinite width, over these rows", value: "9.1\u2009%" });
});
