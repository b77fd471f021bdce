/** The range of f: the same at every position of the play-head, so that scrubbing moves no axis. */
import type { Started } from "../../api/codec";
import type { RunState } from "../../run/run";
import { extent } from "./values";

interface Extremes {
  /** How many frames they cover. */
  frames: number;
  low: number;
  high: number;
}

/** Of a run's frames so far: going over all of them at every drawing would take longer and longer. */
const known = new WeakMap<Started, Extremes>();

/** Holds the data and all measured curves. A wild excursion is cut at the data's own height beyond them. */
export function functionRange(run: RunState, started: Started): [number, number] {
  const [low, high] = extent(started.targets, started.grid_target, started.grid_start) ?? [-1, 1];
  const height = high - low || Math.abs(high) || 1;
  const extremes = extremesOf(run, started);
  // Whole quarters of the height: the axis grows seldom.
  const quarter = height / 4;
  const below = Math.min(4, Math.max(0, Math.ceil((low - extremes.low) / quarter - 0.2)));
  const above = Math.min(4, Math.max(0, Math.ceil((extremes.high - high) / quarter - 0.2)));
  const room = height * 0.07;
  return [low - below * quarter - room, high + above * quarter + room];
}

function extremesOf(run: RunState, started: Started): Extremes {
  const extremes = known.get(started) ?? { frames: 0, low: Infinity, high: -Infinity };
  for (; extremes.frames < run.frames.length; extremes.frames += 1) {
    const ends = extent(run.frames[extremes.frames]?.function ?? null);
    if (!ends) continue;
    extremes.low = Math.min(extremes.low, ends[0]);
    extremes.high = Math.max(extremes.high, ends[1]);
  }
  known.set(started, extremes);
  return extremes;
}
