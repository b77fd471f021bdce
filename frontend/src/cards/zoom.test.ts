import { describe, expect, it } from "vitest";
import { functionChart } from "../charts/function";
import { learntChart } from "../charts/learnt";
import { lossChart } from "../charts/loss";
import { DEFAULT_VIEW } from "../run/view";
import { runFixture } from "../test/run-fixture";
import { zoomed } from "./zoom";

const view = { ...DEFAULT_VIEW, time: 0.3 };

describe("a chart in a larger window", () => {
  const plain = lossChart.figure(runFixture(), view, "light");
  const large = zoomed(plain, 1.5);

  it("has larger type, marks and margins", () => {
    expect(large.layout.margin.l).toBe(1.5 * plain.layout.margin.l);
    expect((large.layout.xaxis["tickfont"] as { size: number }).size).toBe(13.5);
    expect((large.layout["font"] as { size: number }).size).toBe(16.5);
    const line = (figure: typeof plain) => (figure.data.find(({ mode }) => mode === "lines")?.["line"] as { width: number }).width;
    expect(line(large)).toBe(1.5 * line(plain));
  });

  it("says the same: values, ranges and ticks stay", () => {
    expect(large.layout.xaxis.range).toEqual(plain.layout.xaxis.range);
    expect(large.layout.xaxis["dtick"]).toBe(plain.layout.xaxis["dtick"]);
    expect(large.data.map(({ x, y }) => [x, y])).toEqual(plain.data.map(({ x, y }) => [x, y]));
    const bars = (figure: typeof plain) => figure.data[0]?.["width"];
    const learnt = learntChart.figure(runFixture(), view, "light");
    expect(bars(zoomed(learnt, 2))).toBe(bars(learnt));
  });

  it("is itself at the size that it is drawn for", () => {
    const figure = functionChart.figure(runFixture(), view, "light");
    expect(zoomed(figure, 1)).toBe(figure);
  });
});
