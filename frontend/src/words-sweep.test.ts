import { describe, expect, it } from "vitest";
import { sweepFixture } from "./test/sweep-fixture";
import { sweepWords, theoryText } from "./words-sweep";

const slope = (value: number, ends: [number, number]) => {
  const found = sweepFixture().study?.slopes[1];
  if (!found) throw new Error("no slope");
  return { ...found, slope: value, at_lowest: ends[0], at_highest: ends[1] };
};

describe("what a drift's slope means", () => {
  it.each([
    [-0.75, "the wider, the lazier"],
    [-0.01, "feature learning"],
    [0.4, "the drift grows"],
  ])("slope %d: %s", (value, text) => {
    expect(sweepWords.meaning(slope(value, [0.1, 0.02]))).toContain(text);
  });

  it("names the fitted line's ends", () => {
    expect(sweepWords.meaning(slope(-1, [0.1, 0.025]))).toContain("from 10.0\u2009% at width 64 to 2.5\u2009% at 256");
  });
});

it.each([[-0.5, "−1/2"], [-0.75, "−3/4"], [-1, "−1"], [0, "0"], [null, "–"]] as const)("theory's %s is said as %s", (value, text) => {
  expect(theoryText(value)).toBe(text);
});
