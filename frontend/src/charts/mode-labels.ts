/** Mode numbers beside their lines: 1, 2, 4, 8 ..., or all where there are few. */
import type { Matrix, Started } from "../api/codec";
import type { RunState } from "../state/run";
import { TOKENS, type Theme } from "../theme/tokens";
import type { DrawnGroup } from "./groups";
import { predictionsOf } from "./moment";
import type { Axis, Trace } from "./types";

const FEW = 10;
/** Where the labels stand, as a share of the axis from its top, and how far apart they are at least. */
const HEIGHT = 0.42;
const APART = 0.035;

export function modeLabels(run: RunState, started: Started, groups: DrawnGroup[], x: Axis, y: Axis, theme: Theme): Trace {
  const counting = groups.filter(({ group }) => group.counts);
  const named = counting.length <= FEW ? counting : counting.filter(({ group }) => group.modes.some((mode) => isPowerOfTwo(mode + 1)));
  const level = 10 ** (y.range[1] - HEIGHT * (y.range[1] - y.range[0]));
  const scale = (time: number) => (x.type === "log" ? Math.log10(time) : time);
  const apart = APART * (x.range[1] - x.range[0]);
  const placed: { x: number; y: number; text: string }[] = [];
  for (const drawn of named) {
    const spot = crossing(started, predictionsOf(started).remaining, drawn.index, level) ?? firstMeasured(run, drawn.index, level);
    // Still flat at the end: its number would lie on the others. Gone at once: on the axis.
    if (!spot || spot.y > 0.8 || (x.type === "linear" && spot.x < apart)) continue;
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

/** Where a line first meets the level; at the run's end where it does not. */
function crossing(started: Started, remaining: Matrix, group: number, level: number): { x: number; y: number } | null {
  const columns = remaining.shape[1] ?? 0;
  let before: { x: number; y: number } | null = null;
  for (let i = 0; i < started.times.length; i += 1) {
    const x = started.times[i] as number;
    const y = remaining.values[i * columns + group] as number;
    if (!(x > 0)) continue;
    if (!(y > level)) {
      if (!before || !(y > 0)) return before;
      const share = Math.log(before.y / level) / Math.log(before.y / y);
      return { x: before.x * (x / before.x) ** share, y: level };
    }
    before = { x, y };
  }
  return before;
}

/** A line that is gone at once (ηλ = 1) leaves no mark on logarithmic axes: its number stands beside the first points. */
function firstMeasured(run: RunState, group: number, level: number): { x: number; y: number } | null {
  for (const frame of run.frames) {
    const y = frame.remaining[group] as number;
    if (frame.time > 0 && y > 0) return { x: frame.time, y: Math.max(y, level) };
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
