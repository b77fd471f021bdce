/** (1) The function: data, target, f(x; t) measured, and what a kernel that never moves predicts. */
import type { Frame, Started } from "../api/codec";
import { number } from "../format";
import type { RunState } from "../state/run";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import { layoutOf } from "./axes";
import { cloudFigure } from "./cloud";
import { functionRange } from "./function-range";
import { frameOf } from "./moment";
import { planeFigure } from "./plane";
import type { Axis, Chart, Figure, Hover, LegendItem, Trace, Values, View } from "./types";
import { column, extent, gaps, largest } from "./values";
import { chartWords } from "./words";

/** Lines are moved in place, which is cheap enough for every other frame of the screen. */
const INTERVAL = 33;

export const functionChart: Chart = (run, view, theme) => {
  switch (run.started?.geometry) {
    case "plane":
      return planeFigure(run, run.started, view, theme);
    case "points":
      return cloudFigure(run, run.started, view, theme);
    default:
      return curveFigure(run, view, theme);
  }
};

function curveFigure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const frame = frameOf(run, view);
  const series = SERIES[theme];
  const round = started?.geometry === "circle";
  const argument = round ? "θ" : "x";
  const range = started ? functionRange(run, started) : ([-1, 1] as [number, number]);
  const legend: LegendItem[] = [{ mark: "ring", colour: series.data, text: chartWords.data }];
  if (started?.grid_target) legend.push({ mark: "thin", colour: series.target, text: chartWords.target });
  legend.push({ mark: "line", colour: series.measured, text: chartWords.network });
  legend.push({ mark: "dash", colour: series.frozen, text: chartWords.predicted });
  const highest = largest(frame?.function ?? null);
  return {
    data: started ? curves(started, frame, round, theme) : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:function`,
      x: round ? angleAxis() : positionAxis(started),
      y: { type: "linear", range },
      xTitle: round ? chartWords.angle : chartWords.x,
      yTitle: chartWords.f,
      large: true,
    }),
    subtitle: chartWords.functionSubtitle(argument) + (frame ? `, ${chartWords.at(frame.time)}` : ""),
    legend,
    note: highest > Math.max(Math.abs(range[0]), Math.abs(range[1])) ? chartWords.functionOutside(highest) : null,
    empty: started ? null : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => describePoint(started, frame, round, trace, point),
  };
}

/** The place of the data among the traces: above the lines. */
const DATA = 3;

function curves(started: Started, frame: Frame | null, round: boolean, theme: Theme): Trace[] {
  const series = SERIES[theme];
  const x = closed(gaps(column(started.grid, 0)), round, 2 * Math.PI);
  const line = (name: string, values: Float32Array | null, style: object, found: boolean): Trace => ({
    name,
    type: "scatter",
    mode: "lines",
    x,
    y: values ? closed(gaps(values), round, 0) : x.map(() => null),
    line: { simplify: false, ...style },
    hoverinfo: found ? "none" : "skip",
  });
  const network = frame?.function ?? started.grid_start;
  const predicted = frame?.function_predicted ?? null;
  return [
    line(chartWords.target, started.grid_target, { color: series.target, width: 1 }, false),
    line(chartWords.network, network, { color: series.measured, width: 2.5 }, true),
    line(chartWords.predicted, predicted, { color: series.frozen, width: 2, dash: "6px,5px" }, false),
    {
      name: chartWords.data,
      type: "scatter",
      mode: "markers",
      x: gaps(column(started.inputs, 0)),
      y: gaps(started.targets),
      marker: { size: 5, color: TOKENS[theme].surface, opacity: 1, line: { width: 1.25, color: series.data } },
      hoverinfo: "none",
    },
  ];
}

function describePoint(started: Started | null, frame: Frame | null, round: boolean, trace: number, point: number): Hover | null {
  if (!started) return null;
  const name = round ? chartWords.angle : chartWords.x;
  if (trace === DATA) {
    const x = started.inputs.values[point * (started.inputs.shape[1] ?? 1)];
    return {
      title: chartWords.data,
      rows: [[name, number(x, 4)], ["y", number(started.targets[point], 4)], [chartWords.network, number(frame?.fitted[point], 4)]],
      group: null,
    };
  }
  const index = point % started.grid_start.length;
  const rows: Hover["rows"] = [[name, number(started.grid.values[index], 4)]];
  if (started.grid_target) rows.push([chartWords.target, number(started.grid_target[index], 4)]);
  rows.push([chartWords.network, number((frame?.function ?? started.grid_start)[index], 4)]);
  rows.push([chartWords.predicted, number(frame?.function_predicted[index], 4)]);
  return { title: chartWords.network, rows, group: null };
}

function positionAxis(started: Started | null): Axis {
  if (!started) return { type: "linear", range: [-1, 1] };
  const [low, high] = extent(started.inputs.values, started.grid.values) ?? [-1, 1];
  const room = (high > low ? high - low : 1) * 0.02;
  return { type: "linear", range: [low - room, high + room] };
}

function angleAxis(): Axis {
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
function closed(values: Values, round: boolean, turn: number): Values {
  const first = values[0];
  return round && values.length > 1 && first != null ? [...values, first + turn] : values;
}
