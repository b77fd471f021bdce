/** Where the play-head's line stands in a chart against time. It is the card's own element: moving it draws no chart anew. */
import type { FigureLayout } from "../charts/parts/figure";
import type { Ranges } from "./ranges";

/** Pixels from the left of the plot; null outside the visible range. */
export function playlineAt(layout: FigureLayout, ranges: Ranges, width: number, time: number): number | null {
  const [low, high] = ranges.x;
  const value = layout.xaxis.type === "log" ? Math.log10(Math.max(time, 1e-300)) : time;
  const { l, r } = layout.margin;
  // Before the first recording the head waits at the left edge.
  const share = Math.max(time > 0 ? -Infinity : 0, (value - low) / (high - low));
  return share >= 0 && share <= 1 ? l + share * (width - l - r) : null;
}
