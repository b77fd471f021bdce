/** What is shown at the play-head: the last measurement at or before it, and theory at that measurement's own time. */
import type { Frame, KernelFrame, Matrix, Predictions, Started } from "../api/codec";
import { frameAt } from "./playhead";
import type { RunState } from "./run";
import type { View } from "./view";

/** A frame is a measurement: it is never blended with the next one. */
export function frameOf(run: RunState, view: View): Frame | null {
  return (view.time === null ? run.frames.at(-1) : run.frames[frameAt(run.frames, view.time)]) ?? null;
}

export function kernelFrameOf(run: RunState, view: View): KernelFrame | null {
  return (view.time === null ? run.kernelFrames.at(-1) : run.kernelFrames[frameAt(run.kernelFrames, view.time)]) ?? null;
}

/** The last time that can be looked at: the newest measurement's, and until the run has ended what was rehearsed. */
export function reachOf(run: RunState): number | null {
  const measured = run.frames.at(-1)?.time ?? null;
  const course = run.finished ? undefined : run.started?.rehearsal?.course;
  if (!run.started || !course?.function) return measured;
  return Math.max(measured ?? 0, (course.steps.at(-1) ?? 0) * run.started.learning_rate);
}

/** Where the play-head stands; null before there is anything to look at. */
export function headOf(run: RunState, view: View): number | null {
  const [newest, reach] = [run.frames.at(-1)?.time ?? null, reachOf(run)];
  // Before the first measurement all that there is to look at is rehearsed.
  return view.time === null || reach === null ? (newest ?? reach) : Math.min(view.time, reach);
}

/** The time at the play-head where nothing is trained yet, and what is shown was rehearsed; else null. */
export function aheadOf(run: RunState, view: View): number | null {
  const head = headOf(run, view);
  return head !== null && head > (run.frames.at(-1)?.time ?? -1) ? head : null;
}

/** The law that is drawn. */
export function predictionsOf(started: Started): Predictions {
  return started.laws[started.law];
}

/** The two recording times around a time: it lies `weight` of the way from row `low` to row `high`, in log time. */
interface Bracket {
  low: number;
  high: number;
  weight: number;
}

export function bracketOf(times: readonly number[], time: number): Bracket {
  const last = times.length - 1;
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((times[middle] as number) <= time) low = middle;
    else high = middle - 1;
  }
  const next = Math.min(low + 1, last);
  const from = times[low] as number;
  const to = times[next] as number;
  if (next === low || time <= from) return { low, high: next, weight: 0 };
  // Time 0 has no logarithm: the first stretch is linear.
  const weight = from > 0 ? Math.log(time / from) / Math.log(to / from) : time / to;
  return { low, high: next, weight: Math.min(1, weight) };
}

/** One column of a (times, groups) matrix, between two of its rows. */
export function interpolated(matrix: Matrix, column: number, bracket: Bracket): number {
  const columns = matrix.shape[1] ?? 0;
  const low = matrix.values[bracket.low * columns + column] ?? NaN;
  const high = matrix.values[bracket.high * columns + column] ?? NaN;
  return bracket.weight === 0 ? low : low + bracket.weight * (high - low);
}

/** Indices of at most `count` recording times, evenly spread in log time (or in time); the first above 0 is one of them. */
export function spreadPicks(times: readonly number[], count: number, scale: "log" | "linear" = "log"): Set<number> {
  const first = times.findIndex((time) => time > 0);
  const last = times.length - 1;
  const picks = new Set<number>();
  if (first < 0) return picks;
  const along = (index: number) => (scale === "log" ? Math.log(times[index] as number) : (times[index] as number));
  const [from, to] = [along(first), along(last)];
  let index = first;
  for (let i = 0; i < count; i += 1) {
    const wanted = from + ((to - from) * i) / Math.max(1, count - 1);
    while (index < last && along(index) < wanted - 1e-6 * (to - from)) index += 1;
    picks.add(index);
  }
  return picks;
}

/** The frames at no more than `count` recording times, spread like that; one that is off the plan is always among them. */
export function spreadFrames(frames: Frame[], { steps, times }: Started, count: number, scale: "log" | "linear" = "log"): Frame[] {
  const picks = spreadPicks(times, count, scale);
  const left = new Set(steps.filter((_, index) => !picks.has(index)));
  return frames.filter(({ step }) => !left.has(step));
}
