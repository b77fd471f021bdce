import { describe, expect, it } from "vitest";
import type { FigureLayout } from "../charts/parts/figure";
import { heldRanges } from "./ranges";

const layout = (top: number, uirevision = "run:loss"): FigureLayout => ({
  xaxis: { type: "log", range: [0, 1] },
  yaxis: { type: "log", range: [-2, top] },
  margin: { l: 0, r: 0, t: 0, b: 0 },
  uirevision,
});

describe("heldRanges", () => {
  const first = heldRanges(null, layout(0), false, 5000).held;

  it("begins with the figure's own", () => {
    expect(first.ranges).toEqual({ x: [0, 1], y: [-2, 0] });
  });

  it("grows at most once a second, and says that it waits", () => {
    expect(heldRanges(first, layout(1), false, 5400)).toEqual({ held: first, waits: true });
    expect(heldRanges(first, layout(1), false, 6000)).toMatchObject({ held: { ranges: { y: [-2, 1] }, since: 6000 }, waits: false });
  });

  it("does not grow once the reader has zoomed", () => {
    expect(heldRanges(first, layout(1), true, 60_000)).toEqual({ held: first, waits: false });
  });

  it("does not wait for another run", () => {
    expect(heldRanges(first, layout(3, "other:loss"), false, 5001)).toMatchObject({ held: { ranges: { y: [-2, 3] } }, waits: false });
  });
});
