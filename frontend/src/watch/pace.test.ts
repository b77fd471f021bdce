import { describe, expect, it } from "vitest";
import type { RunState } from "../run/run";
import { recordings } from "../test/recordings";
import { draftSpan, watchedSpan } from "./pace";
import { ladderOf } from "./rungs";

const recorded = () => (recordings().find(([name]) => name === "six-frequencies.events") as [string, RunState])[1];

describe("how far Watch plays", () => {
  it("is until what can be learnt is learnt, and a little longer", () => {
    const run = recorded();
    const span = watchedSpan(run, ladderOf(run.started!), "log");
    expect(span?.last).toBeCloseTo(1.5 * 0.2062, 3);
    expect(span?.first).toBe(run.started?.times[1]);
  });

  it("is the same while the run is training: it does not jump as records come in", () => {
    const run = recorded();
    const whole = watchedSpan(run, ladderOf(run.started!), "log");
    const young = { ...run, frames: run.frames.slice(0, 3), finished: null };
    expect(watchedSpan(young, ladderOf(run.started!), "log")).toEqual(whole);
  });

  it("is the whole run where something that was to be learnt is not", () => {
    const run = recorded();
    run.frames.forEach((frame) => (frame.wave_errors[6] = 0.5));
    expect(watchedSpan(run, ladderOf(run.started!), "log")?.last).toBe(run.frames.at(-1)?.time);
  });

  it("does not wait for what is never reached", () => {
    const run = recorded();
    Object.assign(run.started!.rehearsal!.waves[6]!, { within_run: false, step: 90_000 });
    run.frames.forEach((frame) => (frame.wave_errors[6] = 0.5));
    expect(watchedSpan(run, ladderOf(run.started!), "log")?.last).toBeCloseTo(1.5 * 0.1233, 3);
  });

  it("holds all marks before training", () => {
    const { rungs, left, share } = ladderOf(recorded().started!);
    const span = draftSpan({ rungs, left, share }, 1.2, "log")!;
    expect(span.first).toBeLessThan(0.00578);
    expect(span.last).toBeCloseTo(1.5 * 0.2062, 3);
    expect(draftSpan({ rungs: rungs.map((rung) => ({ ...rung, within: false })), left, share }, 1, "log")).toBeNull();
  });
});
