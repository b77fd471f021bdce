/** (4) How much of each mode is learnt at the play-head: bars are measured, ticks are theory. */
import type { Started } from "../api/codec";
import { number, percent, whole } from "../format";
import { aheadOf, bracketOf, frameOf, interpolated, predictionsOf } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { withOpacity } from "../theme/mode-colour";
import { TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { layoutOf } from "./parts/axes";
import type { Figure, LegendItem, Trace, Values } from "./parts/figure";
import { describeGroup, drawnGroups, type DrawnGroup } from "./parts/groups";
import { BASRI, RAHAMAN } from "./parts/sources";
import { column, finite } from "./parts/values";
import { longest, timed } from "./parts/widest";
import { chartWords } from "./parts/words";

const INTERVAL = 40;
/** Half the width of a bar and of its tick, in bars. */
const HALF = 0.4;
/** As many numbers fit under the axis. */
const LABELS = 14;
/** Per cent. */
const TOP = 108;
/** What is learnt too much stands in full, up to three times the whole; the axis grows in few steps. */
const TOPS = [TOP, 130, 160, 210, 310];
/** Less is not seen below the axis. */
const LEAST = -2;
/** Of a mark at the frame's edge from its bar's middle, in bars: a measured one stands left of a predicted one. */
const ASIDE = 0.2;

const words = {
  subtitle: "1 − cᵢ(t) / cᵢ(0)",
  symbol: "learnt",
  shareLearnt: "share learnt",
  outside: "beyond the frame",
  above: (count: string) => `${count} above`,
  below: (count: string) => `${count} below`,
  /** Where there are both: their words would not fit. */
  beyond: (count: string) => `${count} beyond`,
} as const;

const help: Help = {
  text:
    "How much of each mode is gone from the residual. Bars are measured, the stroke over each bar is theory at the same time. " +
    "Slow modes are the oscillating ones: this is spectral bias.",
  formulas: [
    String.raw`1 - \frac{\langle c_g(t),\,c_g(0)\rangle}{\lVert c_g(0)\rVert^2}, \qquad t_i = \frac{\ln(1/\varepsilon)}{\lambda_i}`,
  ],
  sources: [RAHAMAN, BASRI],
  measured: learntNumbers,
};

export const learntChart: ChartDefinition = {
  id: "learnt",
  title: "How much is learnt",
  section: "six",
  help,
  figure,
  picks: "modes",
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const frame = frameOf(run, view);
  const groups = started ? drawnGroups(started, view, theme) : [];
  const ahead = aheadOf(run, view);
  const time = ahead ?? frame?.time ?? null;
  const measured = started && ahead !== null ? rehearsedAt(started, groups, ahead) : groups.map(({ index }) => inPercent(frame?.learnt[index]));
  const predicted = started ? predictedAt(started, groups, time ?? 0) : [];
  const name = ahead === null ? chartWords.measured : chartWords.rehearsed;
  const counted = groups.filter(({ group }) => group.significant).map(({ index }) => index);
  // Of the whole run so far: the axis is the same wherever the play-head stands.
  const highest = run.frames.reduce((most, one) => counted.reduce((now, index) => Math.max(now, inPercent(one.learnt[index]) ?? 0), most), 0);
  const top = TOPS.find((one) => highest <= one) ?? (TOPS.at(-1) as number);
  const places = placesOf(measured, predicted, groups, top);
  const labelled = labels(groups);
  return {
    data: started ? [bars(name, measured, groups, view), ticks(predicted, theme), edgeMarks(places, top, theme)] : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:learnt`,
      x: {
        type: "linear",
        range: [-0.7, Math.max(groups.length, 6) - 0.3],
        tickvals: labelled.map(({ at }) => at),
        ticktext: labelled.map(({ text }) => text),
        showgrid: false,
        zeroline: false,
      },
      y: { type: "linear", range: [0, top], ticksuffix: "\u2009%" },
      xTitle: chartWords.modeNumber,
      yTitle: words.symbol,
      large: false,
    }),
    ...timed(words.subtitle, time, started),
    legend: started ? legendOf(name, groups, places, sidesOf(run, started, groups, top), theme) : [],
    note: null,
    empty: started ? (groups.length ? null : chartWords.noModes) : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => {
      const at = trace === 0 ? point : trace === 1 ? Math.floor(point / 3) : (places[point]?.at ?? -1);
      const drawn = groups[at];
      if (!drawn) return null;
      return describeGroup(run, drawn.index, [
        [`${words.shareLearnt}, ${name}`, percent((measured[at] ?? NaN) / 100)],
        [`${words.shareLearnt}, ${chartWords.theory}`, percent((predicted[at] ?? NaN) / 100)],
      ]);
    },
  };
}

/** Theory at the measurement's own time, so that the two can be compared. */
function predictedAt(started: Started, groups: DrawnGroup[], time: number): Values {
  const bracket = bracketOf(started.times, time);
  const { learnt } = predictionsOf(started);
  return groups.map(({ index }) => inPercent(interpolated(learnt, index, bracket)));
}

/** What was rehearsed of a time that is not trained yet. */
function rehearsedAt(started: Started, groups: DrawnGroup[], time: number): Values {
  const course = started.rehearsal?.course;
  if (!course) return groups.map(() => null);
  const bracket = bracketOf(started.times.slice(0, course.steps.length), time);
  return groups.map(({ index }) => inPercent(interpolated(course.learnt, index, bracket)));
}

function bars(name: string, measured: Values, groups: DrawnGroup[], view: View): Trace {
  const faint = (drawn: DrawnGroup) => view.selected !== null && view.selected !== drawn.index;
  return {
    name,
    type: "bar",
    x: groups.map((_, i) => i),
    y: measured,
    width: 2 * HALF,
    marker: {
      color: groups.map((drawn) => withOpacity(drawn.colour, faint(drawn) ? 0.25 : drawn.group.significant ? 1 : 0.4)),
      line: { width: 0 },
      ...(name === chartWords.rehearsed && { pattern: { shape: "/", size: 5, solidity: 0.5 } }),
    },
    hoverinfo: "none",
  };
}

/** One stroke over each bar, as wide as the bar. */
function ticks(predicted: Values, theme: Theme): Trace {
  return {
    name: chartWords.theory,
    type: "scatter",
    mode: "lines",
    x: predicted.flatMap((_, i) => [i - HALF, i + HALF, null]),
    y: predicted.flatMap((value) => [value, value, null]),
    line: { color: TOKENS[theme].text, width: 2, simplify: false },
    connectgaps: false,
    hoverinfo: "none",
  };
}

/** Where a bar (measured) or a stroke (predicted) can lie beyond the frame, and whether it does. */
interface Place {
  at: number;
  colour: string;
  measured: boolean;
  above: boolean;
  outside: boolean;
}

function placesOf(measured: Values, predicted: Values, groups: DrawnGroup[], top: number): Place[] {
  return groups.flatMap(({ colour }, at) =>
    [measured, predicted].flatMap((values) => {
      const value = values[at] ?? null;
      return [true, false].map((above) => ({ at, colour, measured: values === measured, above, outside: value !== null && (above ? value > top : value < LEAST) }));
    }),
  );
}

/**
 * An arrowhead at the edge behind which it lies: in the bar's colour, or open where theory says so. Each place has its
 * mark, which is a gap where nothing lies beyond: what the play-head passes then moves marks, and changes none.
 */
function edgeMarks(places: Place[], top: number, theme: Theme): Trace {
  const { text, surface } = TOKENS[theme];
  return {
    name: words.outside,
    type: "scatter",
    mode: "markers",
    x: places.map(({ at, measured }) => at + (measured ? -ASIDE : ASIDE)),
    y: places.map(({ outside, above }) => (outside ? (above ? top : 0) : null)),
    marker: {
      size: 8,
      opacity: 1,
      symbol: places.map(({ above, measured }) => `triangle-${above ? "up" : "down"}${measured ? "" : "-open"}`),
      color: places.map(({ measured, colour }) => (measured ? colour : text)),
      line: { width: 1, color: places.map(({ measured }) => (measured ? surface : text)) },
    },
    cliponaxis: false,
    hoverinfo: "none",
  };
}

function inPercent(fraction: number | undefined): number | null {
  return finite(100 * (fraction ?? NaN));
}

/** Modes 1, 2, 4, 8 ... carry their number, where it does not run into the one before. */
function labels(groups: DrawnGroup[]): { at: number; text: string }[] {
  const apart = groups.length / LABELS;
  const kept: { at: number; text: string }[] = [];
  groups.forEach((drawn, at) => {
    const text = labelOf(drawn);
    if (text && at - (kept.at(-1)?.at ?? -Infinity) >= apart * Math.max(1, text.length / 2)) kept.push({ at, text });
  });
  return kept;
}

function labelOf(drawn: DrawnGroup): string {
  const power = drawn.group.modes.find((mode) => ((mode + 1) & mode) === 0);
  return power === undefined ? "" : String(power + 1);
}

/** Whether anything lies above the frame, or below it, at any time of the run: its count has room all along then. */
function sidesOf(run: RunState, started: Started, groups: DrawnGroup[], top: number): { above: boolean; below: boolean } {
  const foretold = [predictionsOf(started).learnt, started.rehearsal?.course.learnt].filter((matrix) => matrix !== undefined);
  const courses = groups.map(({ index }) => [...run.frames.map((frame) => frame.learnt[index] ?? NaN), ...foretold.flatMap((matrix) => column(matrix, index))]);
  const some = (is: (percent: number) => boolean) => courses.some((course) => course.some((learnt) => is(100 * learnt)));
  return { above: some((value) => value > top), below: some((value) => value < LEAST) };
}

function legendOf(name: string, groups: DrawnGroup[], places: Place[], { above, below }: { above: boolean; below: boolean }, theme: Theme): LegendItem[] {
  const first = groups.find(({ group }) => group.significant);
  const most = whole(places.length / 2);
  const told = (side: boolean, text: (count: string) => string) => {
    const count = places.filter(({ outside, above }) => outside && above === side).length;
    return { colour: TOKENS[theme].text, text: count ? text(whole(count)) : "", widest: text(most) };
  };
  return [
    { mark: "square", colour: first?.colour ?? TOKENS[theme].control, text: name, widest: longest([chartWords.measured, chartWords.rehearsed]) },
    { mark: "tick", colour: TOKENS[theme].text, text: chartWords.theory },
    ...(above ? [{ mark: "arrow-up" as const, ...told(true, below ? String : words.above) }] : []),
    ...(below ? [{ mark: "arrow-down" as const, ...told(false, above ? words.beyond : words.below) }] : []),
  ];
}

function learntNumbers(run: RunState): Measured[] {
  const frame = run.frames.at(-1);
  const started = run.started;
  if (!frame || !started) return [];
  return [
    { label: `Modes below ε = ${number(started.epsilon)} of their start`, value: whole(frame.modes_learnt) },
    { label: "Median error, over the modes that count", value: percent(frame.median_errors[started.law]) },
  ];
}
