/** What the same network would do at infinite width, at the play-head: its prediction, and the band over all draws. */
import type { Started } from "../api/codec";
import { number, percent } from "../format";
import { frameOf, headOf } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { layoutOf } from "./parts/axes";
import { bandTrace, insideBand } from "./parts/band";
import type { Axis, Figure, Hover, LegendItem, Trace, Values } from "./parts/figure";
import { functionRange } from "./parts/function-range";
import { headings } from "./parts/headings";
import { angleAxis, closed, positionAxis } from "./parts/positions";
import { lineStyle, shownPredictions, type Prediction } from "./parts/predictions";
import { isLine } from "./parts/rows";
import { JACOT, LEE } from "./parts/sources";
import { column, extent, gaps } from "./parts/values";
import { shared, timed } from "./parts/widest";
import { chartWords } from "./parts/words";

const INTERVAL = 60;

const words = {
  subtitle: (argument: string) => `f(${argument}; t)`,
  ordered: "f, in the order of the prediction",
  place: "place in that order",
  band: "± 2 deviations",
  inside: (share: number) => `${percent(share)} of the network lies in the band`,
  noBand: "no band: from a start at zero the draw changes nothing",
  missing: "The kernel of infinite width was not found soon enough: the set-up's notices say why.",
  mean: "mean over the draw",
  plusMinus: (value: string, spread: string) => `${value} ± ${spread}`,
  insideRow: "Of the network inside the band",
  widest: "Half the band's height where it is widest",
} as const;

const help: Help = {
  text:
    "The dotted line is what the kernel of infinite width predicts from where this network started: a very wide one would follow it. The band holds networks of infinite width that differ in their draw, at their mean ± 2 " +
    "standard deviations: of a network that is wide enough, about 95 % lies inside. It closes at the training points, and stays open between them. A run that starts from zero has no band: its draw no longer matters at infinite width.",
  formulas: [
    String.raw`\mu_t = \Theta(\cdot,X)\,A_t\,y, \qquad A_t = \Theta^{-1}\big(I - e^{-\Theta t}\big)`,
    String.raw`\sigma_t^2(x) = k(x,x) + a\,k\,a^{\top} - 2\,a\,k(X,x), \qquad a = \Theta(x,X)\,A_t`,
  ],
  sources: [LEE, JACOT],
  measured: bandNumbers,
};

export const bandChart: ChartDefinition = {
  id: "band",
  title: "Beside infinite width",
  section: "limit",
  help,
  figure,
  tall: true,
};

/** Where the evaluation points stand along x: at their own places on a line, else in the order of the prediction. */
interface Places {
  order: number[];
  x: Values;
  axis: Axis;
  /** Of the axis. */
  name: string;
  round: boolean;
  lines: boolean;
}

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const frame = frameOf(run, view);
  const places = started && placesOf(run, started);
  const shown = shownPredictions(run, { ...view, predictions: ["infinite", "ensemble"] }, theme);
  const [alone, band] = (["infinite", "ensemble"] as const).map((id) => shown.find((one) => one.id === id));
  const inside = insideBand(frame);
  const legend: LegendItem[] = [{ mark: places && !places.lines ? "dot" : "line", colour: SERIES[theme].measured, text: chartWords.network }];
  if (alone) legend.push({ mark: "dotted", colour: alone.colour, ...shared(chartWords.infiniteWidth, alone.distance, alone.most) });
  if (band?.values) legend.push({ mark: "band", colour: band.colour, text: words.band });
  const noteOf = (inside: number | null) => [...shown.flatMap(({ ended }) => ended ?? []), ...(inside === null ? [] : [words.inside(inside)]), ...(started?.centered ? [words.noBand] : [])].join(". ");
  return {
    data: started && places && frame ? traces(started, places, frame.function, alone, band, theme) : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:band`,
      x: places?.axis ?? positionAxis(null),
      y: started ? axisOf(run, started, view) : { type: "linear", range: [-1, 1] },
      xTitle: places?.name ?? chartWords.x,
      yTitle: headings(started).f,
      large: true,
    }),
    ...timed(places && !places.lines ? words.ordered : words.subtitle(places?.round ? "θ" : "x"), frame?.time, started),
    legend,
    note: noteOf(inside) || null,
    widestNote: noteOf(inside && 1),
    empty: !started || !frame ? chartWords.waiting : started.infinite && frame.predicted.infinite ? null : words.missing,
    interval: INTERVAL,
    describe: (_trace, point) => (started && places && frame ? describePoint(started, places, frame.function, shown, point) : null),
  };
}

function placesOf(run: RunState, started: Started): Places {
  const lines = isLine(started);
  const newest = run.frames.at(-1)?.predicted.infinite?.function;
  const order = Array.from(started.grid_start, (_, i) => i);
  if (lines) {
    const round = started.geometry === "circle";
    return { order, x: gaps(column(started.grid, 0)), axis: round ? angleAxis() : positionAxis(started), name: round ? chartWords.angle : headings(started).x, round, lines };
  }
  if (newest) order.sort((a, b) => (newest[a] ?? 0) - (newest[b] ?? 0));
  return { order, x: order.map((_, i) => i + 1), axis: { type: "linear", range: [0, order.length + 1] }, name: words.place, round: false, lines };
}

/** The network is the first that can be found. */
function traces(started: Started, { order, x, round, lines }: Places, network: Float32Array, alone: Prediction | undefined, band: Prediction | undefined, theme: Theme): Trace[] {
  const series = SERIES[theme];
  const along = closed(x, round, 2 * Math.PI);
  const curve = (values: ArrayLike<number> | null) => (values ? closed(gaps(order.map((at) => values[at] ?? NaN)), round, 0) : along.map(() => null));
  const measured = lines ? { mode: "lines" as const, line: { simplify: false, color: series.measured, width: 2.5 } } : { mode: "markers" as const, marker: { size: 4, color: series.measured, opacity: 1 } };
  const data: Trace[] = [{ name: chartWords.network, type: "scatter", x: along, y: curve(network), ...measured, hoverinfo: "none" }];
  if (band?.values) data.unshift(bandTrace(band, along, curve));
  if (alone?.values) data.push({ name: chartWords.infiniteWidth, type: "scatter", mode: "lines", x: along, y: curve(alone.values), line: { simplify: false, ...lineStyle(alone) }, hoverinfo: "skip" });
  if (!lines) return data;
  const open = { size: 5, color: TOKENS[theme].surface, opacity: 1, line: { width: 1.25, color: series.data } };
  return [...data, { name: chartWords.data, type: "scatter", mode: "markers", x: gaps(column(started.inputs, 0)), y: gaps(started.targets), marker: open, hoverinfo: "skip" }];
}

function describePoint(started: Started, { order, lines, name }: Places, network: Float32Array, shown: Prediction[], point: number): Hover | null {
  const at = order[point % order.length];
  if (at === undefined) return null;
  const place: [string, string] = [name, number(lines ? started.grid.values[at] : point + 1, 4)];
  const rows = shown.map(({ id, values, spread }): [string, string] =>
    id === "ensemble" ? [words.mean, words.plusMinus(number(values?.[at], 4), number(spread?.[at], 3))] : [chartWords.infiniteWidth, number(values?.[at], 4)],
  );
  return { title: chartWords.network, rows: [place, [chartWords.network, number(network[at], 4)], ...rows], group: null };
}

/** The function's own, and as much more as the band takes from half the play-head's time on. */
function axisOf(run: RunState, started: Started, view: View): Axis {
  const range = functionRange(run, started, view);
  const from = (headOf(run, view) ?? 0) / 2;
  const height = range[1] - range[0];
  const edges = run.frames.flatMap(({ time, predicted: { ensemble } }) => (ensemble?.spread && time >= from ? ([1, -1] as const).map((sign) => ensemble.function.map((value, i) => value + 2 * sign * (ensemble.spread?.[i] ?? 0))) : []));
  const [low, high] = extent(...edges) ?? range;
  // A band that grows without bound is cut, as a curve is.
  return { type: "linear", range: [Math.max(range[0] - height, Math.min(range[0], low)), Math.min(range[1] + height, Math.max(range[1], high))] };
}

function bandNumbers(run: RunState): Measured[] {
  const frame = run.frames.at(-1);
  if (!run.started || !frame) return [];
  const { infinite, ensemble } = frame.predicted;
  const inside = insideBand(frame);
  return [
    { label: "K₀ from infinite width, ‖K₀ − Θ‖ / ‖Θ‖", value: percent(run.started.infinite?.distance) },
    { label: "The function from that width's prediction, now", value: percent(infinite?.distance) },
    ...(ensemble ? [{ label: "From the mean over the draw", value: percent(ensemble.distance) }, { label: words.insideRow, value: percent(inside) }, { label: words.widest, value: number(2 * Math.max(...(ensemble.spread ?? []))) }] : []),
  ];
}
