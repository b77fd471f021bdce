/** The range of f: the same at every position of the play-head, so that scrubbing moves no axis. */
import type { Started } from "../../api/codec";
import type { RunState } from "../../run/run";
import { extent } from "./values";

interface Seen {
  frames: number;
  low: number;
  high: number;
}

/** What was seen of a run's frames so far; a range over all of them at every drawing would grow with the run. */
const seen = new WeakMap<Started, Seen>();

/** Holds the data and all measured curves. A wild excursion is cut at the data's own height beyond them. */
export function functionRange(run: RunState, started: Started): [number, number] {
  const [low, high] = extent(started.targets, started.grid_target, started.grid_start) ?? [-1, 1];
  const height = high - low || Math.abs(high) || 1;
  const so = seenOf(run, started);
  // Whole quarters of the height: the axis grows seldom.
  const quarter = height / 4;
  const below = Math.min(4, Math.max(0, Math.ceil((low - so.low) / quarter - 0.2)));
  const above = Math.min(4, Math.max(0, Math.ceil((so.high - high) / quarter - 0.2)));
  const room = height * 0.07;
  return [low - below * quarter - room, high + above * quarter + room];
}

function seenOf(run: RunState, started: Started): Seen {
  const so = seen.get(started) ?? { frames: 0, low: Infinity, high: -Infinity };
  for (; so.frames < run.frames.length; so.frames += 1) {
    const ends = extent(run.frames[so.frames]?.function ?? null);
    if (!ends) continue;
    so.low = Math.min(so.low, ends[0]);
    so.high = Math.max(so.high, ends[1]);
  }
  seen.set(started, so);
  return so;
}
