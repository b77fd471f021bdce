/** What the rehearsal says along time: a course over the first of the run's recording times, as far as it came. */
import type { Started } from "../../api/codec";
import { bracketOf } from "../../run/at-time";
import type { View } from "../../run/view";
import { finite } from "./values";

export type Course = NonNullable<Started["rehearsal"]>["course"];

/** How its lines are drawn. */
export const REHEARSED_DASH = "12px,3px";

/** Where it is switched on and the run has one. */
export function courseOf(started: Started, view: View): Course | null {
  return (view.predictions.includes("rehearsed") && started.rehearsal?.course) || null;
}

/** The nodes before and after a time, and how far it lies between them, in steps. */
function nodesAround(course: Course, rate: number, time: number): { low: number; high: number; weight: number } {
  const step = time / rate;
  const { low, high } = bracketOf(course.nodes, step);
  const [from = 0, to = 0] = [course.nodes[low], course.nodes[high]];
  return { low, high, weight: to > from ? Math.min(1, (step - from) / (to - from)) : 0 };
}

/** How far the kernel has moved at a time, between two nodes linear in the step; null where it is not told. */
export function rehearsedDrift(started: Started, time: number): number | null {
  const course = started.rehearsal?.course;
  if (!course?.drift) return null;
  const { low, high, weight } = nodesAround(course, started.learning_rate, time);
  const [from = NaN, to = NaN] = [course.drift[low], course.drift[high]];
  return finite(from + weight * (to - from));
}

/** The same along the run: at every node after the start, and at the run's last step where that lies between two. */
export function driftLine(started: Started, course: Course): { x: number[]; y: number[] } {
  const last = started.times.at(-1) ?? 0;
  const times = course.nodes.map((step) => step * started.learning_rate).filter((time) => time > 0 && time < last);
  if ((course.nodes.at(-1) ?? 0) * started.learning_rate >= last) times.push(last);
  const told = times.flatMap((time) => {
    const drift = rehearsedDrift(started, time);
    return drift === null ? [] : [{ time, drift }];
  });
  return { x: told.map(({ time }) => time), y: told.map(({ drift }) => drift) };
}

/** The function on the grid at a time, between two nodes linear in the step; null where it is not told. */
export function rehearsedFunction(started: Started, time: number): Float32Array | null {
  const course = started.rehearsal?.course;
  if (!course?.function) return null;
  const { shape, values } = course.function;
  const size = shape[1] ?? 0;
  const { low, high, weight } = nodesAround(course, started.learning_rate, time);
  const after = values.subarray(high * size, (high + 1) * size);
  return values.slice(low * size, (low + 1) * size).map((value, i) => value + weight * ((after[i] as number) - value));
}
