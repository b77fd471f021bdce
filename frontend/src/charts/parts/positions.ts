/** Axes over one input: a position on an interval, an angle on a circle. */
import type { Started } from "../../api/codec";
import type { Axis, Values } from "./figure";
import { extent } from "./values";

export function positionAxis(started: Started | null): Axis {
  if (!started) return { type: "linear", range: [-1, 1] };
  const [low, high] = extent(started.inputs.values, started.grid.values) ?? [-1, 1];
  const room = (high > low ? high - low : 1) * 0.02;
  return { type: "linear", range: [low - room, high + room] };
}

export function angleAxis(): Axis {
  const quarters = [0, 1, 2, 3, 4];
  return {
    type: "linear",
    range: [-0.05, 2 * Math.PI + 0.05],
    tickvals: quarters.map((quarter) => (quarter * Math.PI) / 2),
    ticktext: ["0", "π/2", "π", "3π/2", "2π"],
    zeroline: false,
  };
}

/** On a circle a curve ends where it began, one turn (of x) on. */
export function closed(values: Values, round: boolean, turn: number): Values {
  const first = values[0];
  return round && values.length > 1 && first != null ? [...values, first + turn] : values;
}
