import { describe, expect, it } from "vitest";
import { runFixture } from "../test/run-fixture";
import { cutDiverged } from "./cut";
import { reduce } from "./run";

const diverged = (from: number) => {
  const run = runFixture();
  run.frames.forEach((frame, i) => i >= from && (frame.loss = i === from ? 2e3 * (run.frames[0]?.loss as number) : NaN));
  return run;
};

describe("a run that diverged", () => {
  it("ends with the last record that means anything, its kernels and its plan with it", () => {
    const run = diverged(20);
    cutDiverged(run);
    expect(run.frames).toHaveLength(20);
    const last = run.frames.at(-1)?.time as number;
    expect(Math.max(...run.kernelFrames.map(({ time }) => time))).toBeLessThanOrEqual(last);
    expect(run.started?.times.at(-1)).toBe(last);
    expect(run.started?.steps).toHaveLength(20);
  });

  it("keeps its start, and an axis, where the first step breaks it", () => {
    const run = diverged(1);
    cutDiverged(run);
    expect(run.frames).toHaveLength(1);
    expect(run.started?.times).toHaveLength(2);
  });

  it("is cut once it has ended, and no other run is", () => {
    const finished = { ...runFixture({ finished: true }).finished!, seq: 900 };
    const cut = reduce(diverged(20), { ...finished, outcome: "diverged", reason: "diverged" } as never);
    expect(cut.frames).toHaveLength(20);
    const whole = reduce(diverged(20), finished);
    expect(whole.frames).toHaveLength(60);
  });
});
