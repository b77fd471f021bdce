/** What the rehearsal says along time: a course over the first of the run's recording times, as far as it came. */
import type { Started } from "../../api/codec";
import type { View } from "../../run/view";

export type Course = NonNullable<Started["rehearsal"]>["course"];

/** How its lines are drawn. */
export const REHEARSED_DASH = "12px,3px";

/** Where it is switched on and the run has one. */
export function courseOf(started: Started, view: View): Course | null {
  return (view.predictions.includes("rehearsed") && started.rehearsal?.course) || null;
}
