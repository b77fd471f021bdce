/** The width study: single runs, their means, the fitted power law and the one of theory, on log-log axes. */
import type { Quantity, Scaling, StudyPoint, StudySlope, Sweep, SweepRun } from "../api/types";
import { number, whole, withError } from "../format";
import type { View } from "../run/view";
import { withOpacity } from "../theme/mode-colour";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import { SCALINGS, theoryText } from "../words-sweep";
import type { Help, Measured } from "./chart";
import { decadeAxis, layoutOf } from "./parts/axes";
import type { Axis, Figure, Hover, LegendItem, Trace } from "./parts/figure";
import { CHIZAT, HUANG, JACOT, LEE, MEI, YANG } from "./parts/sources";

const words = {
  width: "width",
  fit: "fit",
  theory: "theory",
  single: "a single run",
  zeros: (count: number) => `${whole(count)} at zero, not drawn`,
  waiting: "Waiting for the first run to complete.",
  nothing: "No run has measured it.",
  hover: (width: number, scaling: string) => `Width ${whole(width)}, ${scaling}`,
  seed: "seed",
  runs: "mean of",
  error: "standard error",
  opens: "opens the run in the Lab",
} as const;

interface WidthDefinition {
  title: string;
  /** Its name in a table, and on the axis of a phone. */
  symbol: string;
  axis: string;
  subtitle: (comparedAt: number | null) => string;
  help: Pick<Help, "text" | "formulas" | "sources">;
}

export const WIDTH_CHARTS: Record<Quantity, WidthDefinition> = {
  distance: {
    title: "The kernel at the start nears its limit",
    symbol: "distance",
    axis: "‖K₀ − Θ‖ / ‖Θ‖",
    subtitle: () => "‖K₀ − Θ‖ / ‖Θ‖ against width",
    help: {
      text:
        "A wider network starts with a kernel nearer to the one of infinite width: its entries are means over the units, so that they stray " +
        "like 1/√width. Under mean-field scaling the kernel times the width is compared: at the start these are the same numbers, and the " +
        "two scalings are drawn a little apart. Faint marks are single runs, filled ones means with their standard errors; the fit is of the means.",
      formulas: [
        String.raw`\frac{\lVert K_0 - \Theta\rVert_F}{\lVert\Theta\rVert_F} \propto \text{width}^{-1/2}`,
        String.raw`\text{mean field: } K_0 \to \text{width}\cdot K_0`,
      ],
      sources: [JACOT, LEE],
    },
  },
  drift: {
    title: "The kernel moves less and less",
    symbol: "drift",
    axis: "‖Kₜ − K₀‖ / ‖K₀‖",
    subtitle: (comparedAt) => `‖Kₜ − K₀‖ / ‖K₀‖ against width${comparedAt === null ? "" : `, at λ₁t = ${number(comparedAt)}`}`,
    help: {
      text:
        "How far training has moved the kernel, in all runs at the same λ₁t. Under NTK scaling the move dies out with the width, and with it " +
        "everything that a frozen kernel cannot tell: like 1/width for a smooth activation, with the power −3/4 for ReLU, whose kinks flip. Under mean-field " +
        "scaling the output is divided by √width and the rate multiplied by it: the weights then move enough to change the kernel at any width.",
      formulas: [
        String.raw`\frac{\lVert K_t - K_0\rVert_F}{\lVert K_0\rVert_F} \propto \text{width}^{-1}\ \text{(smooth)},\ \text{width}^{-3/4}\ \text{(ReLU)}`,
        String.raw`\text{mean field: } \propto \text{width}^{0}`,
      ],
      sources: [HUANG, CHIZAT, MEI, YANG],
    },
  },
};

export interface WidthFigure extends Figure {
  /** The run of a point; null where the point is no single run. */
  runOf: (trace: number, point: number) => string | null;
}

const INTERVAL = 200;
const FADED = 0.4;
/** Two scalings of one width stand a little apart, by this power of ten: their kernels at the start are the same numbers. */
const APART = 0.024;
const DRAWN: Scaling[] = ["ntk", "mean_field"];
const STYLES = {
  ntk: { colour: "measured", symbol: "circle", mark: "dot", side: -1 },
  mean_field: { colour: "frozen", symbol: "diamond", mark: "diamond", side: 1 },
} as const;

type Drawn = keyof typeof STYLES;

export function widthFigure(quantity: Quantity, sweep: Sweep | null, view: Pick<View, "narrow">, theme: Theme): WidthFigure {
  const colours = TOKENS[theme];
  const scalings = scalingsOf(sweep);
  const data: Trace[] = [];
  /** What each trace's points are, for the pointer. */
  const behind: (SweepRun | StudyPoint | null)[][] = [];
  const add = (trace: Trace, points: (SweepRun | StudyPoint | null)[] = []) => {
    data.push(trace);
    behind.push(points);
  };
  const legend: LegendItem[] = [];
  let zeros = 0;

  for (const scaling of scalings) {
    const style = STYLES[scaling];
    const colour = SERIES[theme][style.colour];
    const shift = scalings.length > 1 ? 10 ** (style.side * APART) : 1;
    const measured = (sweep?.runs ?? []).filter((run) => scalingOf(sweep, run) === scaling && run[quantity] !== null);
    const runs = measured.filter((run) => (run[quantity] as number) > 0);
    zeros += measured.length - runs.length;
    const means = (sweep?.study?.points ?? []).filter((point) => point.parameterization === scaling && (point[quantity] ?? 0) > 0);
    const slope = slopeOf(sweep, quantity, scaling);
    const name = SCALINGS[scaling];
    add(
      {
        ...points(`${name}: ${words.single}`, runs.map((run) => shift * widthOf(sweep, run)), runs.map((run) => run[quantity])),
        marker: { symbol: style.symbol, size: 5, color: withOpacity(colour, FADED), opacity: 1 },
      },
      runs,
    );
    if (slope) {
      const guide = guideOf(slope);
      if (guide) add({ ...line(`${name}: ${words.theory}`, guide), line: { color: colour, width: 2, dash: "dash" } });
      const ends = { x: [slope.lowest_width, slope.highest_width], y: [slope.at_lowest, slope.at_highest] };
      add({ ...line(`${name}: ${words.fit}`, ends), line: { color: colour, width: 1 } });
    }
    add(
      {
        ...points(name, means.map((point) => shift * point.width), means.map((point) => point[quantity])),
        marker: { symbol: style.symbol, size: scaling === "ntk" ? 8 : 10, color: colour, line: { width: 1, color: colours.surface }, opacity: 1 },
        error_y: { type: "data", array: means.map((point) => errorOf(point, quantity) ?? 0), color: colour, thickness: 1.5, width: 4 },
      },
      means,
    );
    legend.push({ mark: style.mark, colour, text: name });
  }
  if (data.some((trace) => trace.name.endsWith(words.fit))) {
    legend.push({ mark: "thin", colour: colours.axis, text: words.fit }, { mark: "dash", colour: colours.axis, text: words.theory });
  }

  const comparedAt = sweep?.study?.compared_at ?? null;
  return {
    data,
    layout: layoutOf({
      theme,
      view,
      uirevision: `${sweep?.id ?? ""}:${quantity}`,
      x: widthAxis(sweep, theme, view.narrow),
      y: decadeAxis(data.flatMap((trace) => trace.y.filter((value) => value !== null))),
      xTitle: words.width,
      yTitle: view.narrow ? WIDTH_CHARTS[quantity].symbol : WIDTH_CHARTS[quantity].axis,
      large: true,
      rotated: true,
      headroom: true,
    }),
    subtitle: WIDTH_CHARTS[quantity].subtitle(comparedAt),
    legend,
    note: zeros ? words.zeros(zeros) : null,
    empty: emptyOf(sweep, behind.some((points) => points.length > 0)),
    interval: INTERVAL,
    describe: (trace, point) => hoverOf(sweep, behind[trace]?.[point] ?? null, quantity),
    runOf: (trace, point) => {
      const found = behind[trace]?.[point];
      return found && "run_id" in found ? found.run_id : null;
    },
  };
}

/** The power law of theory through the middle of the fitted line, over the same widths: a guide for the eye. */
export function guideOf(slope: StudySlope): { x: [number, number]; y: [number, number] } | null {
  if (slope.expected === null) return null;
  const middle = Math.sqrt(slope.at_lowest * slope.at_highest);
  const reach = Math.sqrt(slope.highest_width / slope.lowest_width) ** slope.expected;
  return { x: [slope.lowest_width, slope.highest_width], y: [middle / reach, middle * reach] };
}

export function slopeOf(sweep: Sweep | null, quantity: Quantity, scaling: Scaling): StudySlope | undefined {
  return sweep?.study?.slopes.find((slope) => slope.quantity === quantity && slope.parameterization === scaling);
}

export function errorOf(point: StudyPoint, quantity: Quantity): number | null {
  return quantity === "distance" ? point.distance_error : point.drift_error;
}

/** Those of the study that are drawn, the lazy one first. */
function scalingsOf(sweep: Sweep | null): Drawn[] {
  const axis = sweep?.axes.find(({ field }) => field === "network.parameterization");
  const values = axis?.values ?? [sweep?.config.network.parameterization];
  return DRAWN.filter((scaling): scaling is Drawn => values.includes(scaling));
}

/** Of an axis, or what all runs have in common. */
function widthOf(sweep: Sweep | null, run: SweepRun): number {
  return Number(run.values["network.width"] ?? commonWidth(sweep));
}

/** Of layers of several widths the last one's, as in the study. */
function commonWidth(sweep: Sweep | null): number | undefined {
  const width = sweep?.config.network.width;
  return Array.isArray(width) ? width.at(-1) : width;
}

function scalingOf(sweep: Sweep | null, run: SweepRun): Scaling {
  return (run.values["network.parameterization"] ?? sweep?.config.network.parameterization) as Scaling;
}

/** The study's widths are its ticks; a phone has room for every other one. */
function widthAxis(sweep: Sweep | null, theme: Theme, narrow: boolean): Axis {
  const axis = sweep?.axes.find(({ field }) => field === "network.width");
  const values = axis?.values ?? (sweep ? [commonWidth(sweep)] : [64, 4096]);
  const widths = values.map(Number).sort((a, b) => a - b);
  const shown = widths.filter((_, i) => !narrow || widths.length < 5 || i % 2 === 0);
  const [first, last] = [widths[0] ?? 1, widths.at(-1) ?? 1];
  const room = Math.max(0.08, 0.04 * Math.log10(last / first));
  return {
    type: "log",
    range: [Math.log10(first) - room, Math.log10(last) + room],
    tickmode: "array",
    tickvals: shown,
    ticktext: shown.map(whole),
    tickfont: { size: 11, color: TOKENS[theme].axis },
  };
}

function emptyOf(sweep: Sweep | null, any: boolean): string | null {
  if (!sweep || any) return null;
  return sweep.state === "running" ? words.waiting : words.nothing;
}

function hoverOf(sweep: Sweep | null, found: SweepRun | StudyPoint | null, quantity: Quantity): Hover | null {
  if (!found) return null;
  const value = number(found[quantity], 4);
  if ("run_id" in found) {
    const rows: [string, string][] = [
      [words.seed, String(found.values["seed"] ?? sweep?.config.seed)],
      [WIDTH_CHARTS[quantity].symbol, value],
    ];
    return { title: words.hover(widthOf(sweep, found), SCALINGS[scalingOf(sweep, found)]), rows, click: words.opens, group: null };
  }
  const rows: [string, string][] = [
    [WIDTH_CHARTS[quantity].symbol, value],
    [words.runs, whole(found.runs)],
    [words.error, number(errorOf(found, quantity))],
  ];
  return { title: words.hover(found.width, SCALINGS[found.parameterization]), rows, group: null };
}

function points(name: string, x: number[], y: (number | null)[]): Trace {
  return { name, type: "scatter", mode: "markers", x, y, cliponaxis: false, hoverinfo: "none" };
}

function line(name: string, { x, y }: { x: number[]; y: number[] }): Trace {
  return { name, type: "scatter", mode: "lines", x, y, hoverinfo: "skip" };
}

/** The slopes, and the widest network's means. */
export function widthNumbers(sweep: Sweep | null, quantity: Quantity): Measured[] {
  const study = sweep?.study;
  if (!study) return [];
  const rows: Measured[] = [];
  for (const slope of study.slopes.filter((one) => one.quantity === quantity)) {
    const scaling = SCALINGS[slope.parameterization];
    rows.push({ label: `Slope, ${scaling} (theory ${theoryText(slope.expected)})`, value: withError(slope.slope, slope.standard_error) });
  }
  const widest = Math.max(...study.points.map((point) => point.width));
  for (const point of study.points.filter((one) => one.width === widest && one[quantity] !== null)) {
    const error = errorOf(point, quantity);
    const value = error === null ? number(point[quantity]) : withError(point[quantity], error);
    rows.push({ label: `At width ${whole(widest)}, ${SCALINGS[point.parameterization]}`, value });
  }
  return rows;
}
