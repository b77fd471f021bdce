/** Mode numbers beside their lines: 1, 2, 4, 8 ..., or all where there are few. */
import type { Started } from "../../api/codec";
import { predictionsOf } from "../../run/at-time";
import type { RunState } from "../../run/run";
import type { View } from "../../run/view";
import { TOKENS, type Theme } from "../../theme/tokens";
import type { Axis, Trace } from "./figure";
import type { DrawnGroup } from "./groups";

const FEW = 10;
/** Where the labels stand, as a share of the axis from its top. */
const HEIGHT = 0.42;
/** How far apart they are at least, as a share of the axis: two digits, and a space. */
const APART = 0.04;
const APART_NARROW = 0.08;

export function modeLabels(run: RunState, started: Started, groups: DrawnGroup[], x: Axis, y: Axis, view: View, theme: Theme): Trace {
  const counting = groups.filter(({ group }) => group.significant);
  const named = counting.length <= FEW ? counting : counting.filter(({ group }) => group.modes.some((mode) => isPowerOfTwo(mode + 1)));
  const level = 10 ** (y.range[1] - HEIGHT * (y.range[1] - y.range[0]));
  const scale = (time: number) => (x.type === "log" ? Math.log10(time) : time);
  const apart = (view.narrow ? APART_NARROW : APART) * (x.range[1] - x.range[0]);
  const placed: (Spot & { text: string })[] = [];
  for (const drawn of named) {
    const line = remainingOf(started, drawn.index);
    const spot = (line.grows ? rise(line.points, 10 ** (0.6 * y.range[1])) : fall(line.points, level)) ?? firstMeasured(run, drawn.index, 10 ** y.range[0]);
    // Still flat at the end: its number would lie on the others. Gone at once: on the axis.
    if (!spot || (spot.y > 0.8 && !line.grows) || (x.type === "linear" && spot.x < apart)) continue;
    const clear = placed.every((other) => Math.abs(scale(other.x) - scale(spot.x)) > apart || Math.abs(Math.log10(other.y / spot.y)) > 0.5);
    if (clear) placed.push({ ...spot, text: labelOf(drawn) });
  }
  return {
    name: "labels",
    type: "scatter",
    mode: "text",
    x: placed.map((spot) => spot.x),
    y: placed.map((spot) => spot.y),
    text: placed.map((spot) => `\u2009${spot.text}`),
    textposition: "middle right",
    textfont: { size: 11, color: TOKENS[theme].text },
    cliponaxis: false,
    hoverinfo: "skip",
  };
}

interface Spot {
  x: number;
  y: number;
}

function remainingOf(started: Started, group: number): { points: Spot[]; grows: boolean } {
  const { remaining } = predictionsOf(started);
  const columns = remaining.shape[1] ?? 0;
  const points = Array.from(started.times, (x, i) => ({ x, y: remaining.values[i * columns + group] as number })).filter(({ x }) => x > 0);
  return { points, grows: (points[0]?.y ?? 0) > 1 };
}

/** Where a line first sinks to the level; at the run's end where it does not. */
function fall(points: Spot[], level: number): Spot | null {
  const after = points.findIndex(({ y }) => !(y > level));
  if (after < 0) return points.at(-1) ?? null;
  const [before, next] = [points[after - 1], points[after]];
  if (!before || !next) return null;
  return next.y > 0 ? between(before, next, level) : before;
}

/** Where a growing line (ηλ > 2) leaves the frame, nearly. */
function rise(points: Spot[], level: number): Spot | null {
  const after = points.findIndex(({ y }) => y > level);
  const [before, next] = [points[after - 1], points[after]];
  return before && next && Number.isFinite(next.y) ? between(before, next, level) : null;
}

function between(before: Spot, next: Spot, level: number): Spot {
  const share = Math.log(before.y / level) / Math.log(before.y / next.y);
  return { x: before.x * (next.x / before.x) ** share, y: level };
}

/** A line that is gone at once (ηλ = 1) leaves no mark on logarithmic axes: its number stands beside the first point. */
function firstMeasured(run: RunState, group: number, least: number): Spot | null {
  for (const frame of run.frames) {
    const y = frame.remaining[group] as number;
    if (frame.time > 0 && y > least) return { x: frame.time, y };
  }
  return null;
}

function isPowerOfTwo(value: number): boolean {
  return (value & (value - 1)) === 0;
}

/** The first mode's number; for a group that holds a power of two, that one. */
function labelOf(drawn: DrawnGroup): string {
  const power = drawn.group.modes.find((mode) => isPowerOfTwo(mode + 1));
  return String((power ?? drawn.number - 1) + 1);
}
