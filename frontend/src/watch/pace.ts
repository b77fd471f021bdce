/** How far Watch plays: until what can be learnt is learnt, and a little longer. */
import type { Span, TimeScale } from "../run/playhead";
import { spanOf } from "../run/playhead";
import type { RunState } from "../run/run";
import { learntTime, type Ladder } from "./rungs";

/** Past the last that is learnt, so that it is seen to be there. */
const AFTER = 1.5;

/** So much after its time a row is later than it was due. */
const LATER = 1.1;

/** The stretch of the run that is played; null while there is nothing to play. */
export function watchedSpan(run: RunState, { rungs }: Ladder, scale: TimeScale): Span | null {
  const { started, finished } = run;
  if (!started) return null;
  const last = finished ? (run.frames.at(-1)?.time ?? 0) : (started.times.at(-1) ?? 0);
  const span = spanOf(started.times, last);
  if (!span) return null;
  const times = rungs.map((rung) => ({ due: rung.within ? rung.due : null, learnt: learntTime(run, rung) }));
  // One that was to be learnt and is not: what happens instead is to be seen, up to the end.
  const missing = finished !== null && times.some(({ due, learnt }) => due !== null && learnt === null);
  // One that comes about when it is due moves no end.
  const ends = times.map(({ due, learnt }) => (due !== null && (learnt ?? 0) < LATER * due ? due : (learnt ?? 0)));
  const end = AFTER * Math.max(0, ...ends);
  return { ...span, last: missing || end <= span.first ? span.last : Math.min(span.last, end), scale };
}

/** Before training, as far as the marks and a little longer. */
export function draftSpan({ rungs }: Ladder, endTime: number, scale: TimeScale): Span | null {
  const due = rungs.flatMap((rung) => (rung.within && rung.due ? [rung.due] : []));
  if (!due.length) return null;
  return { first: Math.min(...due) / 15, last: Math.min(Math.max(endTime, Math.max(...due)), AFTER * Math.max(...due)), scale };
}
