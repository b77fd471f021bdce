/** A run as the page knows it: the events so far, reduced one by one. No DOM, no Svelte. */
import { cutDiverged } from "./cut";
import type { Finished, Frame, KernelFrame, Started, StreamEvent, Tick } from "../api/codec";

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
      // That of an extension tells of the whole run.
      run.started = event;
      run.finished = null;
      run.tick = null;
      break;
    case "frame":
      run.frames.push(event);
      break;
    case "kernel_frame":
      run.kernelFrames.push(event);
      break;
    case "finished":
      // A second one without a `Started` in between: an extension was cancelled before it began; the figures stand.
      run.finished = run.finished ? { ...run.finished, outcome: event.outcome, reason: event.reason, sentence: event.sentence } : event;
      run.tick = null;
      if (run.finished.outcome === "diverged") cutDiverged(run);
      break;
  }
  return run;
}
