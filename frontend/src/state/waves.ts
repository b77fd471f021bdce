/** When each wave of the target is learnt: the rehearsal's answer where it is there, else that of the kernel at the start. */
import type { Preview, RehearsedWave, WaveAnswer } from "../api/types";

export interface WaveTold {
  /** With K₀'s own answer. */
  wave: WaveAnswer;
  rehearsed: RehearsedWave | null;
  step: number | null;
  within: boolean;
  /** Of the run until then, on the server's machine. */
  seconds: number | null;
}

export function wavesTold(preview: Preview | null): WaveTold[] {
  const rehearsed = preview?.rehearsal?.waves ?? [];
  return (preview?.spectrum?.waves ?? []).map((wave, index) => {
    const own = rehearsed[index] ?? null;
    const step = own ? own.step : wave.step;
    const seconds = step === null || !preview ? null : step * preview.cost.step_seconds;
    return { wave, rehearsed: own, step, within: own ? own.within_run : wave.within_run, seconds };
  });
}

/** The waves with the step and the time of that answer. */
export function wavesOf(preview: Preview): WaveAnswer[] {
  const rate = preview.spectrum?.learning_rate ?? 0;
  return wavesTold(preview).map(({ wave, step }) => ({ ...wave, step, time: step === null ? null : step * rate }));
}
