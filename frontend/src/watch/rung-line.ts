/** The words under a row's bar. */
import { number } from "../format";
import type { Progress, Rung } from "./rungs";
import { watchWords as words } from "./words";

export interface RungLine {
  left: string;
  right: string;
  /** It is learnt: a tick stands before it. */
  came: boolean;
}

/** @param brief Where there is room for one number only. */
export function rungLine(rung: Rung, progress: Progress | undefined, draft: boolean, end: number, brief: boolean): RungLine {
  const learnt = progress?.learnt ?? null;
  if (learnt !== null && !draft) {
    const left = brief ? number(learnt) : learnt > 0 ? words.learntAt(learnt) : words.thereFromStart;
    return { left, right: rung.due === null ? (rung.rehearsed ? words.notInRunPredicted : words.neverPredicted) : words.predicted(rung.due), came: true };
  }
  // Before training the bar says how much, and what the kernel alone says is worth the place.
  if (draft && rung.rehearsed && rung.due !== rung.kernel) return { left: dueOf(rung, end, brief), right: words.kernelSays(rung.kernel), came: false };
  const share = progress?.has == null ? "" : words.share(progress.has);
  return { left: progress?.lost ? words.lost : dueOf(rung, end, brief), right: share, came: false };
}

function dueOf({ due, within, rehearsed }: Rung, end: number, brief: boolean): string {
  if (due === null) return rehearsed ? (brief ? words.notInRunShort : words.notInRun) : words.never;
  if (within || due <= end) return (brief ? words.dueShort : words.due)(due);
  return brief ? words.afterEndShort : words.afterEnd(due);
}
