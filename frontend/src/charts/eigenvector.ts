/** A group's eigenvectors over the inputs, as a small drawing in SVG. */
import type { Started } from "../api/codec";
import type { Group } from "../api/types";
import { column, extent, largest } from "./values";

export interface Sketch {
  /** One path for each of at most two eigenvectors. */
  paths: string[];
  /** Two or more inputs have no line: one dot a point, `value` from -1 to 1. */
  dots: { x: number; y: number; value: number }[];
  /** Where zero is; null where the drawing has none. */
  zero: number | null;
}

const PAD = 4;

export function sketch(started: Started, group: Group, width: number, height: number): Sketch {
  const vectors = group.modes.slice(0, 2).map((mode) => column(started.modes, mode));
  if (started.geometry === "plane") return dotted(started, vectors[0] ?? [], width, height);
  const order = started.geometry === "points" ? null : sorted(column(started.inputs, 0));
  const shown = started.geometry === "circle" && vectors.length === 2 ? turned(vectors as [number[], number[]]) : vectors;
  const size = largest(...shown) || 1;
  const middle = height / 2;
  const paths = shown.map((vector) => {
    const [low, high] = (order && extent(order.positions)) ?? [0, vector.length - 1];
    const steps = vector.map((_, i) => {
      const at = order ? (order.places[i] as number) : i;
      const along = order ? (order.positions[i] as number) : i;
      const x = PAD + ((width - 2 * PAD) * (along - low)) / (high - low || 1);
      const y = middle - ((middle - PAD) * (vector[at] as number)) / size;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    });
    return steps.length ? `M${steps.join("L")}` : "";
  });
  return { paths, dots: [], zero: middle };
}

/** Places in ascending order of position, and those positions. */
function sorted(values: number[]): { places: number[]; positions: number[] } {
  const places = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  return { places, positions: places.map((place) => values[place] as number) };
}

/** Two eigenvectors of one frequency span a plane: turned so that the first is largest at the first point, like a cosine. */
function turned([first, second]: [number[], number[]]): [number[], number[]] {
  const angle = Math.atan2(second[0] ?? 0, first[0] ?? 0);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [
    first.map((value, i) => cos * value + sin * (second[i] as number)),
    first.map((value, i) => cos * (second[i] as number) - sin * value),
  ];
}

function dotted(started: Started, vector: number[], width: number, height: number): Sketch {
  const size = largest(vector) || 1;
  const place = (values: number[], room: number, value: number) => {
    const [low, high] = extent(values) ?? [0, 1];
    return PAD + ((room - 2 * PAD) * (value - low)) / (high - low || 1);
  };
  const [xs, ys] = [column(started.inputs, 0), column(started.inputs, 1)];
  const dots = vector.map((value, i) => ({
    x: place(xs, width, xs[i] as number),
    y: height - place(ys, height, ys[i] as number),
    value: value / size,
  }));
  return { paths: [], dots, zero: null };
}
