/** Vectors of events as values for Plotly. */
import type { Matrix } from "../../api/codec";
import type { Values } from "./figure";

/** A number for Plotly: what is not finite is a gap. */
export function finite(value: number | null | undefined): number | null {
  return value != null && Number.isFinite(value) ? value : null;
}

export function gaps(values: ArrayLike<number>): Values {
  return Array.from(values, finite);
}

export function column(matrix: Matrix, at: number): number[] {
  const columns = matrix.shape[1] ?? 1;
  return Array.from({ length: matrix.shape[0] ?? 0 }, (_, row) => matrix.values[row * columns + at] as number);
}

/** Lowest and highest finite value; null without any. */
export function extent(...vectors: (ArrayLike<number> | null)[]): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const vector of vectors) {
    for (let i = 0; i < (vector?.length ?? 0); i += 1) {
      const value = (vector as ArrayLike<number>)[i] as number;
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}

/** The largest size among the finite values, 0 without any. */
export function largest(...vectors: (ArrayLike<number> | null)[]): number {
  const ends = extent(...vectors);
  return ends ? Math.max(Math.abs(ends[0]), Math.abs(ends[1])) : 0;
}
