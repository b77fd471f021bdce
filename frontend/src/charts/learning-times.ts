/** (9) When each group is learnt against its eigenvalue: points measured at the run's end, the line is theory. */
import type { Started } from "../api/codec";
import type { Group, LearningTimeFit } from "../api/types";
import { number, percent, whole, withError } from "../format";
import { headOf } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { withOpacity } from "../theme/mode-colour";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { decadeAxis, layoutOf, tight } from "./parts/axes";
import type { Axis, Figure, LegendItem, Trace } from "./parts/figure";
import { largestStableOf } from "./parts/growth";
import { describeGroup, groupColour, numberOf } from "./parts/groups";
import { BASRI, RAHAMAN } from "./parts/sources";
import { chartWords } from "./parts/words";

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

const words = {
  noLearningTimes: "No mode of this target has a learning time.",
  subtitle: "tᵢ against λᵢ of K₀",
  learningTimeAxis: "learning time tᵢ",
  predictedSlope: "predicted, slope −1",
  playhead: "play-head",
  countNotReached: (count: number) => `${whole(count)} not reached`,
  measuredAtEnd: "measured when the run ends",
  slope: (slope: number, error: number | null) => `slope ${withError(slope, error)} (theory −1)`,
} as const;

const help: Help = {
  text:
    "A mode is learnt when it first falls below ε of its start. On logarithmic axes the prediction is a line of slope −1: half the " +
    "eigenvalue takes twice the time. Steps that are not small bend its fast end. Grey modes begin too small to count. The thin line is fitted " +
    "to the modes that count, were learnt, and are slower than half the largest eigenvalue.",
  formulas: [String.raw`t_i = \frac{\ln(1/\varepsilon)}{\lambda_i}`, String.raw`t_i = \eta\,\frac{\ln(1/\varepsilon)}{-\ln\lvert 1-\eta\lambda_i\rvert} \qquad \text{gradient descent}`],
  sources: [RAHAMAN, BASRI],
  measured: timeErrors,
};

export const learningTimesChart: ChartDefinition = {
  id: "learning-times",
  title: "When each mode is learnt",
  section: "order",
  help,
  figure,
  picks: "modes",
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const timed = started ? timedGroups(run, started) : [];
  const measured = timed.filter((one) => one.measured !== null);
  const x = tight(timed.map(({ group }) => group.eigenvalue));
  const y = decadeAxis(timed.flatMap((one) => [one.predicted, one.measured ?? one.predicted]));
  const head = headOf(run, view);
  const line = started ? lineOf(timed, largestStableOf(started)) : [];
  const fit = run.finished?.learning_time_fit ?? null;
  const missing = started && run.finished ? started.groups.filter((group) => group.significant).length - measured.filter(({ group }) => group.significant).length : 0;
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
      yTitle: words.learningTimeAxis,
      large: true,
      rotated: true,
      headroom: 2,
    }),
    subtitle: words.subtitle,
    legend: timed.length ? legendOf(measured, fit !== null, view, theme) : [],
    note: timed.length ? noteOf(run, fit, missing, view) : null,
    empty: started ? (timed.length ? null : words.noLearningTimes) : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => {
      const found = (trace === 1 ? measured : line)[point];
      return found && trace < 2 ? describeGroup(run, found.index) : null;
    },
  };
}

/** Groups with a predicted time that is near the run's, or with a measured one. */
export function timedGroups(run: RunState, started: Started): Timed[] {
  const rows = new Map(run.finished?.rows.map((row) => [row.modes[0], row.measured_learning_time]));
  const end = BEYOND * (started.times.at(-1) ?? 0);
  return started.groups.flatMap((group, index): Timed[] => {
    const predicted = group.learning_time;
    const measured = positive(rows.get(numberOf(group)));
    if (!group.resolved || !(group.eigenvalue > 0) || positive(predicted) === null) return [];
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
function lineOf(timed: Timed[], largestStable: number): Timed[] {
  const line: Timed[] = [];
  for (const one of [...timed].sort((a, b) => b.group.eigenvalue - a.group.eigenvalue)) {
    const last = line.at(-1);
    const near = last !== undefined && last.group.eigenvalue < NEAR * one.group.eigenvalue;
    const hooks = last !== undefined && 2 * last.group.eigenvalue < largestStable && one.predicted <= last.predicted;
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
    name: chartWords.fit,
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
  if (!run.finished) return words.measuredAtEnd;
  const parts = fit ? [words.slope(fit.slope, fit.standard_error)] : [];
  if (missing > 0 && !(fit && view.narrow)) parts.push(words.countNotReached(missing));
  return parts.length ? parts.join(" · ") : null;
}

/** In their modes' colours, grey where they do not count; faint where the play-head has not come to them. */
function points(started: Started, measured: Timed[], head: number | null, view: View, theme: Theme): Trace {
  const reached = head ?? 0;
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
      size: measured.map(({ group, index }) => (view.selected === index ? 10 : group.significant ? 8 : 6)),
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
    name: words.playhead,
    type: "scatter",
    mode: "lines",
    x: [10 ** (x.range[0] - 9), 10 ** (x.range[1] + 9)],
    y: [at, at],
    line: { color: TOKENS[theme].text, width: 1, simplify: false },
    hoverinfo: "skip",
  };
}

/** On a phone the two that must be told apart: the rest would leave its two lines. The slope is named once. */
function legendOf(measured: Timed[], fit: boolean, view: View, theme: Theme): LegendItem[] {
  const legend: LegendItem[] = [{ mark: "dash", colour: SERIES[theme].frozen, text: fit ? chartWords.theory : words.predictedSlope }];
  if (measured.length) legend.unshift({ mark: "dot", colour: SERIES[theme].measured, text: chartWords.measured });
  if (fit && !view.narrow) legend.push({ mark: "thin", colour: SERIES[theme].measured, text: chartWords.fit });
  legend.push({ mark: "thin", colour: TOKENS[theme].text, text: words.playhead });
  if (!view.narrow && measured.some(({ group }) => !group.significant)) legend.push({ mark: "dot", colour: TOKENS[theme].control, text: chartWords.greyed });
  return legend;
}

function timeErrors(run: RunState): Measured[] {
  const started = run.started;
  if (!started) return [];
  const counting = timedGroups(run, started).filter(({ group }) => group.significant);
  const gaps = counting.flatMap(({ predicted, measured }) => (measured === null ? [] : [Math.abs(measured / predicted - 1)])).sort((a, b) => a - b);
  const rows: Measured[] = [{ label: "Groups that count, learnt in this run", value: run.finished ? whole(gaps.length) : number(null) }];
  if (gaps.length) {
    rows.push({ label: "Middle gap of measured to predicted time", value: percent(gaps[gaps.length >> 1]) });
    rows.push({ label: "Largest gap", value: percent(gaps.at(-1)) });
  }
  const fit = run.finished?.learning_time_fit;
  if (fit) {
    rows.push({ label: "Slope of the fit (theory −1)", value: withError(fit.slope, fit.standard_error) });
    rows.push({ label: "Groups in the fit", value: whole(fit.count) });
    rows.push({ label: "Eigenvalues in the fit", value: `${number(fit.lowest)} to ${number(fit.highest)}` });
  }
  return rows;
}
