/** Points that are not trained on, and where the target is known besides. */
import type { Started } from "../../api/codec";

/** Numbers of the grid's points that are data held out; logs of earlier versions tell of none. */
export function heldOut(started: Started): number[] {
  return started.held_out ?? [];
}

/** The target between the points; null where it is known at held-out points alone, as of a table. */
export function targetCurve(started: Started): Started["grid_target"] {
  const apart = new Set(heldOut(started));
  if (!started.grid_target || !apart.size) return started.grid_target;
  return started.grid_target.some((value, i) => Number.isFinite(value) && !apart.has(i)) ? started.grid_target : null;
}
