/** What has changed between two figures, so that the cheapest way to draw it can be taken. */
import type { Figure, Trace } from "../charts/parts/figure";

/** "motion": only coordinates of some traces, as many as before: axes and styles can stay as they are drawn. */
export type Change = { kind: "none" } | { kind: "motion"; traces: number[] } | { kind: "all" };

export function changeBetween(before: Pick<Figure, "data" | "layout">, after: Pick<Figure, "data" | "layout">): Change {
  if (before.data.length !== after.data.length || !same(before.layout, after.layout)) return { kind: "all" };
  const moved: number[] = [];
  for (let i = 0; i < after.data.length; i += 1) {
    const [old, now] = [before.data[i] as Trace, after.data[i] as Trace];
    const { x: oldX, y: oldY, ...oldStyle } = old;
    const { x, y, ...style } = now;
    if (!same(oldStyle, style)) return { kind: "all" };
    if (same(oldX, x) && same(oldY, y)) continue;
    if (now.type === "heatmap" || oldX.length !== x.length) return { kind: "all" };
    moved.push(i);
  }
  return moved.length ? { kind: "motion", traces: moved } : { kind: "none" };
}

/** Equal in content: plain objects, arrays, and values. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i += 1) if (!same(a[i], b[i])) return false;
    return true;
  }
  const [first, second] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(first);
  return keys.length === Object.keys(second).length && keys.every((key) => same(first[key], second[key]));
}
