/** How far the trained function is from what infinite width, and what K_0, predict of it. */
import type { Frame } from "../api/codec";
import { number, percent } from "../format";
import { headOf } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { withOpacity } from "../theme/mode-colour";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { decadeAxis, layoutOf, timeAxis } from "./parts/axes";
import type { Figure } from "./parts/figure";
import { JACOT, LEE } from "./parts/sources";
import { chartWords } from "./parts/words";

const INTERVAL = 200;
const DECADES = 6;
const FADED = 0.25;
/** Every so many of a run's frames say enough. */
const MOST = 60;

const words = {
  subtitle: "‖f − f̂‖ / ‖f̂‖ between the data",
  axis: "distance",
  infinite: "infinite width",
  frozen: "its own K₀",
  missing: "The kernel of infinite width was not found soon enough: the set-up's notices say why.",
} as const;

const help: Help = {
  text:
    "How far the trained network is from two predictions of it, over the evaluation points: one by the kernel of the same network at infinite width, one by its own kernel at the start. " +
    "A wider network comes nearer to the first like 1/√width; the second misses only what training did to the kernel.",
  formulas: [String.raw`\frac{\lVert f_t - \hat f_t\rVert}{\lVert \hat f_t\rVert}, \qquad \hat f_t = f_0 - K(\cdot,X)K^{-1}\big(I-e^{-Kt}\big)\,r(0),\ K = \Theta \text{ or } K_0`],
  sources: [JACOT, LEE],
  measured: limitNumbers,
};

export const limitChart: ChartDefinition = {
  id: "limit",
  title: "Distance to infinite width",
  section: "limit",
  help,
  figure,
  overTime: true,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const head = headOf(run, view) ?? 0;
  const every = Math.max(1, Math.ceil(run.frames.length / MOST));
  const frames = run.frames.filter(({ time }, i) => time > 0 && i % every === 0);
  const kinds = [
    { name: words.infinite, colour: SERIES[theme].infinite, symbol: "square", value: (frame: Frame) => frame.predicted.infinite?.distance ?? null },
    { name: words.frozen, colour: SERIES[theme].frozen, symbol: "circle", value: (frame: Frame) => frame.predicted.frozen.distance },
  ].map((kind) => ({ ...kind, frames: frames.filter((frame) => (kind.value(frame) ?? 0) > 0) }));
  return {
    data: kinds.map(({ name, colour, symbol, value, frames: shown }) => ({
      name,
      type: "scatter",
      mode: "markers",
      x: shown.map(({ time }) => time),
      y: shown.map(value),
      marker: { size: 6, symbol, opacity: 1, color: shown.map(({ time }) => (time <= head ? colour : withOpacity(colour, FADED))), line: { width: 1, color: TOKENS[theme].surface } },
      cliponaxis: false,
      hoverinfo: "none",
    })),
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:limit`,
      x: timeAxis(started, "log", 0.03),
      y: decadeAxis(kinds.flatMap(({ frames: shown, value }) => shown.map((frame) => value(frame) ?? NaN)), DECADES),
      xTitle: view.narrow ? chartWords.timeShort : chartWords.time,
      yTitle: words.axis,
      large: true,
      rotated: true,
      headroom: true,
    }),
    subtitle: words.subtitle,
    legend: [
      { mark: "square", colour: SERIES[theme].infinite, text: words.infinite },
      { mark: "dot", colour: SERIES[theme].frozen, text: words.frozen },
    ],
    note: null,
    empty: !started || !run.frames.length ? chartWords.waiting : started.infinite ? null : words.missing,
    interval: INTERVAL,
    describe: (trace, point) => {
      const kind = kinds[trace];
      const frame = kind?.frames[point];
      if (!kind || !frame) return null;
      return { title: limitChart.title, rows: [[chartWords.timeLabel, number(frame.time, 4)], ...kinds.map(({ name, value }): [string, string] => [name, percent(value(frame))])], group: null };
    },
  };
}

function limitNumbers(run: RunState): Measured[] {
  if (!run.started) return [];
  const last = run.frames.at(-1)?.predicted;
  return [
    { label: "K₀ from infinite width, ‖K₀ − Θ‖ / ‖Θ‖", value: percent(run.started.infinite?.distance) },
    { label: "The function from that width's prediction, now", value: percent(last?.infinite?.distance) },
    { label: "The same from K₀'s prediction", value: percent(last?.frozen.distance) },
  ];
}
