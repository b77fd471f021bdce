/** Axes and layout that all charts share: fixed margins, true logarithms, few ticks. */
import type { Started } from "../../api/codec";
import type { View } from "../../run/view";
import { TOKENS, type Theme } from "../../theme/tokens";
import type { Axis, FigureLayout, Trace } from "./figure";

const words = {
  belowFloor: "below round-off",
} as const;

const FONT = "Inter, system-ui, sans-serif";
/** Plotly draws powers of ten larger by a quarter: 9 and 11 then match. */
const LOG_TICKS = 9;
const LINEAR_TICKS = 11;

interface LayoutParts {
  theme: Theme;
  view: Pick<View, "narrow">;
  uirevision: string;
  x: Axis;
  y: Axis;
  xTitle: string;
  yTitle: string;
  /** A large card has more ticks. */
  large: boolean;
  /** Whether y's name stands rotated beside the axis where there is room; else it stands above it, as a symbol does. */
  rotated?: boolean;
  /** Keeps a line free above the plot, where what stands beside the subtitle may need a second one; 2 keeps two. */
  headroom?: boolean | 2;
  annotations?: object[];
  shapes?: object[];
  more?: object;
}

export function layoutOf(parts: LayoutParts): FigureLayout {
  const { theme, view, x, y } = parts;
  const axisColour = TOKENS[theme].axis;
  const rotated = parts.rotated === true && !view.narrow;
  const nticks = view.narrow || !parts.large ? 4 : 6;
  // A symbol ends at the axis; a word would leave the card there.
  const word = parts.yTitle.length > 6;
  const name = {
    text: parts.yTitle,
    xref: "paper",
    yref: "paper",
    x: 0,
    y: 1,
    xanchor: word ? "left" : "right",
    yanchor: "bottom",
    xshift: word ? -40 : -4,
    yshift: 6,
  };
  return {
    xaxis: axis(x, theme, nticks, view, { text: parts.xTitle, standoff: 8 }),
    yaxis: axis(y, theme, nticks, view, rotated ? { text: parts.yTitle, standoff: 4 } : null),
    margin: rotated ? { l: 60, r: 14, t: parts.headroom === 2 ? 40 : parts.headroom ? 24 : 10, b: 42 } : { l: leftOf(y), r: 12, t: parts.headroom === 2 ? 40 : 24, b: 40 },
    uirevision: parts.uirevision,
    annotations: [...(rotated ? [] : [{ ...name, showarrow: false, font: { size: 11, color: axisColour } }]), ...(parts.annotations ?? [])],
    shapes: parts.shapes ?? [],
    showlegend: false,
    hovermode: "closest",
    hoverdistance: view.narrow ? 24 : 12,
    dragmode: view.narrow ? false : "zoom",
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: FONT, size: LINEAR_TICKS, color: axisColour },
    ...parts.more,
  };
}

/** Room for the labels of y: those of a linear axis from 10⁵ on, or of tiny values, carry a power of ten. */
function leftOf({ type, range }: Axis): number {
  const size = Math.max(Math.abs(range[0]), Math.abs(range[1]));
  return type === "linear" && (size >= 1e5 || size < 1e-4) ? 68 : 46;
}

function axis(given: Axis, theme: Theme, nticks: number, view: LayoutParts["view"], title: object | null): Axis {
  const colours = TOKENS[theme];
  return {
    nticks,
    // Whole decades: left to itself Plotly writes small digits between them. A zoomed axis does without (plot.ts).
    ...(given.type === "log" ? { tick0: 0, dtick: Math.max(1, Math.ceil((given.range[1] - given.range[0]) / nticks)) } : {}),
    tickangle: 0,
    ticklabeloverflow: "allow",
    automargin: false,
    autorange: false,
    fixedrange: false,
    exponentformat: "power",
    showexponent: "all",
    minexponent: 4,
    separatethousands: true,
    ticks: "outside",
    ticklen: 4,
    tickcolor: colours.axis,
    tickfont: { size: given.type === "log" ? LOG_TICKS : LINEAR_TICKS, color: colours.axis },
    showline: true,
    linecolor: colours.axis,
    linewidth: 1,
    gridcolor: colours.grid,
    gridwidth: 1,
    zeroline: given.type === "linear",
    zerolinecolor: colours.line,
    zerolinewidth: 1,
    title: title ? { ...title, font: { size: view.narrow ? 11 : 12, color: colours.axis } } : { text: "" },
    ...given,
  };
}

/** Time, from the first recording above 0 to the last one. `room`: of the axis, left free at its right end. */
export function timeAxis(started: Started | null, type: "log" | "linear", room = 0.02): Axis {
  const times = started?.times;
  const first = times?.find((time) => time > 0) ?? 0.01;
  const last = Math.max(times?.[times.length - 1] ?? 1, first * 10);
  if (type === "linear") return { type, range: [0, last * (1 + room)] };
  const [low, high] = [Math.log10(first), Math.log10(last)];
  return { type, range: [low - 0.02 * (high - low), high + room * (high - low)] };
}

/** A logarithmic axis over whole decades that hold all positive values; at most `decades` of them, counted from above. */
export function decadeAxis(values: Iterable<number>, decades = 40): Axis {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!(value > 0) || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return { type: "log", range: [-2, 0] };
  const top = Math.ceil(Math.log10(high) - 1e-9) || 0; // not -0
  const bottom = Math.max(Math.floor(Math.log10(low) + 1e-9), top - decades);
  return { type: "log", range: [Math.min(bottom, top - 1), top] };
}

/** Just around the values: whole decades would leave most of the axis empty. */
export function tight(values: number[]): Axis {
  const kept = values.filter((value) => value > 0);
  if (!kept.length) return decadeAxis([]);
  const [low, high] = [Math.log10(Math.min(...kept)), Math.log10(Math.max(...kept))];
  const room = Math.max(0.1, 0.05 * (high - low));
  return { type: "log", range: [low - room, high + room] };
}

/** Ticks at 1/2, 1, 2, 4 ... of a logarithmic axis, as plain numbers: for counts and frequencies. */
export function doublings(axis: Axis, theme: Theme): Omit<Axis, "type" | "range"> {
  const all = Array.from({ length: 16 }, (_, i) => 2 ** (i - 1));
  const tickvals = all.filter((value) => Math.log10(value) >= axis.range[0] && Math.log10(value) <= axis.range[1]);
  return { tickvals, ticktext: tickvals.map(String), tickfont: { size: LINEAR_TICKS, color: TOKENS[theme].axis } };
}

/** A linear axis from 0 to the next of 1, 2, 5 times a power of ten: it grows seldom. */
export function risingAxis(highest: number, least: number): Axis {
  const size = Math.max(highest, least);
  const power = 10 ** Math.floor(Math.log10(size));
  const top = [1, 2, 5, 10].find((step) => size <= step * power * (1 + 1e-9)) ?? 10;
  return { type: "linear", range: [0, top * power] };
}

/** A thin line across the plot at one value. */
export function levelLine(value: number, colour: string): object {
  return { type: "line", xref: "paper", x0: 0, x1: 1, y0: value, y1: value, layer: "below", line: { color: colour, width: 1 } };
}

/** Everything below a floor, hatched: no mark is drawn inside. */
export function floorRegion(floor: number, x: Axis, theme: Theme): Trace {
  const wide = 30;
  const at = (end: 0 | 1, by: number) => (x.type === "log" ? 10 ** (x.range[end] + by) : x.range[end] + by * (x.range[1] - x.range[0]));
  const [left, right] = [at(0, -wide), at(1, wide)];
  const bottom = floor * 1e-40;
  return {
    name: words.belowFloor,
    type: "scatter",
    mode: "lines",
    x: [left, right, right, left, left],
    y: [floor, floor, bottom, bottom, floor],
    line: { width: 0 },
    fill: "toself",
    fillpattern: { shape: "/", size: 7, solidity: 0.16, fgcolor: TOKENS[theme].control, bgcolor: TOKENS[theme].sunken },
    hoverinfo: "skip",
  };
}

/** The words that belong to it, at its left end: inside where it is high enough to hold them. */
export function floorLabel(floor: number, y: Axis, theme: Theme): object {
  const share = (Math.log10(floor) - y.range[0]) / (y.range[1] - y.range[0]);
  return {
    text: words.belowFloor,
    xref: "paper",
    x: 0,
    xanchor: "left",
    xshift: 4,
    y: Math.log10(floor),
    yanchor: share > 0.08 ? "top" : "bottom",
    yshift: share > 0.08 ? -1 : 1,
    showarrow: false,
    bgcolor: share > 0.08 ? TOKENS[theme].sunken : "rgba(0,0,0,0)",
    borderpad: 1,
    font: { size: 11, color: TOKENS[theme].axis },
  };
}
