/** When waves of the target are predicted to be learnt, as marks along the play-head: at the time of that step. */
import type { WaveAnswer } from "../api/types";
import { positionOf, type Span } from "../run/playhead";

export interface Mark {
  frequency: number;
  step: number;
  time: number;
  position: number;
}

/** Nearer than this along the bar, only the first of two marks is kept. */
const NEAREST = 0.04;

/** In order of time; the mean, what is there at the start, what is never learnt and what comes after the end are left out. */
export function learningMarks(waves: WaveAnswer[], span: Span): Mark[] {
  const marks: Mark[] = [];
  for (const { frequency, step, time } of waves.toSorted((a, b) => (a.time ?? 0) - (b.time ?? 0))) {
    if (frequency === 0 || !step || time === null || time > span.last) continue;
    const position = positionOf(span, time);
    if (position - (marks.at(-1)?.position ?? -1) >= NEAREST) marks.push({ frequency, step, time, position });
  }
  return marks;
}
