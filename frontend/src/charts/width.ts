/** The width study: single runs, their means, the fitted power law and the one of theory, on log-log axes. */
import type { Quantity, Scaling, StudyPoint, StudySlope, Sweep, SweepRun } from "../api/types";
import { number, whole } from "../format";
import type { View } from "../run/view";
import { withOpacity } from "../theme/mode-colour";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import { SCALINGS } from "../words-sweep";
import { decadeAxis, layoutOf } from "./parts/axes";
import type { Axis, Figure, Hover, LegendItem, Trace } from "./parts/figure";
import { widthWords } from "./words-width";

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
    const measured = (sweep?.runs ?? []).filter((run) => run.values["network.parameterization"] === scaling && run[quantity] !== null);
    const runs = measured.filter((run) => (run[quantity] as number) > 0);
    zeros += measured.length - runs.length;
    const means = (sweep?.study?.points ?? []).filter((point) => point.parameterization === scaling && (point[quantity] ?? 0) > 0);
    const slope = slopeOf(sweep, quantity, scaling);
    const name = SCALINGS[scaling];
    add(
      {
        ...points(`${name}: ${widthWords.single}`, runs.map((run) => shift * widthOf(run)), runs.map((run) => run[quantity])),
        marker: { symbol: style.symbol, size: 5, color: withOpacity(colour, FADED), opacity: 1 },
      },
      runs,
    );
    if (slope) {
      const guide = guideOf(slope);
      if (guide) add({ ...line(`${name}: ${widthWords.theory}`, guide), line: { color: colour, width: 2, dash: "dash" } });
      const ends = { x: [slope.lowest_width, slope.highest_width], y: [slope.at_lowest, slope.at_highest] };
      add({ ...line(`${name}: ${widthWords.fit}`, ends), line: { color: colour, width: 1 } });
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
  if (data.some((trace) => trace.name.endsWith(widthWords.fit))) {
    legend.push({ mark: "thin", colour: colours.axis, text: widthWords.fit }, { mark: "dash", colour: colours.axis, text: widthWords.theory });
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
      xTitle: widthWords.width,
      yTitle: view.narrow ? widthWords.symbols[quantity] : widthWords.axes[quantity],
      large: true,
      rotated: true,
      headroom: true,
    }),
    subtitle: quantity === "distance" ? widthWords.distanceSubtitle : widthWords.driftSubtitle(comparedAt),
    legend,
    note: zeros ? widthWords.zeros(zeros) : null,
    empty: emptyOf(sweep, behind.some((points) => points.length > 0)),
    interval: INTERVAL,
    describe: (trace, point) => hoverOf(behind[trace]?.[point] ?? null, quantity),
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
  const values = sweep?.axes.find((axis) => axis.field === "network.parameterization")?.values ?? [];
  return DRAWN.filter((scaling): scaling is Drawn => values.includes(scaling));
}

function widthOf(run: SweepRun): number {
  return Number(run.values["network.width"]);
}

/** The study's widths are its ticks; a phone has room for every other one. */
function widthAxis(sweep: Sweep | null, theme: Theme, narrow: boolean): Axis {
  const values = sweep?.axes.find((axis) => axis.field === "network.width")?.values ?? [64, 4096];
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
  return sweep.state === "running" ? widthWords.waiting : widthWords.nothing;
}

function hoverOf(found: SweepRun | StudyPoint | null, quantity: Quantity): Hover | null {
  if (!found) return null;
  const value = number(found[quantity], 4);
  if ("run_id" in found) {
    const scaling = SCALINGS[found.values["network.parameterization"] as Scaling];
    const rows: [string, string][] = [
      [widthWords.seed, String(found.values["seed"])],
      [widthWords.symbols[quantity], value],
      [widthWords.click, widthWords.opens],
    ];
    return { title: widthWords.hover(widthOf(found), scaling), rows, group: null };
  }
  const rows: [string, string][] = [
    [widthWords.symbols[quantity], value],
    [widthWords.runs, whole(found.runs)],
    [widthWords.error, number(errorOf(found, quantity))],
  ];
  return { title: widthWords.hover(found.width, SCALINGS[found.parameterization]), rows, group: null };
}

function points(name: string, x: number[], y: (number | null)[]): Trace {
  return { name, type: "scatter", mode: "markers", x, y, cliponaxis: false, hoverinfo: "none" };
}

function line(name: string, { x, y }: { x: number[]; y: number[] }): Trace {
  return { name, type: "scatter", mode: "lines", x, y, hoverinfo: "skip" };
}
