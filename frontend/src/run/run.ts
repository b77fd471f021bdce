/** A run as the page knows it: the events so far, reduced one by one. No DOM, no Svelte. */
import type { Finished, Frame, KernelFrame, Matrix, Predictions, Started, StreamEvent, Tick } from "../api/codec";

/** Index of the state in which a run ended between two recording times. */
export const OFF_PLAN = -1;

export interface RunState {
  id: string;
  started: Started | null;
  frames: Frame[];
  kernelFrames: KernelFrame[];
  finished: Finished | null;
  /** Progress; null before the first and after the end. */
  tick: Tick | null;
  /** The last seq seen, 0 before the first. */
  lastSeq: number;
  /** Grows with every event. Frames are appended in place. */
  version: number;
}

export function emptyRun(id: string): RunState {
  return { id, started: null, frames: [], kernelFrames: [], finished: null, tick: null, lastSeq: 0, version: 0 };
}

/** Applies one event, in place. A stored event that was seen before (after a reconnect) changes nothing. */
export function reduce(run: RunState, event: StreamEvent): RunState {
  if (event.type === "tick") {
    if (!run.finished) run.tick = event;
    run.version += 1;
    return run;
  }
  if (event.seq <= run.lastSeq) return run;
  run.lastSeq = event.seq;
  run.version += 1;
  switch (event.type) {
    case "started":
      run.started = run.started ? extended(run.started, event) : event;
      run.finished = null;
      run.tick = null;
      break;
    case "frame":
      run.frames.push(placed(event, run.started));
      break;
    case "kernel_frame":
      run.kernelFrames.push(event);
      break;
    case "finished":
      // A second one without a `Started` in between: an extension was cancelled before it began; the figures stand.
      run.finished = run.finished ? { ...run.finished, outcome: event.outcome, reason: event.reason, sentence: event.sentence } : event;
      run.tick = null;
      break;
  }
  return run;
}

/**
 * After an extension the second `Started` covers the whole run; in logs of earlier versions the added times only, so
 * that both together cover all. Times that were planned but never reached (the run was stopped early) are replaced by the added ones.
 */
function extended(before: Started, added: Started): Started {
  if (added.steps[0] === 0) return added;
  const keep = countBelow(before.steps, added.steps[0] ?? Infinity);
  const keepKernels = countBelow(before.kernel_steps, added.kernel_steps[0] ?? Infinity);
  return {
    ...added,
    steps: joined(before.steps.subarray(0, keep), added.steps),
    times: joined(before.times.subarray(0, keep), added.times),
    kernel_steps: joined(before.kernel_steps.subarray(0, keepKernels), added.kernel_steps),
    gradient_flow: joinedPredictions(before.gradient_flow, added.gradient_flow, keep),
    gradient_descent: joinedPredictions(before.gradient_descent, added.gradient_descent, keep),
    infinite: joinedInfinite(before.infinite, added.infinite, keep),
  };
}

/** A frame counts its index from its own `Started`; here it points into the joined times. */
function placed(frame: Frame, started: Started | null): Frame {
  const step = Math.fround(frame.step); // as the times of the wire are
  if (!started || frame.index === OFF_PLAN || started.steps[frame.index] === step) return frame;
  return { ...frame, index: countBelow(started.steps, step) };
}

/** How many leading values are below the limit; the values ascend. */
function countBelow(values: Float32Array, limit: number): number {
  const index = values.findIndex((value) => value >= limit);
  return index < 0 ? values.length : index;
}

function joinedPredictions(before: Predictions, added: Predictions, keep: number): Predictions {
  return {
    remaining: joinedRows(before.remaining, added.remaining, keep),
    learnt: joinedRows(before.learnt, added.learnt, keep),
    loss: joined(before.loss.subarray(0, keep), added.loss),
  };
}

/** Only its loss is over time; one that is missing on either side is missing on both. */
function joinedInfinite(before: Started["infinite"], added: Started["infinite"], keep: number): NonNullable<Started["infinite"]> | null {
  if (!added) return null;
  return { ...added, loss: before?.loss && added.loss ? joined(before.loss.subarray(0, keep), added.loss) : null };
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function joinedRows(first: Matrix, second: Matrix, keep: number): Matrix {
  const columns = second.shape[1] ?? 0;
  const rows = Math.min(keep, first.shape[0] ?? 0) + (second.shape[0] ?? 0);
  return { shape: [rows, columns], values: joined(first.values.subarray(0, keep * columns), second.values) };
}
