import { expect, it } from "vitest";
import { aheadAndOver, reachedMarks } from "./reached";

it("lays over the faint marks those that the play-head has reached, which the pointer does not find a second time", () => {
  const look = { name: "a", type: "scatter", mode: "markers", hoverinfo: "none" } as const;
  const [all, reached] = reachedMarks(look, [1, 2, 3], [5, null, 7], 2, ["faint", "strong"], (color) => ({ color }));
  expect(all).toEqual({ ...look, x: [1, 2, 3], y: [5, null, 7], marker: { color: "faint" } });
  expect(reached).toEqual({ ...look, x: [1, 2, 3], y: [5, null, null], marker: { color: "strong" }, hoverinfo: "skip" });
});

it.each([1, 0.4, 0.25])("gives a mark behind the play-head its own opacity, of two layers: %d", (opacity) => {
  const [ahead, over] = aheadAndOver("#102030", opacity).map((colour) => Number(/,([\d.]+)\)$/.exec(colour)?.[1]));
  expect(ahead).toBeCloseTo(0.25 * opacity, 12);
  expect(1 - (1 - (ahead as number)) * (1 - (over as number))).toBeCloseTo(opacity, 12);
});
