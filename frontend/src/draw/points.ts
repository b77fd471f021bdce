/** A drawn target: points in order of x, and what can be done with them. Nothing is changed in place. */

export interface Point {
  x: number;
  y: number;
}

/** Where it is drawn; round: the right end is the left one again. */
export interface Span {
  low: number;
  high: number;
  round: boolean;
}

/** So many points the server takes. */
export const MOST = 64;
/** With fewer there is no line. */
export const FEWEST = 2;
/** Of the span's width: two points that are nearer are one. */
export const APART = 1e-3;
/** Of the width: a stroke over so much leaves nothing of what was there. */
const NEARLY = 0.85;

export interface Changed {
  points: Point[];
  /** Which point the change was about; null where there is none, or no room for it. */
  chosen: number | null;
}

/** A point more; where one lies at that x already, that one moves. */
export function placed(points: readonly Point[], at: Point, span: Span): Changed {
  const wanted = { x: clamp(at.x, span.low, span.high), y: at.y };
  const apart = apartOf(span);
  const beside = points.findIndex(({ x }) => Math.abs(x - wanted.x) < apart);
  // On a circle the last and the first are neighbours over the seam.
  const over = span.round && beside < 0 ? points.findIndex(({ x }) => width(span) - Math.abs(x - wanted.x) < apart) : -1;
  const taken = beside < 0 ? over : beside;
  if (taken >= 0) return { points: points.map((point, i) => (i === taken ? { ...point, y: wanted.y } : point)), chosen: taken };
  if (points.length >= MOST) return { points: [...points], chosen: null };
  const place = points.filter(({ x }) => x < wanted.x).length;
  return { points: [...points.slice(0, place), wanted, ...points.slice(place)], chosen: place };
}

/** One point elsewhere; it stays between its neighbours. */
export function moved(points: readonly Point[], index: number, to: Point, span: Span): Point[] {
  const apart = apartOf(span);
  const before = points[index - 1];
  const after = points[index + 1];
  const [first, last] = [points[0], points.at(-1)];
  let low = before ? before.x + apart : span.low;
  let high = after ? after.x - apart : span.high;
  if (span.round && !before && last && points.length > 1) low = Math.max(low, last.x - width(span) + apart);
  if (span.round && !after && first && points.length > 1) high = Math.min(high, first.x + width(span) - apart);
  return points.map((point, i) => (i === index ? { x: clamp(to.x, Math.min(low, point.x), Math.max(high, point.x)), y: to.y } : point));
}

/** Without a point, as long as there is a line left. */
export function removed(points: readonly Point[], index: number): Changed {
  if (points.length <= FEWEST) return { points: [...points], chosen: index };
  return { points: points.filter((_, i) => i !== index), chosen: Math.min(index, points.length - 2) };
}

/** A stroke's points in the place of those that it was drawn over; one over nearly all is the whole drawing. */
export function covered(points: readonly Point[], stroke: readonly Point[], span: Span): Point[] {
  const [first, last] = [stroke[0], stroke.at(-1)];
  if (!first || !last) return [...points];
  const apart = apartOf(span);
  const free = ({ x }: Point) =>
    (x <= first.x - apart || x >= last.x + apart) && !(span.round && (x + width(span) - last.x < apart || first.x + width(span) - x < apart));
  const [from, to] = [points.filter((point) => free(point) && point.x < first.x), points.filter((point) => free(point) && point.x > last.x)];
  // A stroke all the way round ends where it began.
  const whole = span.round && last.x - first.x > width(span) - apart ? stroke.slice(0, -1) : stroke;
  return last.x - first.x > NEARLY * width(span) ? [...whole] : [...from, ...whole, ...to];
}

/** The same drawing over another span. */
export function stretched(points: readonly Point[], from: Span, to: Span): Point[] {
  const scale = width(to) / width(from);
  // Where the new ends are one point, the old ends cannot be two.
  const kept = to.round && !from.round ? points.filter(({ x }, i) => i === 0 || x - (points[0]?.x ?? 0) <= width(from) * (1 - APART)) : points;
  const [first, last] = [points[0], points.at(-1)];
  const enough = kept.length >= FEWEST || !first || !last ? kept : [first, { ...last, x: (from.low + from.high) / 2 }];
  return enough.map(({ x, y }) => ({ x: Number((to.low + (x - from.low) * scale).toPrecision(12)), y }));
}

/** As a link can carry it: no more decimals than can be seen. */
export function rounded(points: readonly Point[], span: Span, height: number): Point[] {
  const [xs, ys] = [decimals(width(span) * APART), decimals(height / 1000)];
  return points.map(({ x, y }) => ({ x: Number(x.toFixed(xs)), y: Number(y.toFixed(ys)) }));
}

export function apartOf(span: Span): number {
  return APART * width(span);
}

function width({ low, high }: Span): number {
  return high - low;
}

/** So that steps of this size can be told, with a digit to spare. */
function decimals(size: number): number {
  return Math.max(0, Math.min(15, 1 - Math.floor(Math.log10(size))));
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
