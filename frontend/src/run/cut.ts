/** A run that diverged, as far as its numbers mean anything. */
import type { Frame, KernelFrame, Started } from "../api/codec";

/** Of the loss at the start: a loss this much larger draws a chart in which nothing else is seen. */
const MOST_GROWN = 1e3;

interface Record {
  started: Started | null;
  frames: Frame[];
  kernelFrames: KernelFrame[];
}

/** Cuts what comes after the last record whose loss is a number of the run's own size, in place; at least the start stays. */
export function cutDiverged(run: Record): void {
  const start = run.frames[0];
  if (!run.started || !start) return;
  const wild = run.frames.findIndex(({ loss }, i) => i > 0 && !(loss <= MOST_GROWN * start.loss));
  if (wild < 0) return;
  run.frames.length = wild;
  const last = run.frames.at(-1)?.time ?? 0;
  run.kernelFrames = run.kernelFrames.filter(({ time }) => time <= last);
  // Predictions have a row for each time: without the last times, they end there too. Two times are left for an axis.
  const kept = Math.max(2, run.started.times.filter((time) => time <= last).length);
  run.started = { ...run.started, times: run.started.times.slice(0, kept), steps: run.started.steps.slice(0, kept) };
}
