/** A group's eigenvectors over the inputs, as a small drawing in SVG. */
import type { Started } from "../../api/codec";
import type { Group } from "../../api/types";
import { column, extent, largest } from "./values";

export interface Sketch {
  /** One path for each of at most two eigenvectors. */
  paths: string[];
  /** The training points on a path that runs between them. */
  points: { x: number; y: number }[];
  /** Two or more inputs have no line: one dot a point, `value` from -1 to 1. */
  dots: { x: number; y: number; value: number }[];
  /** Where zero is; null where the drawing has none. */
  zero: number | null;
}

const PAD = 4;

export function sketch(started: Started, group: Group, width: number, height: number): Sketch {
  const vectors = group.modes.slice(0, 2).map((mode) => column(started.modes, mode));
  if (started.geometry === "plane") return dotted(started, vectors[0] ?? [], width, height);
  const smooth = group.modes.length === 1 ? smoothSketch(started, group.modes[0] as number, vectors[0] ?? [], width, height) : null;
  if (smooth) return smooth;
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
  return { paths, points: [], dots: [], zero: middle };
}

/** One mode along the grid, where it was carried there (Nyström), over its values on the training points. */
function smoothSketch(started: Started, mode: number, vector: number[], width: number, height: number): Sketch | null {
  const along = started.grid_modes;
  if (!along || mode >= (along.shape[1] ?? 0) || started.geometry === "points") return null;
  const values = column(along, mode);
  const [grid, inputs] = [column(started.grid, 0), column(started.inputs, 0)];
  const [low, high] = extent(grid, inputs) ?? [0, 1];
  const size = largest(values, vector) || 1;
  const spot = (position: number, value: number) => ({
    x: PAD + ((width - 2 * PAD) * (position - low)) / (high - low || 1),
    y: height / 2 - ((height / 2 - PAD) * value) / size,
  });
  const { places, positions } = sorted(grid);
  const steps = places.map((place, i) => spot(positions[i] as number, values[place] as number)).map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`);
  return { paths: [`M${steps.join("L")}`], points: vector.map((value, i) => spot(inputs[i] as number, value)), dots: [], zero: height / 2 };
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
  return { paths: [], points: [], dots, zero: null };
}
