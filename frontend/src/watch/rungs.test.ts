import { describe, expect, it } from "vitest";
import type { KernelPreview } from "../api/types";
import type { RunState } from "../run/run";
import { recordings } from "../test/recordings";
import { runFixture } from "../test/run-fixture";
import { aheadAt, errorsOf, ladderOf, learntTime, modeRungs, MOST, previewLadder, progressAt } from "./rungs";
import { rungLine } from "./rung-line";

const rehearsed = () => (recordings().find(([name]) => name === "six-frequencies.events") as [string, RunState])[1];
/** What the kernel alone says. */
const recorded = () => {
  const run = rehearsed();
  run.started!.rehearsal = null;
  return run;
};
const waves = (frequencies: number[]) =>
  frequencies.map((frequency, i) => ({ frequency, source: frequency ? ("found" as const) : ("mean" as const), amplitude: 1, share: 0.3 / (1 + i), step: 10, time: i, within_run: true, remains: 0, reason: null, sentence: null, seconds: 1 }));
const preview = (all: ReturnType<typeof waves>) => ({ waves: all, groups: [], end_time: 1 }) as unknown as KernelPreview;

describe("the ladder's rows", () => {
  it("are the waves of the target, without a mean that it does not have", () => {
    const { rungs, left } = ladderOf(recorded().started!);
    expect(left).toBe(0);
    expect(rungs.map(({ number, unit, index }) => [number, unit, index])).toEqual([
      ["1", "wave", 1], ["2", "waves", 2], ["3", "waves", 3], ["4", "waves", 4], ["5", "waves", 5], ["6", "waves", 6],
    ]);
    expect(rungs[2]).toMatchObject({ name: "the wave that turns three times", within: true });
    expect(rungs[2]?.due).toBeCloseTo(0.0443, 4);
  });

  it("are those with the largest share where there are many, in order of frequency", () => {
    const { rungs, left } = previewLadder(preview(waves([9, 8, 7, 6, 5, 4, 3, 2.5])));
    expect(rungs.map(({ number }) => number)).toEqual(["4", "5", "6", "7", "8", "9"]);
    expect([rungs.length, left]).toEqual([MOST, 2]);
  });

  it("have the mean among them where it counts", () => {
    const all = waves([0, 1]);
    expect(previewLadder(preview(all)).rungs.map(({ name }) => name)).toEqual(["the mean", "the wave that turns once"]);
    all[0]!.share = 0.001;
    expect(previewLadder(preview(all)).rungs).toHaveLength(1);
  });

  it("are the leading groups of modes where the target has no waves", () => {
    const { rungs, left } = ladderOf(runFixture({ geometry: "plane" }).started!);
    expect(rungs.map(({ number, unit, name }) => [number, unit, name])).toEqual([
      ["1", "mode", "mode 1"], ["2–3", "modes", "modes 2 to 3"], ["4–5", "modes", "modes 4 to 5"], ["6", "mode", "mode 6"], ["8", "mode", "mode 8"], ["9", "mode", "mode 9"],
    ]);
    expect(left).toBe(1);
    expect(rungs[0]?.due).toBeCloseTo(Math.log(10) / 100, 12);
  });
});

it("names modes by themselves where others stand between them", () => {
  const run = runFixture({ geometry: "plane" });
  Object.assign(run.started!.groups[1]!, { modes: [1, 3] });
  expect(ladderOf(run.started!).rungs[1]).toMatchObject({ number: "2, 4", name: "modes 2, 4" });
});

it("has more than the whole where that is measured", () => {
  const run = runFixture({ geometry: "plane" });
  const second = ladderOf(run.started!).rungs[1]!;
  const last = run.frames.length - 1;
  run.frames[last]!.learnt[second.index] = 1.5;
  const progress = progressAt(run, second, last);
  expect(progress.has).toBe(1.5);
  expect(rungLine(second, { ...progress, learnt: null }, false, 1, false).right).toBe("150\u2009%");
});

it("each mode that stands out of round-off can be jumped to, beside the waves", () => {
  const { started } = recorded();
  const rungs = modeRungs(started!);
  expect(rungs.length).toBe(started!.groups.filter(({ significant, resolved }) => significant && resolved).length);
  expect(rungs[0]).toMatchObject({ kind: "group", name: "modes 2 to 3" }); // the target's mean is round-off: it has no mode 1
  expect(rungs.some((rung) => learntTime(recorded(), rung) !== null)).toBe(true);
});

describe("how much of a row is there", () => {
  it("follows the frame at the play-head, beside the prediction", () => {
    const run = recorded();
    const third = ladderOf(run.started!).rungs[2]!;
    const at = run.frames.findLastIndex(({ time }) => time < 0.0516);
    const { has, predicted, learnt, lost } = progressAt(run, third, at);
    expect(has).toBeCloseTo(1 - (run.frames[at]?.wave_errors[3] as number), 6);
    expect(predicted).toBeCloseTo(1 - (run.frames[at]?.wave_errors_predicted[3] as number), 6);
    expect(learnt).toBeCloseTo(115.676 * (run.started?.learning_rate as number), 5);
    expect(lost).toBe(false);
    expect(progressAt(run, third, 20)).toMatchObject({ learnt: null });
    expect(learntTime(run, third)).toBe(learnt);
  });

  it("is learnt at the first step at the earliest", () => {
    const run = recorded();
    const first = ladderOf(run.started!).rungs[0]!;
    run.frames.slice(1).forEach((frame) => (frame.wave_errors[1] = 1e-9));
    expect(learntTime(run, first)).toBe(run.started?.learning_rate);
  });

  it("is a part from 0 to 1, whatever the error", () => {
    const run = recorded();
    const first = ladderOf(run.started!).rungs[0]!;
    run.frames[5]!.wave_errors[1] = 1.4;
    expect(progressAt(run, first, 5).has).toBe(0);
    run.frames[5]!.wave_errors[1] = NaN;
    expect(progressAt(run, first, 5).has).toBeNull();
  });

  it("is read off a group's modes where there are no waves, and its prediction off the law", () => {
    const run = runFixture({ geometry: "plane" });
    const second = ladderOf(run.started!).rungs[1]!;
    const { has, predicted } = progressAt(run, second, 3);
    expect(has).toBeCloseTo(run.frames[3]?.learnt[1] as number, 6);
    expect(predicted).toBeCloseTo(run.started?.laws.gradient_descent.learnt.values[3 * 10 + 1] as number, 6);
    expect(errorsOf(run, second)[0]).toBe(run.frames[0]?.remaining[1]);
  });
});

describe("a rehearsed ladder", () => {
  it("is due when the rehearsal says, with the kernel's own time beside it", () => {
    const run = rehearsed();
    run.started!.waves[3]!.time = 9;
    const third = ladderOf(run.started!).rungs[2]!;
    expect(third).toMatchObject({ kernel: 9, rehearsed: true, within: true });
    expect(third.due).toBeCloseTo((run.started!.rehearsal!.waves[3]!.step as number) * run.started!.learning_rate, 12);
    expect(third.sentence).toMatch(/^The kernel hardly moves/);
  });

  it("is due when the kernel says where the rehearsal says the same: one time for a thing, wherever it is told", () => {
    const run = rehearsed();
    const third = ladderOf(run.started!).rungs[2]!;
    const own = (run.started!.rehearsal!.waves[3]!.step as number) * run.started!.learning_rate;
    expect(own).not.toBe(third.kernel);
    expect(Math.abs(own / third.kernel! - 1)).toBeLessThan(0.1);
    expect(third.due).toBe(third.kernel);
  });

  it("is nothing that the rehearsal did not see", () => {
    const run = rehearsed();
    Object.assign(run.started!.rehearsal!.waves[3]!, { step: null, within_run: false, sentence: "Not within 3,000 steps." });
    expect(ladderOf(run.started!).rungs[2]).toMatchObject({ due: null, within: false, sentence: "Not within 3,000 steps." });
  });

  it("has groups of modes that are due where the rehearsal's course says", () => {
    const run = runFixture({ geometry: "plane", rehearsed: 60 });
    const second = ladderOf(run.started!).rungs[1];
    expect(second?.rehearsed).toBe(true);
    expect(second?.due).toBeGreaterThan(second?.kernel as number); // its course is K_0's, doubled
    expect(ladderOf(runFixture({ geometry: "plane", rehearsed: 2 }).started!).rungs[1]?.rehearsed).toBe(false); // it ends too soon to say
  });

  it("has both predictions beside what is measured, and the rehearsal's alone before that", () => {
    const run = rehearsed();
    const third = ladderOf(run.started!).rungs[2]!;
    const course = run.started!.rehearsal!.course.wave_errors!;
    const at = run.frames.findLastIndex(({ step }) => step === run.started!.steps[40]);
    const { predicted, kernel } = progressAt(run, third, at);
    const rehearsedShare = 1 - (course.values[40 * (course.shape[1] ?? 0) + 3] as number);
    expect(predicted).toBeCloseTo(rehearsedShare, 6);
    expect(kernel).toBeCloseTo(1 - (run.frames[at]?.wave_errors_predicted[3] as number), 6);
    const time = run.started!.times[40] as number;
    expect(aheadAt(run.started!, third, time)).toMatchObject({ has: predicted, kernel: null, learnt: null });
    expect(aheadAt(run.started!, third, third.due as number).learnt).toBe(third.due);
    expect(aheadAt(run.started!, third, 2 * run.started!.times.at(-1)!).has).toBeNull();
  });
});

describe("the words of a row", () => {
  const rung = { ...ladderOf(recorded().started!).rungs[3]! };
  const there = { has: 0.734, predicted: 0.7, kernel: null, learnt: null, lost: false };

  it.each([
    ["due", rung, there, false, ["due at 0.0802", "73\u2009%", false]],
    ["learnt", rung, { ...there, learnt: 0.0801 }, false, ["learnt at 0.0801", "predicted 0.0802", true]],
    ["learnt, though it never should", { ...rung, due: null }, { ...there, learnt: 0.08 }, false, ["learnt at 0.0800", "predicted: never", true]],
    ["there at the start", rung, { ...there, learnt: 0 }, false, ["there at the start", "predicted 0.0802", true]],
    ["lost", rung, { ...there, lost: true }, false, ["lost again", "73\u2009%", false]],
    ["never", { ...rung, due: null, within: false }, there, false, ["not by its kernel", "73\u2009%", false]],
    ["after the end", { ...rung, due: 9, within: false }, there, false, ["after the end, at 9.00", "73\u2009%", false]],
    ["not in this run, as rehearsed", { ...rung, due: null, within: false, rehearsed: true }, there, false, ["not in this run", "73\u2009%", false]],
    ["learnt, though it was not to be in this run", { ...rung, due: null, rehearsed: true }, { ...there, learnt: 0.08 }, false, ["learnt at 0.0800", "predicted: later", true]],
    ["rehearsed, where the kernel says the same", { ...rung, rehearsed: true }, there, true, ["due at 0.0802", "73\u2009%", false]],
    ["rehearsed, where the kernel says something else", { ...rung, rehearsed: true, kernel: 0.4 }, there, true, ["due at 0.0802", "kernel alone: 0.400", false]],
    ["rehearsed, where the kernel says never", { ...rung, rehearsed: true, kernel: null }, there, true, ["due at 0.0802", "kernel alone: never", false]],
    ["not trained", rung, undefined, true, ["due at 0.0802", "", false]],
  ])("say that it is %s", (_name, one, progress, draft, [left, right, came]) => {
    expect(rungLine(one, progress, draft, 1, false)).toEqual({ left, right, came });
  });

  it("are one number where there is no room", () => {
    expect(rungLine(rung, { ...there, learnt: 0.0801 }, false, 1, true).left).toBe("0.0801");
    expect(rungLine(rung, there, false, 1, true).left).toBe("due 0.0802");
  });
});
