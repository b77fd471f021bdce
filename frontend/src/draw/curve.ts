/** The line through drawn points as the server draws it (numerics/monotone_cubic.py), while it is being drawn. */
import type { Point, Span } from "./points";

/** y over x: a cubic that rises and falls only where the points do; constant beside them, or round. */
export function curveThrough(points: readonly Point[], span: Pick<Span, "low" | "high" | "round">): (x: number) => number {
  const turn = span.high - span.low;
  const shifted = (some: readonly Point[], by: number) => some.map(({ x, y }) => ({ x: x + by, y }));
  const knots = span.round && points.length > 1 ? [...shifted(points.slice(-2), -turn), ...points, ...shifted(points.slice(0, 2), turn)] : [...points];
  const slopes = slopesOf(knots);
  const start = points[0]?.x ?? 0;
  return (x) => {
    const at = span.round ? start + modulo(x - start, turn) : x;
    let low = 0;
    let high = knots.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((knots[middle] as Point).x <= at) low = middle;
      else high = middle;
    }
    const [a, b] = [knots[low] as Point, knots[high] as Point];
    if (at <= a.x || low === high) return a.y;
    if (at >= b.x) return b.y;
    const step = b.x - a.x;
    const u = (at - a.x) / step;
    const [left, right] = [step * (slopes[low] as number), step * (slopes[high] as number)];
    return a.y + (b.y - a.y) * u * u * (3 - 2 * u) + left * u * (1 - u) ** 2 - right * u * u * (1 - u);
  };
}

/** Fritsch and Butland 1984: a weighted harmonic mean of both chords, 0 at a turn. */
function slopesOf(points: readonly Point[]): number[] {
  const steps = points.slice(1).map(({ x }, i) => x - (points[i] as Point).x);
  const chords = points.slice(1).map(({ y }, i) => (y - (points[i] as Point).y) / (steps[i] as number));
  if (chords.length < 2) return points.map(() => chords[0] ?? 0);
  const inner = chords.slice(1).map((after, i) => {
    const [before, h, k] = [chords[i] as number, steps[i] as number, steps[i + 1] as number];
    if (Math.sign(before) * Math.sign(after) <= 0) return 0;
    return (3 * h + 3 * k) / ((2 * k + h) / before + (k + 2 * h) / after);
  });
  return [end(steps, chords), ...inner, end(steps.toReversed(), chords.toReversed())];
}

/** That of the parabola through three points, no steeper than keeps the line monotone. */
function end(steps: readonly number[], chords: readonly number[]): number {
  const [h = 1, k = 1] = steps;
  const [first = 0, second = 0] = chords;
  const slope = ((2 * h + k) * first - h * second) / (h + k);
  if (Math.sign(slope) !== Math.sign(first)) return 0;
  return Math.sign(first) !== Math.sign(second) && Math.abs(slope) > 3 * Math.abs(first) ? 3 * first : slope;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
