/** (1) with more than two inputs: f against the target, on the training points and on fresh ones. */
import type { Started } from "../../api/codec";
import { number } from "../../format";
import { aheadOf, frameOf } from "../../run/at-time";
import type { RunState } from "../../run/run";
import type { View } from "../../run/view";
import { SERIES, TOKENS, type Theme } from "../../theme/tokens";
import { layoutOf } from "./axes";
import type { Figure, LegendItem, Trace } from "./figure";
import { functionRange } from "./function-range";
import { heldOut } from "./held-out";
import { predictionLegend, shownPredictions } from "./predictions";
import { rehearsedFunction } from "./rehearsed";
import { gaps } from "./values";
import { timed } from "./widest";
import { chartWords } from "./words";

const words = {
  subtitle: "f(x; t) against the target",
  trainingPoints: "training points",
  freshPoints: "other points",
  targetValue: "target",
  predictedValue: "f",
} as const;

export function cloudFigure(run: RunState, started: Started, view: View, theme: Theme): Figure {
  const frame = frameOf(run, view);
  const ahead = aheadOf(run, view);
  const rehearsed = ahead === null ? null : rehearsedFunction(started, ahead);
  const time = rehearsed ? ahead : (frame?.time ?? null);
  const series = SERIES[theme];
  const range = functionRange(run, started, view);
  const fresh = started.grid_target;
  const points = (name: string, x: Float32Array, y: ArrayLike<number>, marker: object): Trace => ({
    name,
    type: "scatter",
    mode: "markers",
    x: gaps(x),
    y: gaps(y),
    marker: { size: 5, opacity: 1, ...marker },
    hoverinfo: "none",
  });
  const missing = new Float32Array(started.targets.length).fill(NaN);
  const data: Trace[] = [
    { name: chartWords.target, type: "scatter", mode: "lines", x: range, y: range, line: { color: series.target, width: 1 }, hoverinfo: "skip" },
    points(words.trainingPoints, started.targets, frame?.fitted ?? missing, {
      color: series.measured,
      line: { width: 1, color: TOKENS[theme].surface },
    }),
  ];
  const legend: LegendItem[] = [{ mark: "dot", colour: series.measured, text: words.trainingPoints }];
  if (fresh) {
    const open = { color: TOKENS[theme].surface, line: { width: 1.25, color: series.data } };
    // Below the training points: there are many of them.
    data.splice(1, 0, points(words.freshPoints, fresh, rehearsed ?? frame?.function ?? started.grid_start, open));
    legend.push({ mark: "ring", colour: series.data, text: heldOut(started).length ? chartWords.heldOut : words.freshPoints });
  }
  return {
    data,
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:function`,
      x: { type: "linear", range },
      y: { type: "linear", range },
      xTitle: words.targetValue,
      yTitle: words.predictedValue,
      large: true,
    }),
    ...timed(words.subtitle, time, started),
    legend: [...legend, ...predictionLegend(shownPredictions(run, view, theme), false)],
    note: null,
    empty: null,
    interval: 50,
    describe: (trace, point) => {
      const found = data[trace];
      if (!found || trace === 0) return null;
      const rows: [string, string][] = [[words.targetValue, number(found.x[point], 4)], [words.predictedValue, number(found.y[point], 4)]];
      return { title: found.name, rows, group: null };
    },
  };
}
