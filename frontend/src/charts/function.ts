/** (1) The function: data, target, f(x; t) measured, and what kernels predict: the first one, the moving one, infinite width's. */
import type { Frame, Started } from "../api/codec";
import { number, percent } from "../format";
import { frameOf } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { layoutOf } from "./parts/axes";
import { bandTrace } from "./parts/band";
import { cloudFigure } from "./parts/cloud";
import type { Figure, Hover, LegendItem, Trace } from "./parts/figure";
import { functionRange, hasCut, isCut } from "./parts/function-range";
import { headings } from "./parts/headings";
import { heldOut, targetCurve } from "./parts/held-out";
import { planeFigure } from "./parts/plane";
import { angleAxis, closed, positionAxis } from "./parts/positions";
import { lineStyle, predictionLegend, shownPredictions, type Prediction } from "./parts/predictions";
import { JACOT, LEE } from "./parts/sources";
import { column, extent, finite, gaps, largest } from "./parts/values";
import { timed } from "./parts/widest";
import { chartWords } from "./parts/words";

/** Lines are moved in place, which is cheap enough for every other frame of the screen. */
const INTERVAL = 33;
/** Takes as many signs as any excursion that is drawn. */
const LARGE = 88_800;

const words = {
  subtitle: (argument: string) => `f(${argument}; t)`,
  plusMinus: (value: string, spread: string) => `${value} ± ${spread}`,
  functionOutside: (largest: number) => `max |f| = ${number(largest)}`,
} as const;

const help: Help = {
  text:
    "The solid line is the network itself, measured. The switches draw what kernels say it should be by now, from the first residual alone: " +
    "K₀ the one at the start, Kₜ the one that moved, ∞ that of infinite width; and what a rehearsal before training said, by real steps and leaps. The band holds networks of infinite width that differ in their draw: " +
    "mean ± 2 standard deviations. Beside each name stands the network's distance d from it, for the band from its mean.",
  formulas: [
    String.raw`f(x;t) = f_0(x) - K_0(x,X)\,Q\,\frac{I - e^{-\Lambda t}}{\Lambda}\,Q^{\top} r(0)`,
    String.raw`r(0) = f_0(X) - y, \qquad K_0(X,X) = Q\,\Lambda\,Q^{\top}`,
    String.raw`d = \frac{\lVert f - f_{\text{predicted}}\rVert}{\lVert f_{\text{predicted}}\rVert} \quad\text{on the grid}`,
  ],
  sources: [LEE, JACOT],
  measured: functionError,
};

export const functionChart: ChartDefinition = {
  id: "function",
  title: "What the network has learnt so far",
  section: "six",
  help,
  figure,
  switches: ["predictions"],
  tall: true,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  switch (run.started?.geometry) {
    case "plane":
      return planeFigure(run, run.started, view, theme);
    case "points":
      return cloudFigure(run, run.started, view, theme);
    default:
      return curveFigure(run, view, theme);
  }
}

function curveFigure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const frame = frameOf(run, view);
  const series = SERIES[theme];
  const round = started?.geometry === "circle";
  const argument = round ? "θ" : "x";
  const range = started ? functionRange(run, started, view) : ([-1, 1] as [number, number]);
  const legend: LegendItem[] = [{ mark: "ring", colour: series.data, text: chartWords.data }];
  if (started && heldOut(started).length) legend.push({ mark: "square", colour: series.data, text: chartWords.heldOut });
  if (started && targetCurve(started)) legend.push({ mark: "thin", colour: series.target, text: chartWords.target });
  const shown = shownPredictions(run, view, theme);
  const network = frame?.function ?? (shown.some(({ id }) => id === "rehearsed") ? null : (started?.grid_start ?? null));
  if (network) legend.push({ mark: "line", colour: series.measured, text: chartWords.network });
  legend.push(...predictionLegend(shown, true));
  const data = started ? curves(started, network, shown, round, theme) : [];
  const ends = extent(frame?.function ?? null);
  const noteOf = (size: number | null) => [...(size === null ? [] : [words.functionOutside(size)]), ...shown.flatMap(({ ended }) => ended ?? [])].join(". ");
  return {
    data,
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:function`,
      x: round ? angleAxis() : positionAxis(started),
      y: { type: "linear", range },
      xTitle: round ? chartWords.angle : headings(started).x,
      yTitle: headings(started).f,
      large: true,
    }),
    ...timed(words.subtitle(argument), frame?.time, started),
    legend,
    note: noteOf(isCut(ends, range) ? largest(ends) : null) || null,
    widestNote: noteOf(started && hasCut(run, started, view) ? LARGE : null),
    empty: started ? null : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => describePoint(started, frame, shown, round, data[trace]?.name, point),
  };
}

function curves(started: Started, network: Float32Array | null, shown: Prediction[], round: boolean, theme: Theme): Trace[] {
  const series = SERIES[theme];
  const x = closed(gaps(column(started.grid, 0)), round, 2 * Math.PI);
  const curve = (values: ArrayLike<number> | null) => (values ? closed(gaps(values), round, 0) : x.map(() => null));
  const line = (name: string, values: ArrayLike<number> | null, style: object, found: boolean): Trace => ({
    name,
    type: "scatter",
    mode: "lines",
    x,
    y: curve(values),
    line: { simplify: false, ...style },
    hoverinfo: found ? "none" : "skip",
  });
  const lines = shown.filter(({ id }) => id !== "ensemble");
  return [
    ...shown.filter(({ id }) => id === "ensemble").map((one) => bandTrace(one, x, curve)),
    line(chartWords.target, targetCurve(started), { color: series.target, width: 1 }, false),
    line(chartWords.network, network, { color: series.measured, width: 2.5 }, true),
    ...lines.map((one) => line(one.name, one.values, lineStyle(one), false)),
    {
      name: chartWords.data,
      type: "scatter",
      mode: "markers",
      x: gaps(column(started.inputs, 0)),
      y: gaps(started.targets),
      marker: { size: 5, color: TOKENS[theme].surface, opacity: 1, line: { width: 1.25, color: series.data } },
      hoverinfo: "none",
    },
    ...heldOutPoints(started, theme),
  ];
}

/** Squares: points that the network is not trained on. */
function heldOutPoints(started: Started, theme: Theme): Trace[] {
  const held = heldOut(started);
  if (!held.length) return [];
  const x = column(started.grid, 0);
  return [
    {
      name: chartWords.heldOut,
      type: "scatter",
      mode: "markers",
      x: held.map((at) => x[at] ?? null),
      y: held.map((at) => finite(started.grid_target?.[at])),
      marker: { size: 5, symbol: "square", color: SERIES[theme].data, opacity: 1 },
      hoverinfo: "none",
    },
  ];
}

function describePoint(started: Started | null, frame: Frame | null, shown: Prediction[], round: boolean, trace: string | undefined, point: number): Hover | null {
  if (!started) return null;
  const name = round ? chartWords.angle : headings(started).x;
  if (trace === chartWords.data) {
    const x = started.inputs.values[point * (started.inputs.shape[1] ?? 1)];
    return {
      title: chartWords.data,
      rows: [[name, number(x, 4)], ["y", number(started.targets[point], 4)], [chartWords.network, number(frame?.fitted[point], 4)]],
      group: null,
    };
  }
  const held = trace === chartWords.heldOut;
  const index = (held ? heldOut(started)[point] : undefined) ?? point % started.grid_start.length;
  const rows: Hover["rows"] = [[name, number(started.grid.values[index], 4)]];
  if (Number.isFinite(started.grid_target?.[index])) rows.push([chartWords.target, number(started.grid_target?.[index], 4)]);
  rows.push([chartWords.network, number((frame?.function ?? started.grid_start)[index], 4)]);
  for (const { id, name, values, spread } of shown) {
    const value = number(values?.[index], 4);
    rows.push([name, id === "ensemble" ? words.plusMinus(value, number(spread?.[index], 4)) : value]);
  }
  return { title: held ? chartWords.heldOut : chartWords.network, rows, group: null };
}

function functionError(run: RunState): Measured[] {
  const frame = run.frames.at(-1);
  const started = run.started;
  if (!frame || !started) return [];
  const scale = started.target_norm / Math.sqrt(started.targets.length);
  const gap = rootMeanSquare(frame.function, frame.predicted.frozen.function);
  const rows: Measured[] = [{ label: "Root mean square gap to K₀'s prediction, as a share of the data's", value: percent(scale > 0 ? gap / scale : NaN) }];
  const { frozen, infinite, ensemble } = frame.predicted;
  const moving = run.kernelFrames.at(-1)?.moving?.distance;
  if (frozen.distance !== null) rows.push({ label: "Distance d from K₀'s prediction", value: percent(frozen.distance) });
  if (moving != null) rows.push({ label: "From Kₜ's, at its newest record", value: percent(moving) });
  if (infinite?.distance != null) rows.push({ label: "From infinite width's", value: percent(infinite.distance) });
  if (ensemble?.distance != null) rows.push({ label: "From the mean over networks of infinite width", value: percent(ensemble.distance) });
  if (frame.held_out_error !== null) rows.push({ label: `Mean squared error ${heldOut(started).length ? "on held-out points" : "against the clean target"}`, value: number(frame.held_out_error) });
  return rows;
}

function rootMeanSquare(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(sum / a.length);
}
