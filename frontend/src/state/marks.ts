/** When frequencies are predicted to be learnt, as marks along the play-head. */
import type { LearningFrequency } from "../api/types";
import { positionOf, type Span } from "../run/playhead";

export interface Mark {
  frequency: number;
  time: number;
  position: number;
}

/** Nearer than this along the bar, only the first of two marks is kept. */
const NEAREST = 0.04;

/** In order of time; those never learnt, or after the end, are left out. */
export function learningMarks(frequencies: LearningFrequency[], span: Span): Mark[] {
  const marks: Mark[] = [];
  const inTime = frequencies.filter((row) => row.time !== null && row.time <= span.last);
  for (const { frequency, time } of inTime.sort((a, b) => (a.time ?? 0) - (b.time ?? 0))) {
    const position = positionOf(span, time ?? 0);
    if (position - (marks.at(-1)?.position ?? -1) >= NEAREST) marks.push({ frequency, time: time ?? 0, position });
  }
  return marks;
}
