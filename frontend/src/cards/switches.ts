/** The switches that a chart's definition may ask for. */
import type { Component } from "svelte";
import type { SwitchId } from "../charts/chart";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import type { Theme } from "../theme/tokens";
import BasisSwitch from "./BasisSwitch.svelte";
import ModesSwitches from "./ModesSwitches.svelte";
import PredictionSwitches from "./PredictionSwitches.svelte";

interface SwitchProps {
  run: RunState;
  version: number;
  view: View;
  theme: Theme;
  onview: (change: Partial<View>) => void;
}

interface Switches {
  component: Component<SwitchProps>;
  /** Without room beside the title they stand in the plot's own head, else in the subtitle. */
  inPlot: boolean;
}

export const SWITCHES: Record<SwitchId, Switches> = {
  modes: { component: ModesSwitches, inPlot: false },
  predictions: { component: PredictionSwitches, inPlot: true },
  basis: { component: BasisSwitch, inPlot: true },
};
