/** (1) with two inputs: heatmaps of network, target and difference, on one scale with zero in the middle. */
import type { Frame, Started } from "../../api/codec";
import { number } from "../../format";
import { aheadOf, frameOf } from "../../run/at-time";
import type { RunState } from "../../run/run";
import type { View } from "../../run/view";
import { DIVERGING, SERIES, TOKENS, type Theme } from "../../theme/tokens";
import { layoutOf } from "./axes";
import type { Axis, Figure, Hover, LegendItem, Trace, Values } from "./figure";
import { targetCurve } from "./held-out";
import { predictionLegend, shownPredictions } from "./predictions";
import { rehearsedFunction } from "./rehearsed";
import { column, extent, finite, gaps, largest } from "./values";
import { timed } from "./widest";
import { chartWords } from "./words";

const words = {
  subtitle: "f(x₁, x₂; t)",
  predicted: "predicted",
  difference: "difference",
  x1: "x₁",
  x2: "x₂",
} as const;

/** A heatmap is painted anew each time: ten a second. */
const INTERVAL = 100;
/** The network's square, and the two small ones beside it, as shares of the plot. */
const LARGE = { x: [0, 0.62], y: [0, 1] };
/** Between the small ones stands the lower one's name, in fewer pixels on a phone. */
const small = ({ narrow }: View) => [
  { x: [0.7, 1], y: [narrow ? 0.59 : 0.56, 1] },
  { x: [0.7, 1], y: [0, narrow ? 0.41 : 0.44] },
];

interface Panel {
  name: string;
  values: (index: number) => number;
}

export function planeFigure(run: RunState, started: Started, view: View, theme: Theme): Figure {
  const frame = frameOf(run, view);
  const ahead = aheadOf(run, view);
  const rehearsed = ahead === null ? null : rehearsedFunction(started, ahead);
  const time = rehearsed ? ahead : (frame?.time ?? null);
  const panels = panelsOf(started, frame, rehearsed);
  const beside = small(view);
  const places = [LARGE, ...beside];
  const limit = largest(started.targets, started.grid_target) || 1;
  const xs = axisValues(started, 0);
  const ys = axisValues(started, 1);
  const layout = layoutOf({
    theme,
    view,
    uirevision: `${run.id}:function`,
    x: { ...fitted(xs), domain: LARGE.x },
    y: { ...fitted(ys), domain: LARGE.y },
    xTitle: words.x1,
    yTitle: words.x2,
    large: false,
    annotations: panels.map((panel, i) => ({
      text: panel.name,
      xref: "paper",
      yref: "paper",
      x: ((places[i]?.x[0] ?? 0) + (places[i]?.x[1] ?? 1)) / 2,
      y: places[i]?.y[1],
      xanchor: "center",
      yanchor: "bottom",
      yshift: 3,
      showarrow: false,
      font: { size: 11, color: TOKENS[theme].axis },
    })),
  });
  // On a phone the switches stand above the panels' names.
  if (view.narrow) layout.margin = { ...layout.margin, t: layout.margin.t + 24 };
  // The small ones have axes like the large one's, and move with them.
  panels.slice(1).forEach((_, i) => {
    const name = i + 2;
    const bare = { showticklabels: false, ticks: "", title: { text: "" } };
    layout[`xaxis${name}`] = { ...layout.xaxis, ...bare, domain: beside[i]?.x, anchor: `y${name}`, matches: "x" };
    layout[`yaxis${name}`] = { ...layout.yaxis, ...bare, domain: beside[i]?.y, anchor: `x${name}`, matches: "y" };
  });
  const scale = DIVERGING[theme];
  return {
    data: [
      ...panels.map((panel, i) => heatmap(panel, i, xs, ys, limit, theme)),
      {
        name: chartWords.data,
        type: "scatter",
        mode: "markers",
        x: gaps(column(started.inputs, 0)),
        y: gaps(column(started.inputs, 1)),
        marker: { size: 5, symbol: "circle-open", color: SERIES[theme].target, line: { width: 1 } },
        hoverinfo: "none",
      },
    ],
    layout,
    ...timed(words.subtitle, time, started),
    legend: [
      ...[-limit, 0, limit].map((value, i): LegendItem => ({ mark: "square", colour: scale[2 * i] as string, text: number(value) })),
      ...predictionLegend(shownPredictions(run, view, theme), false),
    ],
    note: null,
    empty: null,
    interval: INTERVAL,
    describe: (trace, point) => describePoint(started, panels, trace, point),
  };
}

/** @param rehearsed In the network's place, where nothing is trained yet. */
function panelsOf(started: Started, frame: Frame | null, rehearsed: Float32Array | null): Panel[] {
  const network = rehearsed ?? frame?.function ?? started.grid_start;
  const target = targetCurve(started);
  const other = target ?? frame?.predicted.frozen.function ?? null;
  const known = target !== null;
  const panels: Panel[] = [{ name: rehearsed ? chartWords.rehearsed : chartWords.network, values: (i) => network[i] ?? NaN }];
  if (!other) return panels;
  panels.push({ name: known ? chartWords.target : words.predicted, values: (i) => other[i] ?? NaN });
  panels.push({
    name: words.difference,
    values: (i) => (network[i] ?? NaN) - (other[i] ?? NaN),
  });
  return panels;
}

function heatmap(panel: Panel, place: number, xs: number[], ys: number[], limit: number, theme: Theme): Trace {
  const suffix = place ? String(place + 1) : "";
  return {
    name: panel.name,
    type: "heatmap",
    x: xs,
    y: ys,
    z: ys.map((_, row): Values => xs.map((_, at) => finite(panel.values(row * xs.length + at)))),
    xaxis: `x${suffix}`,
    yaxis: `y${suffix}`,
    zmin: -limit,
    zmax: limit,
    colorscale: DIVERGING[theme].map((colour, i, all) => [i / (all.length - 1), colour]),
    showscale: false,
    hoverinfo: "none",
  };
}

/** The mesh's coordinates: its columns run over x₁, its rows over x₂. */
function axisValues(started: Started, axis: 0 | 1): number[] {
  const [rows = 1, columns = 1] = started.grid_shape;
  const all = column(started.grid, axis);
  return axis === 0 ? all.slice(0, columns) : Array.from({ length: rows }, (_, row) => all[row * columns] as number);
}

/** Exactly over the cells, half a cell beyond the outermost centres. */
function fitted(values: number[]): Axis {
  const [low, high] = extent(values) ?? [0, 1];
  const half = values.length > 1 ? (high - low) / (values.length - 1) / 2 : 0.5;
  return { type: "linear", range: [low - half, high + half], zeroline: false };
}

function describePoint(started: Started, panels: Panel[], trace: number, point: number): Hover | null {
  const panel = panels[trace];
  const matrix = panel ? started.grid : started.inputs;
  const rows: Hover["rows"] = [
    [words.x1, number(matrix.values[2 * point], 4)],
    [words.x2, number(matrix.values[2 * point + 1], 4)],
    [panel ? chartWords.f : "y", number(panel ? panel.values(point) : started.targets[point], 4)],
  ];
  return { title: panel?.name ?? chartWords.data, rows, group: null };
}
