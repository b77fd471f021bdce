/** What the rehearsal says along time: a course over the first of the run's recording times, as far as it came. */
import type { Started } from "../../api/codec";
import { bracketOf } from "../../run/at-time";
import type { View } from "../../run/view";

export type Course = NonNullable<Started["rehearsal"]>["course"];

/** How its lines are drawn. */
export const REHEARSED_DASH = "12px,3px";

/** Where it is switched on and the run has one. */
export function courseOf(started: Started, view: View): Course | null {
  return (view.predictions.includes("rehearsed") && started.rehearsal?.course) || null;
}

/** The function on the grid at a time, between two nodes linear in the step; null where it is not told. */
export function rehearsedFunction(started: Started, time: number): Float32Array | null {
  const course = started.rehearsal?.course;
  if (!course?.function) return null;
  const { shape, values } = course.function;
  const size = shape[1] ?? 0;
  const step = time / started.learning_rate;
  const { low, high } = bracketOf(course.nodes, step);
  const [from = 0, to = 0] = [course.nodes[low], course.nodes[high]];
  const weight = to > from ? Math.min(1, (step - from) / (to - from)) : 0;
  const after = values.subarray(high * size, (high + 1) * size);
  return values.slice(low * size, (low + 1) * size).map((value, i) => value + weight * ((after[i] as number) - value));
}
