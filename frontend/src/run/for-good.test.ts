import { describe, expect, it } from "vitest";
import { recordings } from "../test/recordings";
import { forGood } from "./for-good";

describe("forGood", () => {
  it("interpolates the error's logarithm between two records", () => {
    const found = forGood([0, 1, 2], [1, 0.2, 0.05], 0.1);
    expect(found.time).toBeCloseTo(1.5, 12);
    expect(found.lost).toBe(false);
  });

  it("counts from the last time above the limit", () => {
    expect(forGood([0, 1, 2, 3], [1, 0.05, 0.2, 0.05], 0.1).time).toBeCloseTo(2.5, 12);
  });

  it("tells what was lost from what never came", () => {
    expect(forGood([0, 1, 2], [1, 0.05, 0.2], 0.1)).toEqual({ time: null, lost: true });
    expect(forGood([0, 1], [1, 0.2], 0.1)).toEqual({ time: null, lost: false });
  });

  it("skips what was not measured, and knows what was there at the start", () => {
    expect(forGood([0, 1], [NaN, NaN], 0.1)).toEqual({ time: null, lost: false });
    expect(forGood([0, 1], [0.1, 0.01], 0.1)).toEqual({ time: 0, lost: false });
    expect(forGood([0, 1, 2], [1, NaN, 0], 0.1).time).toBe(2);
  });

  it.each(recordings())("agrees with what the server says at the end of %s", (_name, run) => {
    const { started, finished, frames } = run;
    const told = finished?.waves.filter((wave) => wave.measured_step !== null) ?? [];
    expect(told.length).toBeGreaterThan(0);
    finished?.waves.forEach((wave, index) => {
      const errors = frames.map((frame) => frame.wave_errors[index] ?? NaN);
      const { time } = forGood(frames.map((frame) => frame.step), errors, started?.epsilon ?? 0.1);
      if (wave.measured_step === null) expect(time).toBeNull();
      else expect(time).toBeCloseTo(wave.measured_step, 3);
    });
  });
});
