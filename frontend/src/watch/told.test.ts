import { expect, it } from "vitest";
import { twinOf } from "../charts/parts/twin";
import type { Target } from "./glyph";
import type { Rung } from "./rungs";
import { toldFunction, toldLadder } from "./told";

const target: Target = { round: false, inputs: [0, 1], targets: [2, 3], grid: [0, 0.5, 1], gridTarget: [2, 2.5, 3] };

it("tells the large chart's curves by their numbers, and those only that are drawn", () => {
  const whole = twinOf(toldFunction(target, { network: [1, 1.25, 1.5], rehearsed: [1, 1.5, 2] }, "Two of six waves learnt."));
  expect(whole.columns).toEqual(["x", "target", "network", "rehearsed"]);
  expect(whole.rows).toEqual([["0", "2.000", "1.000", "1.000"], ["0.5000", "2.500", "1.250", "1.500"], ["1.000", "3.000", "1.500", "2.000"]]);
  expect(whole.sentence).toBe("Two of six waves learnt. The first that it shows, x 0; target 2.000; network 1.000; rehearsed 1.000. The last, x 1.000; target 3.000; network 1.500; rehearsed 2.000.");
  expect(twinOf(toldFunction({ ...target, round: true, gridTarget: null }, { network: null, rehearsed: null }, "")).columns).toEqual(["angle θ"]);
});

it("tells a row of the ladder by its full name: how much is there, should be, and when it came or is due", () => {
  const rung: Rung = { key: "1", kind: "wave", index: 0, number: "1", unit: "wave", name: "the wave that turns once", frequency: 1, due: 0.5, within: true, kernel: 0.4, rehearsed: false, sentence: null };
  const here = { has: 0.95, predicted: 0.9, kernel: null, learnt: 0.45, lost: false };
  const coming = { has: 0.25, predicted: 0.3, kernel: null, learnt: null, lost: false };
  const ladder = { rungs: [rung, { ...rung, name: "the wave that turns twice" }], progress: [here, coming], draft: false, end: 1, share: "1 of 2 waves learnt." };
  const twin = twinOf(toldLadder(ladder));
  expect(twin.columns).toEqual(["what", "network", "predicted by now", "when"]);
  expect(twin.rows).toEqual([
    ["the wave that turns once", "95.0\u2009%", "90.0\u2009%", "learnt at 0.450, predicted 0.500"],
    ["the wave that turns twice", "25.0\u2009%", "30.0\u2009%", "due at 0.500, 25\u2009%"],
  ]);
  expect(twinOf(toldLadder({ ...ladder, draft: true })).columns[1]).toBe("rehearsed");
});
