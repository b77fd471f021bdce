/** What a run records of its kernel on some points. */
import type { Started } from "../api/codec";

const AT_POINTS = 8;
const MODES = 6;

/** The kernel on the first points, times a factor: 10 on the diagonal, falling beside it, signed. */
export function atPointsOf(factor: number): NonNullable<Started["at_points"]> {
  const kernel: number[] = [];
  for (let i = 0; i < AT_POINTS; i += 1) for (let j = i; j < AT_POINTS; j += 1) kernel.push(10 * factor * Math.cos((j - i) / 2));
  return {
    points: Array.from({ length: AT_POINTS }, (_, i) => i),
    kernel: Float32Array.from(kernel),
    modes: { shape: [AT_POINTS, MODES], values: Float32Array.from({ length: AT_POINTS * MODES }, (_, at) => Math.cos(Math.floor(at / MODES) * ((at % MODES) + 1)) / 3) },
    pull: Float32Array.from({ length: AT_POINTS }, (_, i) => 0.001 * (i - 3)),
    ellipse: null,
  };
}
