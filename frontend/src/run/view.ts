/** How a run is looked at: where the play-head stands, what is selected, which switches are on. */
import type { Frame } from "../api/codec";

/** What predicts f: what every frame says of it, and the kernel as it moved, which kernel frames do. */
export type PredictionId = keyof Frame["predicted"] | "moving";

/** The kernel whose modes split the residual. */
export type Basis = "frozen" | "moving" | "infinite";

/** What a chart's axes show. */
export interface Ranges {
  x: [number, number];
  y: [number, number];
}

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
  /** How much larger than they are drawn for charts are: their type and marks grow with them. */
  zoom: number;
}

export const DEFAULT_VIEW: View = {
  time: null,
  selected: null,
  allModes: false,
  modesAxis: "log-log",
  predictions: ["frozen", "rehearsed"],
  basis: "frozen",
  slice: null,
  narrow: false,
  zoom: 1,
};
