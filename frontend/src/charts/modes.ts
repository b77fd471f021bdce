/** (2) |mode coefficient| against time: points are measured, lines are theory. */
import type { Frame, Matrix, Started } from "../api/codec";
import type { LawName } from "../api/types";
import { number, percent, plain, whole } from "../format";
import { headOf, predictionsOf, spreadFrames } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { floorLabel, floorRegion, layoutOf, timeAxis } from "./parts/axes";
import type { Axis, Figure, Trace } from "./parts/figure";
import { describeGroup, drawnGroups, type DrawnGroup } from "./parts/groups";
import { modeLabels } from "./parts/mode-labels";
import { aheadAndOver, reachedMarks } from "./parts/reached";
import { courseOf, REHEARSED_DASH } from "./parts/rehearsed";
import { JACOT, RAHAMAN } from "./parts/sources";
import { chartWords } from "./parts/words";

/** Some 10 ms a drawing with 24 modes; only the play-head's passing of a point calls for one. */
const INTERVAL = 250;
const POINTS = 36;
/** A mode beside one that is selected. */
const FADED = 0.25;
/** Below this share of its start a mode is gone for the reader; the axis shows more only for a floor. */
const DEPTH = -4;

const words = {
  subtitle: (law: LawName) => `|cᵢ(t)| / |cᵢ(0)| against time; points measured, lines ${chartWords.laws[law]}`,
  subtitleShort: (law: LawName) => `|cᵢ(t)| / |cᵢ(0)|; points measured, lines ${chartWords.laws[law]}`,
  learntBelow: (epsilon: number) => `learnt below ε = ${plain(epsilon)}`,
  leaks: (modes: number[]) =>
    modes.length === 1
      ? `Mode ${modes[0]} rises again by what other modes leak into it`
      : `Modes ${modes.join(", ")} rise again by what other modes leak into them`,
} as const;

const help: Help = {
  text:
    "The residual is split into the kernel's eigenvectors. Each part, a mode, shrinks on its own, at the rate of its eigenvalue: " +
    "warm colours are learnt first, violet last. Long dashes are what the rehearsal said before training. Modes that share an eigenvalue are one group and drawn as one. " +
    "Grey ones begin below 5 % of the residual and follow what leaks from the others. The verdict compares modes in the shaded zone " +
    "in full, and below it by what they are off as a part of ε.",
  formulas: [
    String.raw`c_i(t) = q_i^{\top} r(t) = e^{-\lambda_i t}\,c_i(0) \qquad \text{gradient flow}`,
    String.raw`c_i(k) = (1-\eta\lambda_i)^k\,c_i(0) \qquad \text{gradient descent},\ t=\eta k`,
  ],
  sources: [JACOT, RAHAMAN],
  measured: modeErrors,
};

export const modesChart: ChartDefinition = {
  id: "modes",
  title: "Each mode dies at its own rate",
  section: "six",
  help,
  figure,
  overTime: true,
  picks: "modes",
  switches: ["modes"],
  inset: "eigenvector",
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const type = view.modesAxis === "log-log" ? "log" : "linear";
  const groups = started ? inOrder(drawnGroups(started, view, theme)) : [];
  const floor = started ? highestFloor(started, groups) : 0;
  const x = timeAxis(started, type, 0.05);
  const y = remainingAxis(run, groups, floor);
  const measured = started ? measuredPoints(run, started, groups, floor, view, theme) : null;
  const hatched = Math.log10(floor) > y.range[0];
  const labels = started ? modeLabels(run, started, groups, x, y, view, theme) : null;
  const data: Trace[] = [];
  if (started && hatched) data.push(floorRegion(floor, x, theme));
  const firstLine = data.length;
  if (started) data.push(...groups.map((group) => theoryLine(started, group, x, y, floor, view)));
  const course = started ? courseOf(started, view) : null;
  if (started && course) data.push(...groups.map((group) => line(started, course.remaining, group, x, y, floor, view, chartWords.rehearsed)));
  const points = data.length;
  if (measured) data.push(...measured.traces);
  if (labels) data.push(labels);
  return {
    data,
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:modes:${view.modesAxis}`,
      x,
      y,
      xTitle: view.narrow ? chartWords.timeShort : chartWords.time,
      yTitle: chartWords.remaining,
      large: true,
      rotated: true,
      shapes: started ? [comparedZone(started, y, theme)] : [],
      annotations: started ? [...(hatched ? [floorLabel(floor, y, theme)] : []), comparedLabel(started, y, theme)] : [],
    }),
    subtitle: started ? (view.narrow ? words.subtitleShort : words.subtitle)(started.law) : "",
    legend: [
      ...(course ? [{ mark: "dash-long" as const, colour: TOKENS[theme].axis, text: chartWords.rehearsed }] : []),
      ...(groups.some(({ group }) => !group.significant) ? [{ mark: "dot" as const, colour: TOKENS[theme].control, text: chartWords.greyed }] : []),
    ],
    note: noteOf(run, measured?.below ?? new Set()),
    empty: started ? (groups.length ? null : chartWords.noModes) : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => {
      if (trace === points && measured) {
        const at = measured.sources[point];
        if (!at) return null;
        return describeGroup(run, at.group, [
          [chartWords.timeLabel, number(at.frame.time, 4)],
          [`${chartWords.remaining}, ${chartWords.measured}`, number(at.frame.remaining[at.group], 4)],
        ]);
      }
      const group = trace < points ? groups[(trace - firstLine) % groups.length] : undefined;
      const found = data[trace];
      if (!group || !found) return null;
      return describeGroup(run, group.index, [
        [chartWords.timeLabel, number(found.x[point], 4)],
        [`${chartWords.remaining}, ${found.name}`, number(found.y[point], 4)],
      ]);
    },
  };
}

/** Where a mode is compared in full: it has moved by over 1 %, and is not below epsilon, by which smaller ones are judged. */
function comparedZone(started: Started, y: Axis, theme: Theme): object {
  const bottom = Math.max(started.epsilon, 10 ** y.range[0]);
  return { type: "rect", xref: "paper", x0: 0, x1: 1, y0: bottom, y1: 0.99, layer: "below", line: { width: 0 }, fillcolor: TOKENS[theme].sunken };
}

function comparedLabel(started: Started, y: Axis, theme: Theme): object {
  const seen = Math.log10(started.epsilon) > y.range[0];
  return {
    text: seen ? words.learntBelow(started.epsilon) : "",
    xref: "paper",
    x: 0,
    xanchor: "left",
    xshift: 4,
    y: Math.log10(started.epsilon),
    yanchor: "bottom",
    showarrow: false,
    font: { size: 11, color: TOKENS[theme].axis },
  };
}

/** Greyed modes lie below the ones that count. */
function inOrder(groups: DrawnGroup[]): DrawnGroup[] {
  return groups.sort((a, b) => Number(a.group.significant) - Number(b.group.significant) || a.index - b.index);
}

/** Below the highest floor of a mode that counts nothing is signal; greyed modes have floors of their own. */
function highestFloor(started: Started, groups: DrawnGroup[]): number {
  const counting = groups.filter(({ group }) => group.significant);
  return Math.max(0, ...(counting.length ? counting : groups).map(({ group }) => ownFloor(started, group.start_magnitude)));
}

function ownFloor(started: Started, start: number): number {
  return start > 0 ? started.coefficient_floor / start : Infinity;
}

/** Whole decades: down to 10⁻⁴, to the floor where that is near, up where a mode grows. */
function remainingAxis(run: RunState, groups: DrawnGroup[], floor: number): Axis {
  let highest = 1;
  for (const frame of run.frames) {
    for (const { index, group } of groups) {
      const value = frame.remaining[index] ?? 0;
      if (group.significant && value > highest && Number.isFinite(value)) highest = value;
    }
  }
  const near = floor > 1e-8;
  const bottom = near ? Math.min(DEPTH, Math.floor(Math.log10(floor)) - 1) : DEPTH;
  const top = highest > 1.3 ? Math.min(6, Math.ceil(Math.log10(highest))) : 0;
  return { type: "log", range: [bottom, top + 0.02 * (top - bottom)] };
}

function theoryLine(started: Started, drawn: DrawnGroup, xAxis: Axis, yAxis: Axis, floor: number, view: View): Trace {
  return line(started, predictionsOf(started).remaining, drawn, xAxis, yAxis, floor, view, chartWords.theory);
}

/** A prediction (times, groups) at the first recording times, until it leaves the frame or meets the floor. */
function line(started: Started, remaining: Matrix, drawn: DrawnGroup, xAxis: Axis, yAxis: Axis, floor: number, view: View, name: string): Trace {
  const columns = remaining.shape[1] ?? 0;
  const x: number[] = [];
  const y: number[] = [];
  const least = Math.max(floor, 10 ** (yAxis.range[0] - 1));
  for (let i = 0; i < (remaining.shape[0] ?? 0); i += 1) {
    const time = started.times[i] as number;
    if (!(time > 0) && xAxis.type === "log") continue;
    const value = remaining.values[i * columns + drawn.index] as number;
    if (!(value > least) || value > 10 ** (yAxis.range[1] + 2)) break;
    x.push(time);
    y.push(value);
  }
  return {
    name,
    type: "scatter",
    mode: "lines",
    x,
    y,
    line: {
      color: drawn.colour,
      width: drawn.index === view.selected ? 2.5 : drawn.group.significant ? 1.5 : 1,
      simplify: true,
      ...(name === chartWords.rehearsed && { dash: REHEARSED_DASH }),
    },
    opacity: emphasis(drawn, view),
    hoverinfo: "none",
  };
}

interface Points {
  /** The first holds all of them. */
  traces: Trace[];
  /** Where each point comes from. */
  sources: { frame: Frame; group: number }[];
  /** Groups with points left out because they are below the floor. */
  below: Set<number>;
}

/** At most 36 points a mode, all modes together; those that the play-head has not reached are faint. */
function measuredPoints(run: RunState, started: Started, groups: DrawnGroup[], floor: number, view: View, theme: Theme): Points {
  const head = headOf(run, view) ?? 0;
  const x: number[] = [];
  const y: number[] = [];
  const ahead: string[] = [];
  const over: string[] = [];
  const sizes: number[] = [];
  const rings: number[] = [];
  const sources: Points["sources"] = [];
  const below = new Set<number>();
  const colourOf = new Map(groups.map((drawn) => [drawn.index, aheadAndOver(drawn.colour, emphasis(drawn, view))]));
  for (const frame of spreadFrames(run.frames, started, POINTS, view.modesAxis === "log-log" ? "log" : "linear")) {
    for (const { index, group } of groups) {
      const value = frame.remaining[index] as number;
      if (!(value > Math.max(floor, ownFloor(started, group.start_magnitude)))) {
        if (Number.isFinite(value)) below.add(index);
        continue;
      }
      x.push(frame.time);
      y.push(value);
      const [faint, strong] = colourOf.get(index) as [string, string];
      ahead.push(faint);
      over.push(strong);
      sizes.push(group.significant ? 6 : 3);
      rings.push(group.significant ? 1 : 0);
      sources.push({ frame, group: index });
    }
  }
  const marker = (color: string[]) => ({ size: sizes, color, opacity: 1, line: { width: rings, color: TOKENS[theme].surface } });
  const traces = reachedMarks({ name: chartWords.measured, type: "scatter", mode: "markers", hoverinfo: "none" }, x, y, head, [ahead, over], marker);
  return { traces, sources, below };
}

/** A selected mode stands out: the others are faint. Greyed ones are never loud. */
function emphasis(drawn: DrawnGroup, view: View): number {
  if (view.selected !== null && view.selected !== drawn.index) return FADED;
  return drawn.group.significant || view.selected === drawn.index ? 1 : 0.4;
}

/** Why points rise, and modes that are not there at all or have sunk below their floor. */
function noteOf(run: RunState, sunk: Set<number>): string | null {
  const verdict = (run.finished ?? run.frames.at(-1))?.verdict;
  const left = run.started?.groups.filter((group, index) => !group.resolved || sunk.has(index)) ?? [];
  const count = left.reduce((sum, group) => sum + group.modes.length, 0);
  const leaks = verdict?.rising?.length ? words.leaks(verdict.rising) : null;
  return [leaks, count ? chartWords.countBelow(count) : null].filter(Boolean).join(". ") || null;
}

function modeErrors(run: RunState): Measured[] {
  const last = run.finished ?? run.frames.at(-1);
  if (!last || !run.started) return [];
  return [
    { label: `Median error against ${chartWords.laws.gradient_descent}`, value: percent(last.median_errors.gradient_descent) },
    { label: `Median error against ${chartWords.laws.gradient_flow}`, value: percent(last.median_errors.gradient_flow) },
    { label: "Largest difference of the two laws", value: percent(run.started.law_difference) },
    { label: "Groups that count", value: whole(run.started.groups.filter((group) => group.significant).length) },
  ];
}
