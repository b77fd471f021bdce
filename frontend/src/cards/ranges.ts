/** Which ranges the axes are given: they grow at most once a second, and not at all once the reader has zoomed. */
import type { FigureLayout } from "../charts/parts/figure";
import type { Ranges } from "../run/view";

const GROWTH_MS = 1000;

export type { Ranges };

export interface Held {
  ranges: Ranges;
  /** When they were last set, in ms. */
  since: number;
  uirevision: string;
}

export function rangesOf(layout: FigureLayout): Ranges {
  return { x: layout.xaxis.range, y: layout.yaxis.range };
}

/** The ranges to draw with, and whether other ones are wanted and must wait. */
export function heldRanges(before: Held | null, layout: FigureLayout, zoomed: boolean, now: number): { held: Held; waits: boolean } {
  const wanted = rangesOf(layout);
  const fresh: Held = { ranges: wanted, since: now, uirevision: layout.uirevision };
  if (before?.uirevision !== layout.uirevision) return { held: fresh, waits: false };
  if (sameRanges(before.ranges, wanted)) return { held: before, waits: false };
  if (zoomed) return { held: before, waits: false };
  if (now - before.since < GROWTH_MS) return { held: before, waits: true };
  return { held: fresh, waits: false };
}

export function sameRanges(a: Ranges, b: Ranges): boolean {
  return (["x", "y"] as const).every((axis) => a[axis][0] === b[axis][0] && a[axis][1] === b[axis][1]);
}
