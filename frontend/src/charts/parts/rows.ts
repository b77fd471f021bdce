/** Which of the recorded rows of the kernel the pointer or the keys choose. */
import type { Started } from "../../api/codec";

/** The row that is nearest to a place between 0 and 1 across the plot; along a line by its own position, `x`. */
export function rowAt(started: Started, share: number, x: number): number {
  const rows = started.slices?.rows ?? [];
  if (!isLine(started)) return Math.max(0, Math.min(rows.length - 1, Math.floor(share * rows.length)));
  const apart = rows.map((row) => Math.abs((started.inputs.values[row] as number) - x));
  return Math.max(0, apart.indexOf(Math.min(...apart)));
}

/** The row beside the present one, for the keyboard. */
export function rowBeside(started: Started, row: number | null, direction: 1 | -1): number {
  const count = started.slices?.rows.length ?? 1;
  return Math.max(0, Math.min(count - 1, (row ?? count >> 1) + direction));
}

/** Inputs along a line have positions of their own. */
export function isLine({ geometry }: Started): boolean {
  return geometry === "interval" || geometry === "circle";
}
