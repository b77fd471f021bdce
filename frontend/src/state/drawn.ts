/** A drawn target as a config has it, and over which range of x it is drawn. */
import type { Json, JsonObject } from "../api/json";
import { stretched, type Point, type Span } from "../draw/points";
import { at, put } from "./schema";

const TARGET = "data.target";
/** A first drawing, in parts of the span: one slow wave, so that there is something to learn. */
const FIRST: Point[] = [0, 0.25, 0.5, 0.75, 1].map((x) => ({ x, y: Math.round(Math.sin(2 * Math.PI * x)) }));
/** Of random inputs drawn from the normal law: so far out is nearly all of them. */
const NORMAL = 3;

export function isDrawn(config: JsonObject): boolean {
  return at(config, `${TARGET}.kind`) === "drawn";
}

/** Nothing where the target is another. */
export function drawnOf(config: JsonObject): Point[] {
  if (!isDrawn(config)) return [];
  const [xs, ys] = [numbers(at(config, `${TARGET}.x`)), numbers(at(config, `${TARGET}.y`))];
  return xs.map((x, i) => ({ x, y: ys[i] ?? 0 }));
}

export function targetOf(points: readonly Point[]): JsonObject {
  return { kind: "drawn", x: points.map(({ x }) => x), y: points.map(({ y }) => y) };
}

/** Where the points of a config lie. Those of a table say it themselves: it is drawn as wide as it is. */
export function spanOf(config: JsonObject): Span {
  const points = at(config, "data.points");
  switch (at(points, "kind")) {
    case "circle":
    case "arcs":
      return { low: 0, high: 2 * Math.PI, round: true };
    case "interval":
      return checked(Number(at(points, "low")), Number(at(points, "high")));
    case "random": {
      const half = { normal: NORMAL, uniform: 1, sphere: Math.sqrt(Number(at(points, "d") ?? 1)) }[String(at(points, "distribution"))] ?? 1;
      return checked(-half, half);
    }
  }
  const xs = drawnOf(config).map(({ x }) => x);
  return xs.length > 1 ? checked(xs[0] as number, xs.at(-1) as number) : checked(-1, 1);
}

/** A new drawing for the points of a config. */
export function firstDrawing(config: JsonObject): JsonObject {
  return targetOf(stretched(FIRST, { low: 0, high: 1, round: false }, spanOf(config)));
}

/** The config whose points have just become others: its drawing goes with them, but to a table, which has a range of its own. */
export function redrawn(before: JsonObject, config: JsonObject): JsonObject {
  const tables = [before, config].some((one) => at(one, "data.points.kind") === "dataset");
  if (!isDrawn(config) || !isDrawn(before) || tables) return config;
  const [from, to] = [spanOf(before), spanOf(config)];
  if (from.low === to.low && from.high === to.high && from.round === to.round) return config;
  return put(config, TARGET, targetOf(stretched(drawnOf(config), from, to)));
}

function checked(low: number, high: number): Span {
  return high > low ? { low, high, round: false } : { low: -1, high: 1, round: false };
}

function numbers(value: Json | undefined): number[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "number") : [];
}
