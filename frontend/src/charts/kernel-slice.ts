/** (11) One row of the kernel, K(x_0, .): at the start, at the play-head, and at infinite width. */
import type { Matrix, Started } from "../api/codec";
import { number, percent, whole } from "../format";
import { kernelFrameOf } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { layoutOf } from "./parts/axes";
import type { Axis, Figure, Hover, LegendItem, Trace } from "./parts/figure";
import { angleAxis, closed, positionAxis } from "./parts/positions";
import { isLine } from "./parts/rows";
import { JACOT } from "./parts/sources";
import { extent, finite, gaps } from "./parts/values";
import { longest, timed } from "./parts/widest";
import { chartWords } from "./parts/words";

const INTERVAL = 100;

type Slices = NonNullable<Started["slices"]>;

const words = {
  noSlices: "This run records no rows of its kernel.",
  sliceOnInterval: (x: string) => `K(x₀, x) against x, x₀ = ${x}`,
  sliceOnCircle: (angle: string) => `K(θ₀, θ) against θ, θ₀ = ${angle}`,
  sliceByDistance: (point: string) => `K(x₀, x) against |x − x₀|, x₀ = ${point}`,
  pointName: (point: number) => `point ${whole(point)}`,
  point: (point: number) => `Point ${whole(point)}`,
  distance: "distance |x − x₀|",
  symbol: "K",
} as const;

const help: Help = {
  text:
    "How much a step on one point, x₀, moves the network at every other point. A narrow peak lets the network learn fine detail, a broad one smooths. " +
    "Point at the card, or use the arrow keys, to take another x₀. Open circles are the kernel at the start, filled ones the kernel at the play-head. " +
    "Infinite width is the dotted line; squares where the inputs lie on none.",
  formulas: [
    String.raw`K(x,x') = \Big\langle \frac{\partial f(x;\theta)}{\partial\theta},\, \frac{\partial f(x';\theta)}{\partial\theta} \Big\rangle`,
    String.raw`f_{k+1}(x) - f_k(x) \approx -\eta\,K(x,x_0)\,r(x_0)`,
  ],
  sources: [JACOT],
  measured: rowsApart,
};

export const kernelSliceChart: ChartDefinition = {
  id: "kernel-slice",
  title: "One row of the kernel",
  section: "moved",
  help,
  figure,
  picks: "rows",
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const slices = started?.slices ?? null;
  const kernel = kernelFrameOf(run, view);
  const moved = kernel?.slices ?? null;
  const row = slices ? rowOf(slices, view) : 0;
  const points = started && slices ? along(started, slices, row) : [];
  const lines = started !== null && isLine(started);
  const round = started?.geometry === "circle";
  const place = started && lines ? started.inputs.values[slices?.rows[row] ?? 0] : undefined;
  return {
    data: slices ? traces(slices, moved, started?.infinite?.slices ?? null, row, points, lines, round, theme) : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:kernel-slice`,
      x: started && slices && !lines ? distanceAxis(started, slices) : round ? angleAxis() : positionAxis(started),
      y: valueAxis(run),
      xTitle: started && !lines ? words.distance : round ? chartWords.angle : chartWords.x,
      yTitle: words.symbol,
      large: true,
      shapes: place === undefined || !slices ? [] : [mark(place, theme)],
    }),
    ...(started && slices ? told(started, slices, row, moved && kernel?.time) : { subtitle: "" }),
    legend: slices ? legendOf(moved !== null, started?.infinite?.slices != null, lines, theme) : [],
    note: null,
    empty: started ? (slices ? null : words.noSlices) : chartWords.waiting,
    interval: INTERVAL,
    describe: (_trace, point) => (started && slices ? describePoint(started, slices, moved, row, points[point % points.length], lines) : null),
  };
}

/** ||a - b|| / ||b|| over all rows that are written down; null where there is nothing to compare. */
export function slicesApart(a: Matrix | null | undefined, b: Matrix | null | undefined): number | null {
  if (!a || !b) return null;
  let [apart, size] = [0, 0];
  b.values.forEach((value, i) => {
    apart += ((a.values[i] ?? NaN) - value) ** 2;
    size += value ** 2;
  });
  return finite(Math.sqrt(apart / size));
}

function rowOf(slices: Slices, view: View): number {
  const count = slices.rows.length;
  return Math.min(view.slice ?? count >> 1, count - 1);
}

/** A column and where it is drawn. */
interface Point {
  at: number;
  x: number;
}

/** In the order of x, which is the distance from x_0 where the inputs have no line. */
function along(started: Started, slices: Slices, row: number): Point[] {
  const x = (column: number) => (isLine(started) ? (started.inputs.values[column] as number) : distance(started, slices.rows[row] as number, column));
  return slices.columns.map((column, at) => ({ at, x: x(column) })).sort((a, b) => a.x - b.x);
}

function distance(started: Started, one: number, other: number): number {
  const d = started.inputs.shape[1] ?? 1;
  const value = (point: number, axis: number) => started.inputs.values[point * d + axis] as number;
  return Math.hypot(...Array.from({ length: d }, (_, axis) => value(one, axis) - value(other, axis)));
}

function traces(slices: Slices, moved: Matrix | null, infinite: Matrix | null, row: number, points: Point[], lines: boolean, round: boolean, theme: Theme): Trace[] {
  const series = SERIES[theme];
  const x = points.map((point) => point.x);
  const values = (matrix: Matrix | null) => gaps(points.map(({ at }) => entry(matrix, row, at)));
  const marks = (name: string, matrix: Matrix | null, marker: object): Trace => ({
    name,
    type: "scatter",
    mode: "markers",
    x,
    y: values(matrix),
    marker: { opacity: 1, ...marker },
    hoverinfo: "none",
  });
  const line = (name: string, matrix: Matrix | null, style: object): Trace => ({
    name,
    type: "scatter",
    mode: "lines",
    x: closed(x, round, 2 * Math.PI),
    y: closed(values(matrix), round, 0),
    line: { simplify: false, ...style },
    hoverinfo: "skip",
  });
  const data: Trace[] = [];
  if (infinite && lines) data.push(line(chartWords.infiniteWidth, infinite, { color: series.infinite, width: 2, dash: "2px,4px" }));
  if (infinite && !lines) data.push(marks(chartWords.infiniteWidth, infinite, { size: 7, symbol: "square-open", color: series.infinite, line: { width: 1.5 } }));
  data.push(marks(chartWords.kernelStart, slices.values, { size: 8, symbol: "circle-open", color: series.data, line: { width: 1.25 } }));
  if (moved) data.push(marks(chartWords.kernelNow, moved, { size: 5, color: series.measured, line: { width: 0 } }));
  return data;
}

function entry(matrix: Matrix | null, row: number, at: number): number {
  return matrix?.values[row * (matrix.shape[1] ?? 0) + at] ?? NaN;
}

/** Holds every row of every kernel so far: neither the play-head nor another x_0 moves it. */
function valueAxis(run: RunState): Axis {
  const { started } = run;
  const all = [started?.slices?.values, started?.infinite?.slices, ...run.kernelFrames.map(({ slices }) => slices)];
  const [low, high] = extent([0], ...all.map((matrix) => matrix?.values ?? null)) ?? [0, 1];
  const room = 0.06 * (high - low || 1);
  return { type: "linear", range: [low < 0 ? low - room : -room / 2, high + room] };
}

function distanceAxis(started: Started, slices: Slices): Axis {
  const highest = Math.max(...slices.rows.flatMap((row) => slices.columns.map((column) => distance(started, row, column))));
  return { type: "linear", range: [-0.02 * (highest || 1), 1.03 * (highest || 1)] };
}

/** A tick at x_0. */
function mark(x: number, theme: Theme): object {
  return { type: "line", x0: x, x1: x, yref: "paper", y0: 0, y1: 1, layer: "below", line: { color: TOKENS[theme].text, width: 1 } };
}

/** Whatever row is pointed at and wherever the play-head stands, its words have the same room. */
function told(started: Started, slices: Slices, row: number, time: number | null | undefined): Pick<Figure, "subtitle" | "widest"> {
  const { widest } = timed(longest(slices.rows.map((_, i) => subtitleOf(started, slices, i))), time, started);
  return { ...timed(subtitleOf(started, slices, row), time, started), ...(widest && { widest }) };
}

function subtitleOf(started: Started, slices: Slices, row: number): string {
  const point = slices.rows[row] as number;
  const d = started.inputs.shape[1] ?? 1;
  const values = Array.from(started.inputs.values.subarray(point * d, (point + 1) * d));
  if (started.geometry === "circle") return words.sliceOnCircle(number(values[0]));
  if (started.geometry === "interval") return words.sliceOnInterval(number(values[0]));
  return words.sliceByDistance(d === 2 ? `(${values.map((value) => number(value)).join(", ")})` : words.pointName(point + 1));
}

function legendOf(moved: boolean, infinite: boolean, lines: boolean, theme: Theme): LegendItem[] {
  const series = SERIES[theme];
  const items: LegendItem[] = [{ mark: "ring", colour: series.data, text: chartWords.kernelStart }];
  if (moved) items.push({ mark: "dot", colour: series.measured, text: chartWords.kernelNow });
  if (infinite) items.push({ mark: lines ? "dotted" : "frame", colour: series.infinite, text: chartWords.infiniteWidth });
  return items;
}

function describePoint(started: Started, slices: Slices, moved: Matrix | null, row: number, point: Point | undefined, lines: boolean): Hover | null {
  if (!point) return null;
  const name = lines ? (started.geometry === "circle" ? chartWords.angle : chartWords.x) : words.distance;
  const rows: Hover["rows"] = [[name, number(point.x, 4)], [chartWords.kernelStart, number(entry(slices.values, row, point.at), 4)]];
  if (moved) rows.push([chartWords.kernelNow, number(entry(moved, row, point.at), 4)]);
  const infinite = started.infinite?.slices;
  if (infinite) rows.push([chartWords.infiniteWidth, number(entry(infinite, row, point.at), 4)]);
  return { title: words.point((slices.columns[point.at] as number) + 1), rows, group: null };
}

function rowsApart(run: RunState): Measured[] {
  const slices = run.started?.slices;
  if (!run.started) return [];
  const rows: Measured[] = [{ label: "Rows that are written down", value: whole(slices?.rows.length ?? 0) }];
  const infinite = slicesApart(slices?.values, run.started.infinite?.slices);
  if (infinite !== null) rows.push({ label: "K₀ from infinite width, over these rows", value: percent(infinite) });
  const moved = slicesApart(run.kernelFrames.at(-1)?.slices, slices?.values);
  if (moved !== null) rows.push({ label: "Newest Kₜ from K₀, over these rows", value: percent(moved) });
  return rows;
}
