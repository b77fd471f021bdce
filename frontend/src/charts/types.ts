/** What a chart is: a pure function from the run and the view to a figure. */
import type { RunState } from "../state/run";
import type { Theme } from "../theme/tokens";

export type { Theme };

/** What predicts f: the kernel at the start, the kernel as it moved, that of infinite width, the spread of such networks. */
export type PredictionId = "frozen" | "moving" | "infinite" | "ensemble";

/** The kernel whose modes split the residual. */
export type Basis = "frozen" | "moving" | "infinite";

export interface View {
  /** Where the play-head stands; null follows the newest frame. */
  time: number | null;
  /** Index of the selected group of modes. */
  selected: number | null;
  /** Draw every mode that is followed, not a readable choice of them. */
  allModes: boolean;
  /** "log-linear": |c| stays logarithmic, time becomes linear, so that exponentials are straight. */
  modesAxis: "log-log" | "log-linear";
  /** Which predictions are drawn over the function. */
  predictions: readonly PredictionId[];
  /** Of the residual by mode. */
  basis: Basis;
  /** Which row of the kernel is drawn, among those that are written down; null is the middle one. */
  slice: number | null;
  /** A phone: fewer ticks and modes, symbols above the axes, no dragging. */
  narrow: boolean;
  reducedMotion: boolean;
}

/** Values for Plotly; null is a gap. NaN never gets here. */
export type Values = readonly (number | null)[];

export interface Trace {
  name: string;
  type: "scatter" | "bar" | "heatmap";
  x: Values;
  y: Values;
  z?: readonly Values[];
  mode?: "lines" | "markers" | "lines+markers" | "markers+text" | "text";
  /** "none": found by the pointer; "skip": not. The card draws the label itself. */
  hoverinfo: "none" | "skip";
  [attribute: string]: unknown;
}

export interface Axis {
  type: "log" | "linear";
  /** In log10 on a logarithmic axis. */
  range: [number, number];
  [attribute: string]: unknown;
}

export interface FigureLayout {
  xaxis: Axis;
  yaxis: Axis;
  margin: { l: number; r: number; t: number; b: number };
  /** Zoom is kept as long as this stays. */
  uirevision: string;
  [attribute: string]: unknown;
}

/** How a mark looks, for the legend in HTML. */
export interface LegendItem {
  mark: "line" | "thin" | "dash" | "dash-dot" | "dotted" | "band" | "dot" | "ring" | "tick" | "square" | "diamond" | "swatch" | "frame" | "none";
  colour: string;
  text: string;
}

/** What the pointer found. `group`: the group of modes it belongs to, for its eigenvector. */
export interface Hover {
  title: string;
  rows: [label: string, value: string][];
  group: number | null;
}

export interface Figure {
  data: Trace[];
  layout: FigureLayout;
  /** Symbols, axes, and which marks are what. */
  subtitle: string;
  legend: LegendItem[];
  /** What is left out, counted. */
  note: string | null;
  /** Why there is nothing to draw yet. */
  empty: string | null;
  /** Least time between two drawings in ms: what the chart costs decides how often it is drawn. */
  interval: number;
  describe: (trace: number, point: number) => Hover | null;
}

export type Chart = (run: RunState, view: View, theme: Theme) => Figure;

export interface Measured {
  label: string;
  value: string;
}

/** The (?) of a card. */
export interface Help {
  /** One or two sentences. */
  text: string;
  /** TeX. */
  formulas: string[];
  sources: { text: string; href: string }[];
  /** How well the formula holds in this run. */
  measured: (run: RunState) => Measured[];
}

export type LabChartId = "function" | "modes" | "eigenvalues" | "learnt" | "loss" | "drift";
export type MoreChartId = "residual-frequency" | "residual-mode" | "learning-times" | "frequency-eigenvalue" | "kernel-slice";
export type KernelChartId = "target-power" | "moving" | "sharpness" | "turning" | "rank";
export type ChartId = LabChartId | MoreChartId | KernelChartId;

export interface ChartEntry {
  id: ChartId;
  title: string;
  chart: Chart;
  help: Help;
  /** Whether x is time, so that the play-head is drawn. */
  overTime: boolean;
  /** Whether its marks are modes, so that keys walk along them. */
  ofModes: boolean;
}
