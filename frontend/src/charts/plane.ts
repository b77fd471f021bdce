/** (1) with two inputs: heatmaps of network, target and difference, on one scale with zero in the middle. */
import type { Frame, Started } from "../api/codec";
import { number } from "../format";
import type { RunState } from "../state/run";
import { DIVERGING, SERIES, TOKENS, type Theme } from "../theme/tokens";
import { layoutOf } from "./axes";
import { frameOf } from "./moment";
import type { Axis, Figure, Hover, Trace, Values, View } from "./types";
import { column, extent, finite, gaps, largest } from "./values";
import { chartWords } from "./words";

/** A heatmap is painted anew each time: ten a second. */
const INTERVAL = 100;
const GAP = 0.05;

interface Panel {
  name: string;
  values: (index: number) => number;
}

export function planeFigure(run: RunState, started: Started, view: View, theme: Theme): Figure {
  const frame = frameOf(run, view);
  // On a phone the difference gives way: two squares can still be read.
  const panels = panelsOf(started, frame).slice(0, view.narrow ? 2 : 3);
  const limit = largest(started.targets, started.grid_target) || 1;
  const xs = axisValues(started, 0);
  const ys = axisValues(started, 1);
  const width = (1 - GAP * (panels.length - 1)) / panels.length;
  const layout = layoutOf({
    theme,
    view: { ...view, narrow: true }, // Each panel is as small as a phone's chart.
    uirevision: `${run.id}:function`,
    x: { ...fitted(xs), domain: [0, width] },
    y: fitted(ys),
    xTitle: chartWords.x1,
    yTitle: "x₂",
    large: true,
    annotations: panels.map((panel, i) => ({
      text: panel.name,
      xref: "paper",
      yref: "paper",
      x: i * (width + GAP) + width / 2,
      y: 1,
      xanchor: "center",
      yanchor: "bottom",
      yshift: 4,
      showarrow: false,
      font: { size: 12, color: TOKENS[theme].axis },
    })),
  });
  // The other panels have axes like the first one's, and move with them.
  for (let i = 1; i < panels.length; i += 1) {
    const left = i * (width + GAP);
    layout[`xaxis${i + 1}`] = { ...layout.xaxis, domain: [left, left + width], anchor: `y${i + 1}`, matches: "x" };
    layout[`yaxis${i + 1}`] = { ...layout.yaxis, anchor: `x${i + 1}`, matches: "y", showticklabels: false };
  }
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
    subtitle: chartWords.planeSubtitle + (frame ? `, ${chartWords.at(frame.time)}` : ""),
    legend: [-limit, 0, limit].map((value, i) => ({ mark: "square", colour: scale[2 * i] as string, text: number(value) })),
    note: null,
    empty: null,
    interval: INTERVAL,
    describe: (trace, point) => describePoint(started, panels, trace, point),
  };
}

function panelsOf(started: Started, frame: Frame | null): Panel[] {
  const network = frame?.function ?? started.grid_start;
  const other = started.grid_target ?? frame?.function_predicted ?? null;
  const known = started.grid_target !== null;
  const panels: Panel[] = [{ name: chartWords.network, values: (i) => network[i] ?? NaN }];
  if (!other) return panels;
  panels.push({ name: known ? chartWords.target : chartWords.predicted, values: (i) => other[i] ?? NaN });
  panels.push({
    name: known ? chartWords.difference : chartWords.differencePredicted,
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
    [chartWords.x1, number(matrix.values[2 * point], 4)],
    ["x₂", number(matrix.values[2 * point + 1], 4)],
    [panel ? chartWords.f : "y", number(panel ? panel.values(point) : started.targets[point], 4)],
  ];
  return { title: panel?.name ?? chartWords.data, rows, group: null };
}
