import { describe, expect, it } from "vitest";
import type { Preview, RehearsedWave, WaveAnswer } from "../api/types";
import { wavesOf, wavesTold } from "./waves";

const wave = (frequency: number, step: number | null) => ({ frequency, step, within_run: step !== null }) as WaveAnswer;
const told = (step: number | null) => ({ step, within_run: step !== null && step < 1000 }) as RehearsedWave;

function preview(rehearsed: (RehearsedWave | null)[] | null): Preview {
  const spectrum = { learning_rate: 0.5, waves: [wave(1, 10), wave(3, null), wave(5, 400)] };
  return { cost: { step_seconds: 0.01 }, spectrum, rehearsal: rehearsed && { waves: rehearsed } } as unknown as Preview;
}

describe("the waves", () => {
  it("are answered by K₀ until the rehearsal is there", () => {
    expect(wavesTold(preview(null)).map(({ step, within, seconds }) => [step, within, seconds])).toEqual([[10, true, 0.1], [null, false, null], [400, true, 4]]);
    expect(wavesTold(null)).toEqual([]);
  });

  it("are then the rehearsal's, with K₀'s beside them, and K₀'s where it says nothing", () => {
    const rows = wavesTold(preview([told(12), told(5000), null]));
    expect(rows.map(({ step, within }) => [step, within])).toEqual([[12, true], [5000, false], [400, true]]);
    expect(rows.map(({ wave }) => wave.step)).toEqual([10, null, 400]);
  });

  it("have the time of that step", () => {
    expect(wavesOf(preview([told(12), told(null), null])).map(({ step, time }) => [step, time])).toEqual([[12, 6], [null, null], [400, 200]]);
  });
});
