/** What one step on one training point does to f at the others: an arrow at each of them. */
import type { Frame, Started } from "../api/codec";
import { number, percent, whole } from "../format";
import { frameOf } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { entryAt, placesOf, pointsOf, type AtPoints } from "./parts/at-points";
import { layoutOf } from "./parts/axes";
import type { Axis, Figure } from "./parts/figure";
import { angleAxis, positionAxis } from "./parts/positions";
import { isLine } from "./parts/rows";
import { JACOT } from "./parts/sources";
import { extent } from "./parts/values";
import { longest } from "./parts/widest";
import { chartWords } from "./parts/words";

const INTERVAL = 200;
/** The longest arrow, as a share of what data and network span. */
const LONGEST = 0.22;
/** Of the same: a shorter arrow is a stroke, since its head would be longer than itself. */
const HEADED = 0.03;
/** Of the same: less is no more than round-off, however much it is enlarged. */
const NOTHING = 1e-9;
/** Takes as many signs as any factor. */
const LARGE = 20_000;

const words = {
  enlarged: (times: string) => `arrows ${times} times as long`,
  nothing: (most: string) => `nothing is left to learn: a step moves f by ${most} at most`,
  at: (symbol: string, x: string) => `${symbol}₀ = ${x}`,
  numbered: (point: number) => `point ${whole(point)}`,
  chosen: "stepped on",
  here: "f now",
  moves: "moves by",
  point: "point",
  pointName: (point: number) => `Point ${whole(point)}`,
} as const;

const help: Help = {
  text:
    "Take one step of gradient descent on a single training point: the network moves at every other point too, by the kernel's entry for the pair. Point at the card, or use the arrow keys, to step on " +
    "another point. Nearby points are taken along: that is why smooth functions come first. Arrows are drawn many times as long as they are, and say how many.",
  formulas: [String.raw`f_{k+1}(x_i) - f_k(x_i) \approx -\eta\,K_t(x_i,x_j)\,r_j`],
  sources: [JACOT],
  measured: stepNumbers,
};

export const oneStepChart: ChartDefinition = {
  id: "one-step",
  title: "One step on one point",
  section: "moved",
  help,
  figure,
  picks: "rows",
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const { start, now, frame: kernel } = pointsOf(run, view);
  const told = now ?? start;
  const frame = run.frames.find(({ step }) => step === (now ? kernel?.step : 0)) ?? frameOf(run, view);
  const drawn = started && told && frame ? arrowsOf(started, told, frame, chosenOf(started, told, view), spanOf(run)) : null;
  const round = started?.geometry === "circle";
  const lines = started !== null && isLine(started);
  const colour = SERIES[theme].measured;
  const placeName = (i: number) => (lines ? words.at(round ? "θ" : "x", number(drawn?.x[i])) : words.numbered(i + 1));
  return {
    data: drawn
      ? [
          { name: "arrows", type: "scatter", mode: "lines", x: drawn.x.flatMap((x) => [x, x, null]), y: drawn.from.flatMap((from, i) => [from, drawn.to[i] ?? null, null]), line: { color: colour, width: 2 }, hoverinfo: "skip" },
          {
            name: words.moves, type: "scatter", mode: "markers", x: drawn.x, y: drawn.to,
            marker: { symbol: drawn.by.map((by) => (by >= 0 ? "triangle-up" : "triangle-down")), size: drawn.to.map((to, i) => (Math.abs(to - (drawn.from[i] ?? 0)) >= HEADED * spanOf(run) ? 8 : 0)), color: colour, opacity: 1 }, hoverinfo: "none",
          },
          { name: words.here, type: "scatter", mode: "markers", x: drawn.x, y: drawn.from, marker: { symbol: "circle-open", size: 5, color: SERIES[theme].data, opacity: 1 }, hoverinfo: "none" },
          {
            name: words.chosen, type: "scatter", mode: "markers", x: [drawn.x[drawn.chosen] ?? null], y: [drawn.from[drawn.chosen] ?? null],
            marker: { symbol: "circle", size: 10, color: TOKENS[theme].text, opacity: 1 }, hoverinfo: "none",
          },
        ]
      : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:one-step`,
      x: round ? angleAxis() : lines ? positionAxis(started) : { type: "linear", range: [0, (told?.points.length ?? 1) + 1] },
      y: axisOf(run),
      xTitle: round ? chartWords.angle : lines ? chartWords.x : words.point,
      yTitle: chartWords.f,
      large: true,
    }),
    subtitle: drawn ? placeName(drawn.chosen) : "",
    ...(drawn && { widest: longest(drawn.x.map((_, i) => placeName(i))) }),
    legend: drawn ? [{ mark: "dot", colour: TOKENS[theme].text, text: words.chosen }, { mark: "ring", colour: SERIES[theme].data, text: words.here }] : [],
    note: !drawn ? null : drawn.times > 0 ? words.enlarged(number(drawn.times, 1)) : words.nothing(number(Math.max(...drawn.by.map(Math.abs)))),
    ...(drawn && { widestNote: words.enlarged(number(LARGE, 1)) }),
    empty: started ? (told ? null : chartWords.notMeasured) : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => {
      if (!drawn) return null;
      const i = trace === 3 ? drawn.chosen : point;
      return { title: words.pointName((told?.points[i] ?? 0) + 1), rows: [[words.here, number(drawn.from[i], 4)], [words.moves, number(drawn.by[i], 3)]], group: null };
    },
  };
}

interface Arrows {
  chosen: number;
  x: number[];
  from: number[];
  to: number[];
  /** As long as they are. */
  by: number[];
  /** 0: there is nothing to draw. */
  times: number;
}

/** K_ij times what one step pulls at j: two recorded numbers; drawn longer by a round factor. */
export function arrowsOf(started: Started, told: AtPoints, frame: Frame, chosen: number, span: number): Arrows {
  const p = told.points.length;
  const by = told.points.map((_, i) => (told.kernel[entryAt(p, i, chosen)] ?? NaN) * (told.pull[chosen] ?? NaN));
  const longest = Math.max(...by.map(Math.abs));
  const times = longest > NOTHING * span ? roundDown((LONGEST * span) / longest) : 0;
  const from = told.points.map((point) => frame.fitted[point] ?? NaN);
  return { chosen, x: placesOf(started, told), from, by, to: from.map((value, i) => value + times * (by[i] ?? NaN)), times };
}

/** 1, 2 or 5 times a power of ten. */
function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([5, 2, 1].find((step) => value >= step * power) ?? 1);
}

/** The point that is pointed at, among those on which the kernel is recorded whole. */
function chosenOf(started: Started, { points }: AtPoints, view: View): number {
  const rows = started.slices?.rows ?? points;
  const point = rows[Math.min(view.slice ?? rows.length >> 1, rows.length - 1)] as number;
  const at = points.indexOf(point);
  if (at >= 0 || !isLine(started)) return Math.max(0, at);
  const x = (one: number) => started.inputs.values[one] as number;
  const apart = points.map((one) => Math.abs(x(one) - x(point)));
  return apart.indexOf(Math.min(...apart));
}

/** Holds data, and the network at every record with room for an arrow. */
function axisOf(run: RunState): Axis {
  const [low, high] = endsOf(run);
  const room = 1.1 * LONGEST * (high - low || 1);
  return { type: "linear", range: [low - room, high + room] };
}

function endsOf(run: RunState): [number, number] {
  return extent(run.started?.targets ?? null, run.frames[0]?.fitted ?? null, [0]) ?? [-1, 1];
}

/** How well the formula holds for a step on all points together, which every record of the kernel checks. */
function stepNumbers(run: RunState): Measured[] {
  const points = run.started?.at_points?.points.length;
  if (points === undefined) return [];
  const identity = run.kernelFrames.findLast((frame) => frame.identity !== null)?.identity;
  return [
    { label: "Points on which it is recorded", value: whole(points) },
    ...(identity ? [{ label: "Error of a step on all of them", value: identity.error === null ? "below its floor" : percent(identity.error) }] : []),
  ];
}

function spanOf(run: RunState): number {
  const [low, high] = endsOf(run);
  return high - low || 1;
}
