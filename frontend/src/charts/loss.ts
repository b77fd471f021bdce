/** (5) The loss, measured and predicted, and the held-out error where the target is known between the data. */
import type { Frame, Started } from "../api/codec";
import { number, whole } from "../format";
import { headOf, bracketOf, predictionsOf, spreadFrames } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { decadeAxis, layoutOf, timeAxis } from "./parts/axes";
import type { Axis, Figure, LegendItem, Trace } from "./parts/figure";
import { targetIsScaled } from "./parts/headings";
import { endedSentence, MOST_GROWN } from "./parts/growth";
import { sentenceName } from "./parts/predictions";
import { aheadAndOver, reachedMarks } from "./parts/reached";
import { courseOf, REHEARSED_DASH } from "./parts/rehearsed";
import { LEE } from "./parts/sources";
import { chartWords } from "./parts/words";

const INTERVAL = 250;
const POINTS = 36;
/** How far above the start a prediction alone may lift the axis; measurements lift it as far as they go. */
const LIFT = 10;
const DECADES = 14;

const words = {
  subtitle: (scaled: boolean) => `L = ½ Σ r²${scaled ? ", scaled" : ""}`,
  heldOut: "held-out error",
  /** Where a fourth curve leaves no room for its name. */
  infinite: "∞",
} as const;

const help: Help = {
  text:
    "Half the sum of the squared residuals, beside what the frozen kernel predicts for it. Open circles are the mean squared error " +
    "against the clean target between the data, or on the points held out; it is in your own units, also where the target is scaled for training and L with it. " +
    "The dotted line is what the kernel at infinite width predicts, the one of long dashes what the rehearsal said before training.",
  formulas: [
    String.raw`L = \tfrac12\sum_i r_i^2 = \tfrac12\sum_i (1-\eta\lambda_i)^{2k}\,c_i(0)^2`,
    String.raw`\phantom{L} \approx \tfrac12\sum_i e^{-2\lambda_i t}\,c_i(0)^2`,
  ],
  sources: [LEE],
  measured: lossError,
};

export const lossChart: ChartDefinition = {
  id: "loss",
  title: "Loss",
  section: "six",
  help,
  figure,
  overTime: true,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const series = SERIES[theme];
  const frames = started ? spreadFrames(run.frames, started, POINTS).filter(({ time }) => time > 0) : [];
  const head = headOf(run, view) ?? 0;
  const heldOut = frames.some((frame) => frame.held_out_error !== null);
  const theory = started ? theoryOf(run, started, predictionsOf(started).loss) : { x: [], y: [], ended: null };
  const infinite = started?.infinite?.loss ? theoryOf(run, started, started.infinite.loss) : null;
  const course = started ? courseOf(started, view) : null;
  const rehearsed = started && course ? theoryOf(run, started, course.loss) : null;
  const data: Trace[] = [];
  if (started) {
    if (heldOut) data.push(...points(frames, (frame) => frame.held_out_error, series.data, head, true, theme));
    data.push(...points(frames, (frame) => frame.loss, series.measured, head, false, theme));
    if (infinite) {
      data.push({
        name: chartWords.infiniteWidth,
        type: "scatter",
        mode: "lines",
        x: infinite.x,
        y: infinite.y,
        line: { color: series.infinite, width: 2, dash: "2px,3px" },
        hoverinfo: "none",
      });
    }
    data.push({
      name: chartWords.theory,
      type: "scatter",
      mode: "lines",
      x: theory.x,
      y: theory.y,
      line: { color: series.frozen, width: 2, dash: "6px,5px" },
      hoverinfo: "none",
    });
    if (rehearsed) {
      data.push({
        name: chartWords.rehearsed,
        type: "scatter",
        mode: "lines",
        x: rehearsed.x,
        y: rehearsed.y,
        line: { color: series.rehearsed, width: 2, dash: REHEARSED_DASH },
        hoverinfo: "none",
      });
    }
  }
  const legend: LegendItem[] = [
    { mark: "dot", colour: series.measured, text: chartWords.measured },
    { mark: "dash", colour: series.frozen, text: chartWords.theory },
  ];
  if (rehearsed) legend.push({ mark: "dash-long", colour: series.rehearsed, text: chartWords.rehearsed });
  if (infinite) legend.push({ mark: "dotted", colour: series.infinite, text: rehearsed ? words.infinite : chartWords.infiniteWidth });
  if (heldOut) legend.push({ mark: "ring", colour: series.data, text: words.heldOut });
  const note = started ? noteOf(started, theory, infinite) : null;
  return {
    data,
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:loss`,
      x: timeAxis(started, "log", 0.03),
      y: lossAxis(run, [...theory.y, ...(rehearsed?.y ?? [])], started ? LIFT * startOf(run, predictionsOf(started).loss) : 1),
      xTitle: chartWords.timeShort,
      // Its symbol is in the subtitle: the legend may need a second line there.
      yTitle: "",
      large: false,
      ...(note && { headroom: 2 }),
    }),
    subtitle: words.subtitle(started !== null && targetIsScaled(started)),
    legend,
    note,
    empty: started ? null : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => {
      const found = data[trace];
      const time = found?.x[point];
      if (!found || time == null) return null;
      const frame = found.mode === "markers" ? run.frames.find((one) => one.time === time) : undefined;
      const rows: [string, string][] = [[chartWords.timeLabel, number(time, 4)]];
      if (frame) rows.push([chartWords.step, whole(frame.step)]);
      rows.push([found.name, number(found.y[point], 4)]);
      return { title: lossChart.title, rows, group: null };
    },
  };
}

function noteOf(started: Started, theory: Theory, infinite: Theory | null): string | null {
  const ends = [
    ...(theory.ended === null ? [] : [endedSentence(sentenceName("frozen"), started, started.eigenvalues[0], theory.ended)]),
    ...(infinite?.ended == null ? [] : [endedSentence(sentenceName("infinite"), started, started.infinite?.eigenvalues[0], infinite.ended)]),
  ];
  return ends.join(". ") || null;
}

function points(
  frames: Frame[],
  value: (frame: Frame) => number | null,
  colour: string,
  head: number,
  open: boolean,
  theme: Theme,
): Trace[] {
  // A loss of exactly 0 has no place on a logarithmic axis.
  const shown = frames.filter((frame) => (value(frame) ?? 0) > 0 && Number.isFinite(value(frame)));
  const surface = TOKENS[theme].surface;
  const marker = (shade: string) =>
    open ? { size: 5, opacity: 1, color: surface, line: { width: 1.25, color: shade } } : { size: 6, opacity: 1, color: shade, line: { width: 1, color: surface } };
  const look = { name: open ? words.heldOut : chartWords.measured, type: "scatter", mode: "markers", hoverinfo: "none" } as const;
  return reachedMarks(look, shown.map((frame) => frame.time), shown.map(value), head, aheadAndOver(colour), marker);
}

interface Theory {
  x: number[];
  y: number[];
  /** The last step that is drawn, where the curve grows beyond all measure. */
  ended: number | null;
}

function theoryOf(run: RunState, started: Started, loss: Float32Array): Theory {
  const start = startOf(run, loss);
  let ended: number | null = null;
  const x: number[] = [];
  const y: number[] = [];
  for (let i = 0; i < loss.length; i += 1) {
    const [time, value] = [started.times[i] as number, loss[i] as number];
    if (!(time > 0) || !(value > 0)) continue;
    if (value > start * MOST_GROWN ** 2) {
      ended = started.steps[i - 1] ?? 0;
      break;
    }
    x.push(time);
    y.push(value);
  }
  return { x, y, ended };
}

function startOf(run: RunState, loss: Float32Array): number {
  return run.frames[0]?.loss ?? loss[0] ?? 1;
}

/** Known before the first step from K₀'s prediction; whole decades, so that measurements move it seldom. What infinite width says may leave it. */
function lossAxis(run: RunState, predicted: number[], most: number): Axis {
  const measured = run.frames.flatMap((frame) => [frame.loss, frame.held_out_error ?? 0]);
  return decadeAxis([...predicted.filter((value) => value <= most), ...measured], DECADES);
}

function lossError(run: RunState): Measured[] {
  const frame = run.frames.at(-1);
  const started = run.started;
  if (!frame || !started) return [];
  const { loss } = predictionsOf(started);
  const bracket = bracketOf(started.times, frame.time);
  const [low, high] = [loss[bracket.low] ?? NaN, loss[bracket.high] ?? NaN];
  const predicted = low + bracket.weight * (high - low);
  return [
    { label: "Loss, measured", value: number(frame.loss) },
    { label: "Loss, predicted", value: number(predicted) },
    { label: "Measured over predicted", value: number(frame.loss / predicted) },
  ];
}
