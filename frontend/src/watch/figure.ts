/** The large chart of Watch as lines in SVG: target, network, points, and names that stand at their lines. */
import { number } from "../format";
import type { Target } from "./glyph";

export interface Spot {
  x: number;
  y: number;
  text: string;
}

export interface WatchFigure {
  target: string;
  network: string;
  /** Empty where the network covers it. */
  rehearsed: string;
  points: { x: number; y: number }[];
  /** Of the plot's inside. */
  box: { left: number; right: number; top: number; bottom: number };
  xTicks: Spot[];
  yTicks: Spot[];
  /** Where the names stand: the baseline's middle. */
  networkName: { x: number; y: number } | null;
  targetName: { x: number; y: number } | null;
}

export interface FigureSize {
  width: number;
  height: number;
  /** Of the names and ticks, in px. */
  font: number;
  /** The axis' name stands below its ticks. */
  named: boolean;
}

/** Between two ticks, in their own height. */
const TICK_ROOM = { x: 9, y: 4.5 };
/** Of a name: half its width, in its own height. */
const HALF_NAME = 2.6;
/** As far apart two lines are told from each other, in a name's height: half the network's width. */
const APART = 0.1;
/** Between a line and a name, in its own height. */
const GAP = 0.75;

type Curve = { x: number; y: number }[];

/**
 * @param network f on the target's grid; null before training.
 * @param rehearsed The same as it was rehearsed; null where it was not.
 * @param range Of f: it is the same for a whole stretch of the run, so that curves move and not the axis.
 */
export function watchFigure(target: Target, network: ArrayLike<number | null> | null, rehearsed: ArrayLike<number | null> | null, range: [number, number], size: FigureSize): WatchFigure {
  const { width, height, font, named } = size;
  const box = { left: 3.2 * font, right: width - 1.6 * font, top: 0.8 * font, bottom: height - (named ? 3.5 : 2.2) * font };
  const [low, high] = spanOf(target);
  const toX = (x: number) => box.left + ((x - low) / (high - low)) * (box.right - box.left);
  const toY = (y: number) => box.bottom - ((y - range[0]) / (range[1] - range[0])) * (box.bottom - box.top);
  const curve = (values: ArrayLike<number | null> | null) => (values ? placed(target, values, toX, toY) : []);
  const [targetCurve, networkCurve, rehearsedCurve] = [curve(target.gridTarget), curve(network), curve(rehearsed)];
  const learnt = networkCurve.length ? networkCurve : rehearsedCurve;
  const points = Array.from(target.inputs, (x, i) => ({ x, y: target.targets[i] ?? null }))
    .filter((point): point is { x: number; y: number } => point.x !== null && point.y !== null && point.y >= range[0] && point.y <= range[1])
    .map(({ x, y }) => ({ x: toX(x), y: toY(y) }));
  const anchors = namePlaces(targetCurve.length ? targetCurve : learnt, box, font);
  const curves = [targetCurve, learnt, points];
  return {
    target: path(targetCurve),
    network: path(networkCurve),
    rehearsed: path(covers(networkCurve, rehearsedCurve, APART * font) ? [] : rehearsedCurve),
    points,
    box,
    xTicks: target.round ? angleTicks(toX) : numberTicks(low, high, toX, width / (TICK_ROOM.x * font)),
    yTicks: numberTicks(range[0], range[1], toY, height / (TICK_ROOM.y * font)).map(({ x, ...rest }) => ({ ...rest, x: 0, y: x })),
    networkName: learnt.length && anchors ? above(anchors[0], curves, box, font) : null,
    targetName: targetCurve.length && anchors ? below(anchors[1], curves, box, font) : null,
  };
}

/** Whether nothing would be seen of a curve below another. */
function covers(above: Curve, below: Curve, width: number): boolean {
  return above.length > 0 && above.length === below.length && above.every(({ x, y }, i) => Math.hypot(x - (below[i]?.x ?? Infinity), y - (below[i]?.y ?? Infinity)) <= width);
}

function spanOf({ round, grid, inputs }: Target): [number, number] {
  if (round) return [0, 2 * Math.PI];
  const all = [...Array.from(grid), ...Array.from(inputs)].filter((value): value is number => value !== null);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return high > low ? [low, high] : [low - 1, high + 1];
}

/** On a circle a curve ends where it began. */
function placed({ grid, round }: Target, values: ArrayLike<number | null>, toX: (x: number) => number, toY: (y: number) => number): Curve {
  const curve: Curve = [];
  for (let i = 0; i < values.length; i += 1) {
    const [x, y] = [grid[i], values[i]];
    if (x != null && y != null && Number.isFinite(y)) curve.push({ x: toX(x), y: toY(y) });
  }
  const first = curve[0];
  if (round && first) curve.push({ x: first.x + toX(2 * Math.PI) - toX(0), y: first.y });
  return curve;
}

function path(curve: Curve): string {
  return curve.length ? `M${curve.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}` : "";
}

/**
 * Where along x the names stand: by the target alone, so that they do not wander while the network moves. The network's
 * where most room is above, the target's where most room is below, well apart.
 */
function namePlaces(curve: Curve, box: WatchFigure["box"], font: number): [number, number] | null {
  if (!curve.length) return null;
  const half = HALF_NAME * font;
  const candidates = Array.from({ length: 25 }, (_, i) => box.left + half + ((box.right - box.left - 2 * half) * i) / 24);
  const heights = candidates.map((x) => edges(x, [curve], half, box));
  const room = (sign: 1 | -1) => (i: number) => {
    const [top, bottom] = heights[i] as [number, number];
    const spread = bottom - top;
    return Math.min(sign > 0 ? top - box.top : box.bottom - bottom, 4 * font) - spread;
  };
  const best = (score: (i: number) => number, allowed: (i: number) => boolean) =>
    candidates.map((_, i) => i).filter(allowed).reduce((one, other) => (score(other) > score(one) ? other : one));
  const network = best(room(1), () => true);
  const target = best(room(-1), (i) => Math.abs(i - network) > 6);
  return [candidates[network] as number, candidates[target] as number];
}

/** Highest and lowest of the curves within a name's width. */
function edges(x: number, curves: readonly Curve[], half: number, box: WatchFigure["box"]): [top: number, bottom: number] {
  let [top, bottom] = [Infinity, -Infinity];
  for (const curve of curves) {
    for (const point of curve) {
      if (Math.abs(point.x - x) > half) continue;
      top = Math.min(top, point.y);
      bottom = Math.max(bottom, point.y);
    }
  }
  return top <= bottom ? [top, bottom] : [box.bottom, box.top];
}

function above(x: number, curves: readonly Curve[], box: WatchFigure["box"], font: number): { x: number; y: number } {
  const [top] = edges(x, curves, HALF_NAME * font, box);
  return { x, y: Math.max(box.top + font, top - GAP * font) };
}

function below(x: number, curves: readonly Curve[], box: WatchFigure["box"], font: number): { x: number; y: number } {
  const [, bottom] = edges(x, curves, HALF_NAME * font, box);
  return { x, y: Math.min(box.bottom - 0.3 * font, bottom + (GAP + 0.8) * font) };
}

export function angleTicks(toX: (x: number) => number): Spot[] {
  return ["0", "π/2", "π", "3π/2", "2π"].map((text, i) => ({ x: toX((i * Math.PI) / 2), y: 0, text }));
}

/** At round numbers: 1, 2 or 5 times a power of ten apart. */
export function numberTicks(low: number, high: number, place: (value: number) => number, most: number): Spot[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((one) => one * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step).map((value) => ({ x: place(value), y: 0, text: short(value, step) }));
}

function short(value: number, step: number): string {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  if (decimals > 3 || Math.abs(value) >= 1e5) return number(value);
  const text = value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}
