import { describe, expect, it } from "vitest";
import { runFixture } from "../test/run-fixture";
import { aheadOf, frameOf, headOf, interpolated, kernelFrameOf, bracketOf, spreadPicks } from "./at-time";
import { DEFAULT_VIEW as VIEW } from "./view";

describe("what is shown at the play-head", () => {
  const run = runFixture({ frames: 40 });

  it("is the newest frame while live", () => {
    expect(frameOf(run, VIEW)).toBe(run.frames.at(-1));
    expect(headOf(run, VIEW)).toBe(run.frames.at(-1)?.time);
  });

  it("is the last measurement at or before it", () => {
    const time = run.frames[20]?.time ?? 0;
    expect(frameOf(run, { ...VIEW, time })).toBe(run.frames[20]);
    expect(frameOf(run, { ...VIEW, time: time * 1.001 })).toBe(run.frames[20]);
    expect(kernelFrameOf(run, { ...VIEW, time })?.time).toBe(run.frames[18]?.time);
  });

  it("does not lie beyond the newest frame", () => {
    expect(headOf(run, { ...VIEW, time: 1e9 })).toBe(run.frames.at(-1)?.time);
  });

  it("is what was rehearsed where nothing is measured yet, to its end", () => {
    const draft = runFixture({ frames: 0, rehearsed: 40 });
    const end = draft.started!.times[39];
    expect([headOf(draft, VIEW), aheadOf(draft, VIEW)]).toEqual([end, end]);
    expect(aheadOf(draft, { ...VIEW, time: 0 })).toBe(0);
    const young = runFixture({ frames: 3, rehearsed: 40 });
    expect([headOf(young, VIEW), aheadOf(young, VIEW)]).toEqual([young.frames.at(-1)?.time, null]);
    expect(aheadOf(young, { ...VIEW, time: young.started!.times[5]! })).toBe(young.started!.times[5]);
  });

  it("is nothing before the first frame", () => {
    const empty = runFixture({ frames: 0 });
    expect([frameOf(empty, VIEW), kernelFrameOf(empty, VIEW), headOf(empty, VIEW)]).toEqual([null, null, null]);
  });
});

describe("predictions between recording times", () => {
  const times = [0, 1, 10, 100];
  const matrix = { shape: [4, 2], values: Float32Array.from([0, 8, 1, 9, 2, 10, 4, 12]) };

  it("are exact at the recording times", () => {
    expect([0, 1, 10, 100].map((time) => interpolated(matrix, 0, bracketOf(times, time)))).toEqual([0, 1, 2, 4]);
    expect(interpolated(matrix, 1, bracketOf(times, 10))).toBe(10);
  });

  it("are linear in log time", () => {
    expect(interpolated(matrix, 0, bracketOf(times, Math.sqrt(1000)))).toBeCloseTo(3, 6);
  });

  it("are linear in time before the first recording above 0, and end with the last", () => {
    expect(interpolated(matrix, 0, bracketOf(times, 0.25))).toBeCloseTo(0.25, 6);
    expect(interpolated(matrix, 0, bracketOf(times, 1e6))).toBe(4);
  });
});

describe("spreadPicks", () => {
  const times = Array.from({ length: 200 }, (_, i) => (i === 0 ? 0 : 0.01 * 1.05 ** i));

  it("spreads evenly in log time, from the first time above 0 to the last", () => {
    const picks = [...spreadPicks(times, 20)];
    expect(picks[0]).toBe(1);
    expect(picks.at(-1)).toBe(199);
    expect(picks.length).toBeLessThanOrEqual(20);
    const gaps = picks.slice(1).map((pick, i) => pick - (picks[i] as number));
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
  });

  it("spreads evenly in time where that is asked for", () => {
    const picks = [...spreadPicks(times, 20, "linear")];
    expect(picks[1]).toBeGreaterThan(100);
    expect(picks.at(-1)).toBe(199);
  });

  it("takes what there is", () => {
    expect([...spreadPicks([0, 1, 2], 20)]).toEqual([1, 2]);
    expect(spreadPicks([0], 20).size).toBe(0);
  });
});
