/** The kernel on the points where it is recorded whole: its entries, and where the points lie. */
import type { KernelFrame, Started } from "../../api/codec";
import { kernelFrameOf } from "../../run/at-time";
import type { RunState } from "../../run/run";
import type { View } from "../../run/view";
import type { Values } from "./figure";
import { isLine } from "./rows";
import { finite } from "./values";

export type AtPoints = NonNullable<Started["at_points"]>;

/** What is recorded of K_0, and of K_t at the play-head where it is of the same points. */
export function pointsOf(run: RunState, view: View): { start: AtPoints | null; now: AtPoints | null; frame: KernelFrame | null } {
  const start = run.started?.at_points ?? null;
  const frame = kernelFrameOf(run, view);
  const now = frame?.at_points ?? null;
  return { start, now: start && now?.points.length === start.points.length ? now : null, frame };
}

/** Where entry (i, j) of p points stands in the upper triangle. */
export function entryAt(p: number, i: number, j: number): number {
  const [row, column] = i <= j ? [i, j] : [j, i];
  return row * p - (row * (row - 1)) / 2 + column - row;
}

/** All rows, as a heat map takes them. */
export function rowsOf(kernel: ArrayLike<number>, p: number): Values[] {
  return Array.from({ length: p }, (_, i) => Array.from({ length: p }, (_, j) => finite(kernel[entryAt(p, i, j)])));
}

/** Their positions along the line or the circle; their numbers in order where they lie on none. */
export function placesOf(started: Started, { points }: AtPoints): number[] {
  return isLine(started) ? points.map((point) => started.inputs.values[point] as number) : points.map((_, i) => i + 1);
}
