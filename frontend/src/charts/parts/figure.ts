/** What a figure is: traces and axes for Plotly, and the words that the card sets around the plot. */

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
  mark: "line" | "thin" | "dash" | "dash-long" | "dash-dot" | "dotted" | "band" | "dot" | "ring" | "tick" | "square" | "arrow-up" | "arrow-down" | "diamond" | "swatch" | "frame" | "none";
  colour: string;
  /** "": not at present; its room is kept. */
  text: string;
  /** The longest that the text gets while the play-head moves, where it changes: it keeps the room. */
  widest?: string;
}

/** What the pointer found. `group`: the group of modes it belongs to, for its eigenvector. */
export interface Hover {
  title: string;
  rows: [label: string, value: string][];
  /** What a click does. */
  click?: string;
  group: number | null;
}

export interface Figure {
  data: Trace[];
  layout: FigureLayout;
  /** Symbols, axes, and which marks are what. */
  subtitle: string;
  /** Likewise. */
  widest?: string;
  legend: LegendItem[];
  /** What is left out, counted. */
  note: string | null;
  /** Likewise; its room is kept where it is not told, too. */
  widestNote?: string;
  /** Why there is nothing to draw yet. */
  empty: string | null;
  /** Least time between two drawings in ms: what the chart costs decides how often it is drawn. */
  interval: number;
  describe: (trace: number, point: number) => Hover | null;
}
