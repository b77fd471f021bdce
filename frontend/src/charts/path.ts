/** Training on two points, as a path in the plane of f at both, with what parameter steps of one length reach. */
import { number, percent, whole } from "../format";
import { headOf, kernelFrameOf } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { withOpacity } from "../theme/mode-colour";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { layoutOf } from "./parts/axes";
import type { Figure, Trace } from "./parts/figure";
import { JACOT } from "./parts/sources";
import { column, extent, gaps } from "./parts/values";
import { chartWords } from "./parts/words";

const INTERVAL = 60;
const FADED = 0.25;
/** The ellipse's longer half axis, as a share of the way from the start to the target. */
const ELLIPSE = 0.25;

const words = {
  subtitle: "f(x₂) against f(x₁), from the start to the target",
  first: "f(x₁)",
  second: "f(x₂)",
  path: "measured",
  predicted: "by K₀",
  target: "target y",
  ellipse: "ellipse of Kₜ",
  other: "A path in the plane needs two training points: take the preset “Two points”.",
} as const;

const help: Help = {
  text:
    "With two training points the network on them is one point of a plane, and training its path to the target. The ellipse, drawn around the network and not to scale, is where parameter steps of one length lead: long " +
    "along the first mode, short along the second. So the path first runs along the long axis, until that part of the residual is gone, and then turns.",
  formulas: [String.raw`\dot f = -K\,(f-y), \qquad \{J\,u : \lVert u\rVert = 1\} = \Big\{ \sum_i \sqrt{\lambda_i}\, a_i\, q_i : \lVert a\rVert = 1 \Big\}`],
  sources: [JACOT],
  measured: pathNumbers,
};

export const pathChart: ChartDefinition = {
  id: "path",
  title: "Two points: the path",
  section: "order",
  help,
  figure,
  leads: ({ started }) => started?.targets.length === 2,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const two = started?.targets.length === 2;
  const head = headOf(run, view) ?? 0;
  const series = SERIES[theme];
  const target = [started?.targets[0] ?? 0, started?.targets[1] ?? 0];
  const frames = two ? run.frames : [];
  const at = frames.findLast(({ time }) => time <= head) ?? frames[0];
  const start = frames[0]?.fitted ?? started?.path?.values.slice(0, 2) ?? [0, 0];
  const reach = Math.hypot((target[0] as number) - (start[0] ?? 0), (target[1] as number) - (start[1] ?? 0)) || 1;
  const curve = two ? ellipseOf(run, view, at?.fitted ?? start, ELLIPSE * reach) : null;
  const data: Trace[] = [];
  if (two && curve) data.push({ name: words.ellipse, type: "scatter", mode: "lines", x: curve.x, y: curve.y, line: { color: series.moving, width: 1.5 }, fill: "toself", fillcolor: withOpacity(series.moving, 0.08), hoverinfo: "skip" });
  if (two && started?.path) data.push({ name: words.predicted, type: "scatter", mode: "lines", x: gaps(column(started.path, 0)), y: gaps(column(started.path, 1)), line: { color: series.frozen, width: 2, dash: "6px,5px", simplify: false }, hoverinfo: "skip" });
  const measured = data.length;
  if (two) {
    data.push({
      name: words.path, type: "scatter", mode: "markers", x: frames.map(({ fitted }) => fitted[0] ?? null), y: frames.map(({ fitted }) => fitted[1] ?? null),
      marker: { size: 6, opacity: 1, color: frames.map(({ time }) => (time <= head ? series.measured : withOpacity(series.measured, FADED))), line: { width: 1, color: TOKENS[theme].surface } }, hoverinfo: "none",
    });
    data.push({ name: words.target, type: "scatter", mode: "markers", x: [target[0] as number], y: [target[1] as number], marker: { size: 11, symbol: "cross-thin", opacity: 1, color: series.target, line: { width: 2, color: series.target } }, hoverinfo: "none" });
  }
  const xs = extent([target[0] as number, start[0] ?? 0], frames.map(({ fitted }) => fitted[0] ?? NaN)) ?? [0, 1];
  const ys = extent([target[1] as number, start[1] ?? 0], frames.map(({ fitted }) => fitted[1] ?? NaN)) ?? [0, 1];
  const room = 1.15 * ELLIPSE * reach;
  return {
    data,
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:path`,
      x: { type: "linear", range: [xs[0] - room, xs[1] + room] },
      // One unit is as long along both axes: else the ellipse's axes would not look perpendicular.
      y: { type: "linear", range: [ys[0] - room, ys[1] + room], scaleanchor: "x", scaleratio: 1 },
      xTitle: words.first,
      yTitle: words.second,
      large: true,
    }),
    subtitle: two ? words.subtitle : "",
    legend: two
      ? [
          { mark: "dot", colour: series.measured, text: words.path },
          { mark: "dash", colour: series.frozen, text: words.predicted },
          ...(curve ? [{ mark: "thin" as const, colour: series.moving, text: words.ellipse }] : []),
        ]
      : [],
    note: null,
    empty: started ? (two ? null : words.other) : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => {
      const frame = trace === measured ? frames[point] : undefined;
      if (frame) return { title: words.path, rows: [[chartWords.timeLabel, number(frame.time, 4)], [words.first, number(frame.fitted[0], 4)], [words.second, number(frame.fitted[1], 4)]], group: null };
      return trace === measured + 1 ? { title: words.target, rows: [[words.first, number(target[0], 4)], [words.second, number(target[1], 4)]], group: null } : null;
    },
  };
}

/** The recorded curve around the network, its longer half axis so long. */
function ellipseOf(run: RunState, view: View, centre: ArrayLike<number>, length: number): { x: number[]; y: number[] } | null {
  const told = kernelFrameOf(run, view)?.at_points?.ellipse ?? run.started?.at_points?.ellipse;
  if (!told) return null;
  const [x, y] = [column(told, 0), column(told, 1)];
  const longest = Math.max(...x.map((value, i) => Math.hypot(value, y[i] ?? 0)));
  const scale = longest > 0 ? length / longest : 0;
  return { x: x.map((value) => (centre[0] ?? 0) + scale * value), y: y.map((value) => (centre[1] ?? 0) + scale * value) };
}

function pathNumbers(run: RunState): Measured[] {
  const { started } = run;
  if (!started) return [];
  const points: Measured = { label: "Training points", value: whole(started.targets.length) };
  if (started.targets.length !== 2) return [points];
  const [first, second] = started.eigenvalues;
  const last = run.kernelFrames.at(-1);
  return [
    points,
    { label: "λ₁ over λ₂ of K₀", value: number((first ?? NaN) / (second ?? NaN)) },
    ...(last ? [{ label: "Drift of the kernel", value: percent(last.drift) }] : []),
  ];
}
