/** The range of f: from what is drawn at the play-head and after it. It shrinks in few steps as the play-head moves on. */
import type { Started } from "../../api/codec";
import { headOf } from "../../run/at-time";
import type { RunState } from "../../run/run";
import type { View } from "../../run/view";
import { extent } from "./values";

/** Of every frame so far: going over all values at every drawing would take longer and longer. */
const known = new WeakMap<Started, ([number, number] | null)[]>();

/** Room beyond the data, in their height: the axis takes one of these and so moves seldom. */
const ROOMS = [0, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
/** Of the data's height: so much of a curve may be outside. */
const TOLERANCE = 0.05;

/**
 * Holds the data and the measured curves from half the play-head's time on: a peak stays in the frame until the time
 * has doubled. A wild excursion is cut at the data's own height beyond them, or where the network started.
 */
export function functionRange(run: RunState, started: Started, view: View): [number, number] {
  const [low, high] = extent(started.targets, started.grid_target) ?? [-1, 1];
  const height = high - low || Math.abs(high) || 1;
  const [least, most] = reached(run, started, (headOf(run, view) ?? 0) / 2);
  const [first, last] = extent(started.grid_start) ?? [low, high];
  const below = room(Math.min((low - least) / height, Math.max(1, (low - first) / height)));
  const above = room(Math.min((most - high) / height, Math.max(1, (last - high) / height)));
  return [low - (below + 0.07) * height, high + (above + 0.07) * height];
}

function room(wanted: number): number {
  return ROOMS.find((one) => wanted <= one + TOLERANCE) ?? wanted;
}

export function isCut(ends: [number, number] | null, [low, high]: [number, number]): boolean {
  return ends !== null && (ends[0] < low || ends[1] > high);
}

/** Whether any curve so far is cut at its own time: from the start on the range holds all that is ever shown. */
export function hasCut(run: RunState, started: Started, view: View): boolean {
  return isCut(extent(...endsOf(run, started)), functionRange(run, started, { ...view, time: 0 }));
}

function endsOf(run: RunState, started: Started): ([number, number] | null)[] {
  const ends = known.get(started) ?? [];
  known.set(started, ends);
  for (let i = ends.length; i < run.frames.length; i += 1) ends.push(extent(run.frames[i]?.function ?? null));
  return ends;
}

function reached(run: RunState, started: Started, from: number): [number, number] {
  const ends = endsOf(run, started);
  const inReach = ends.filter((_, i) => (run.frames[i]?.time ?? 0) >= from);
  const start = from > 0 ? null : started.grid_start;
  return extent(start, ...inReach) ?? [Infinity, -Infinity];
}
