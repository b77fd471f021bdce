/** The play-head's arithmetic: a position from 0 to 1 is linear in log time, or in time; 0 itself is time 0. */

export const WHOLE_RUN_SECONDS = 12;
export const SPEEDS = [0.25, 0.5, 1, 2, 4];

/** How time runs along the bar. */
export type TimeScale = "log" | "linear";

/** From the first recorded time above 0 to the last one shown. */
export interface Span {
  first: number;
  last: number;
  scale?: TimeScale;
}

/** The span of ascending times, up to `last` where the run ended earlier; null without two of them above 0. */
export function spanOf(times: ArrayLike<number>, last?: number): Span | null {
  const positive = Array.prototype.find.call(times, (time: number) => time > 0) as number | undefined;
  const end = last ?? times[times.length - 1];
  return positive !== undefined && end !== undefined && end > positive ? { first: positive, last: end } : null;
}

export function positionOf(span: Span, time: number): number {
  if (span.scale === "linear") return time > 0 ? Math.min(1, time / span.last) : 0;
  if (!(time > span.first)) return 0;
  return Math.min(1, Math.log(time / span.first) / Math.log(span.last / span.first));
}

export function timeAt(span: Span, position: number): number {
  if (position <= 0) return 0;
  if (position >= 1) return span.last; // itself: no round-off may leave the last frame out
  if (span.scale === "linear") return span.last * position;
  return span.first * (span.last / span.first) ** position;
}

/** Where the head is after `seconds` of playing. */
export function advance(span: Span, time: number, seconds: number, speed: number): number {
  return timeAt(span, positionOf(span, time) + (seconds * speed) / WHOLE_RUN_SECONDS);
}

/** Index of the last frame at or before a time; 0 before the first. */
export function frameAt(frames: readonly { time: number }[], time: number): number {
  let low = 0;
  let high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames[middle]?.time ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** The next faster (1) or slower (-1) speed. */
export function nextSpeed(speed: number, direction: 1 | -1): number {
  const index = SPEEDS.indexOf(speed) + direction;
  return SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, index))] ?? 1;
}
