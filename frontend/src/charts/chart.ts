/** What a chart is: a pure function from the run and the view to a figure. */
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import type { Theme } from "../theme/tokens";
import type { Figure } from "./parts/figure";

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
