/** (9) When each group is learnt against its eigenvalue: points measured at the run's end, the line is theory. */
import type { Started } from "../api/codec";
import type { Group, LearningTimeFit } from "../api/types";
import { headOf } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { withOpacity } from "../theme/mode-colour";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { Chart } from "./chart";
import { decadeAxis, layoutOf } from "./parts/axes";
import type { Axis, LegendItem, Trace } from "./parts/figure";
import { describeGroup, groupColour, numberOf } from "./parts/groups";
import { chartWords } from "./parts/words";
import { moreWords } from "./parts/words-more";

/** The line of the play-head moves with it. */
const INTERVAL = 40;
const FADED = 0.25;
/** Beyond so many lengths of the run a prediction says nothing to its reader. */
const BEYOND = 100;
/** Eigenvalues nearer to each other than this are one on the line. */
const NEAR = 1.05;

interface Timed {
  index: number;
  group: Group;
  predicted: number;
  /** null before the end, and where it was not reached. */
  measured: number | null;
}

export const learningTimesChart: Chart = (run, view, theme) => {
  const { started } = run;
  const timed = started ? timedGroups(run, started) : [];
  const measured = timed.filter((one) => one.measured !== null);
  const x = tight(timed.map(({ group }) => group.eigenvalue));
  const y = decadeAxis(timed.flatMap((one) => [one.predicted, one.measured ?? one.predicted]));
  const head = headOf(run, view);
  const line = started ? lineOf(timed, started.learning_rate) : [];
  const fit = run.finished?.learning_time_fit ?? null;
  const missing = started && run.finished ? started.groups.filter((group) => group.counts).length - measured.filter(({ group }) => group.counts).length : 0;
  return {
    data: timed.length
      ? [theoryLine(line, theme), points(started as Started, measured, head, view, theme), headLine(head, x, theme), ...(fit ? [fitLine(fit, theme)] : [])]
      : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:learning-times`,
      x,
      y,
      xTitle: chartWords.eigenvalueAxis,
      yTitle: chartWords.learningTimeAxis,
      large: true,
      rotated: true,
      headroom: 2,
    }),
    subtitle: chartWords.learningTimesSubtitle,
    legend: timed.length ? legendOf(measured, fit !== null, view, theme) : [],
    note: timed.length ? noteOf(run, fit, missing, view) : null,
    empty: started ? (timed.length ? null : chartWords.noLearningTimes) : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => {
      const found = (trace === 1 ? measured : line)[point];
      return found && trace < 2 ? describeGroup(run, found.index) : null;
    },
  };
};

/** Groups with a predicted time that is near the run's, or with a measured one. */
export function timedGroups(run: RunState, started: Started): Timed[] {
  const rows = new Map(run.finished?.rows.map((row) => [row.modes[0], row.measured_learning_time]));
  const end = BEYOND * (started.times.at(-1) ?? 0);
  return started.groups.flatMap((group, index): Timed[] => {
    const predicted = group.learning_time;
    const measured = positive(rows.get(numberOf(group)));
    if (!group.drawn || !(group.eigenvalue > 0) || positive(predicted) === null) return [];
    return measured !== null || (predicted as number) <= end ? [{ index, group, predicted: predicted as number, measured }] : [];
  });
}

/** A time of 0 (learnt before the first record) has no place on a logarithmic axis. */
function positive(value: number | null | undefined): number | null {
  return value != null && value > 0 && Number.isFinite(value) ? value : null;
}

/**
 * One of those that nearly share an eigenvalue, ascending. A pair that has split is a little faster or slower than its
 * mean eigenvalue says: where steps do not overshoot, theory falls, and the line leaves out what would make it hook.
 */
function lineOf(timed: Timed[], rate: number): Timed[] {
  const line: Timed[] = [];
  for (const one of [...timed].sort((a, b) => b.group.eigenvalue - a.group.eigenvalue)) {
    const last = line.at(-1);
    const near = last !== undefined && last.group.eigenvalue < NEAR * one.group.eigenvalue;
    const hooks = last !== undefined && rate * last.group.eigenvalue < 1 && one.predicted <= last.predicted;
    if (!near && !hooks) line.push(one);
  }
  return line.reverse();
}

function theoryLine(line: Timed[], theme: Theme): Trace {
  return {
    name: chartWords.theory,
    type: "scatter",
    mode: "lines",
    x: line.map(({ group }) => group.eigenvalue),
    y: line.map(({ predicted }) => predicted),
    line: { color: SERIES[theme].frozen, width: 2, dash: "6px,5px" },
    hoverinfo: "none",
  };
}

/** Through the measured points: of their colour. */
function fitLine(fit: LearningTimeFit, theme: Theme): Trace {
  return {
    name: moreWords.fit,
    type: "scatter",
    mode: "lines",
    x: [fit.lowest, fit.highest],
    y: [fit.time_at_lowest, fit.time_at_highest],
    line: { color: SERIES[theme].measured, width: 1 },
    hoverinfo: "skip",
  };
}

/** On a phone the slope alone: the count would leave its two lines. */
function noteOf(run: RunState, fit: LearningTimeFit | null, missing: number, view: View): string | null {
  if (!run.finished) return chartWords.measuredAtEnd;
  const parts = fit ? [moreWords.slope(fit.slope, fit.standard_error)] : [];
  if (missing > 0 && !(fit && view.narrow)) parts.push(chartWords.countNotReached(missing));
  return parts.length ? parts.join(" · ") : null;
}

/** In their modes' colours, grey where they do not count; faint where the play-head has not come to them. */
function points(started: Started, measured: Timed[], head: number | null, view: View, theme: Theme): Trace {
  const reached = (head ?? 0) * (1 + 1e-6);
  const shade = ({ group, index, measured: time }: Timed) => {
    const faint = (time as number) > reached || (view.selected !== null && view.selected !== index);
    return withOpacity(groupColour(started, group, theme), faint ? FADED : 1);
  };
  return {
    name: chartWords.measured,
    type: "scatter",
    mode: "markers",
    x: measured.map(({ group }) => group.eigenvalue),
    y: measured.map((one) => one.measured),
    marker: {
      size: measured.map(({ group, index }) => (view.selected === index ? 10 : group.counts ? 8 : 6)),
      color: measured.map(shade),
      opacity: 1,
      line: { width: 1, color: TOKENS[theme].surface },
    },
    cliponaxis: false,
    hoverinfo: "none",
  };
}

/** The play-head, across: here time goes up. */
function headLine(head: number | null, x: Axis, theme: Theme): Trace {
  const at = head !== null && head > 0 ? head : null;
  return {
    name: chartWords.playhead,
    type: "scatter",
    mode: "lines",
    x: [10 ** (x.range[0] - 9), 10 ** (x.range[1] + 9)],
    y: [at, at],
    line: { color: TOKENS[theme].text, width: 1, simplify: false },
    hoverinfo: "skip",
  };
}

/** Just around the values: whole decades would leave most of the axis empty. */
export function tight(values: number[]): Axis {
  const kept = values.filter((value) => value > 0);
  if (!kept.length) return decadeAxis([]);
  const [low, high] = [Math.log10(Math.min(...kept)), Math.log10(Math.max(...kept))];
  const room = Math.max(0.1, 0.05 * (high - low));
  return { type: "log", range: [low - room, high + room] };
}

/** On a phone the two that must be told apart: the rest would leave its two lines. The slope is named once. */
function legendOf(measured: Timed[], fit: boolean, view: View, theme: Theme): LegendItem[] {
  const legend: LegendItem[] = [{ mark: "dash", colour: SERIES[theme].frozen, text: fit ? chartWords.theory : chartWords.predictedSlope }];
  if (measured.length) legend.unshift({ mark: "dot", colour: SERIES[theme].measured, text: chartWords.measured });
  if (view.narrow) return legend;
  if (fit) legend.push({ mark: "thin", colour: SERIES[theme].measured, text: moreWords.fit });
  legend.push({ mark: "thin", colour: TOKENS[theme].text, text: chartWords.playhead });
  if (measured.some(({ group }) => !group.counts)) legend.push({ mark: "dot", colour: TOKENS[theme].control, text: chartWords.greyed });
  return legend;
}
