/** What can be drawn over the function: which predictions a run has, what they say at the play-head, how far the network is from them. */
import { number, percent } from "../../format";
import { frameOf, kernelFrameOf } from "../../run/at-time";
import type { RunState } from "../../run/run";
import type { PredictionId, View } from "../../run/view";
import { withOpacity } from "../../theme/mode-colour";
import { SERIES, type Theme } from "../../theme/tokens";
import type { LegendItem } from "./figure";
import { chartWords } from "./words";

const words = {
  ofTime: (time: number) => `(t = ${number(time)})`,
  notCentered: "Only without 'Start from zero'",
  noMovingPrediction: "This run records no prediction of the moving kernel",
} as const;

export const PREDICTIONS: readonly PredictionId[] = ["frozen", "moving", "infinite", "ensemble"];

const STYLES = {
  frozen: { series: "frozen", dash: "6px,5px", mark: "dash" },
  moving: { series: "moving", dash: "8px,4px,2px,4px", mark: "dash-dot" },
  infinite: { series: "infinite", dash: "2px,4px", mark: "dotted" },
  ensemble: { series: "infinite", dash: "solid", mark: "band" },
} as const;

const OPACITY = 0.18;
/** Of the band, in standard deviations. */
const HALF_WIDTH = 2;

/** A prediction at the play-head. */
export interface Prediction {
  id: PredictionId;
  name: string;
  colour: string;
  /** On the grid; null before there is one. */
  values: Float32Array | null;
  /** Half the band's height. */
  spread: Float32Array | null;
  /** ||f - prediction|| / ||prediction|| on the grid. */
  distance: number | null;
  /** The time of a prediction that is not the measurement's own. */
  time: number | null;
}

export function predictionColour(id: PredictionId, theme: Theme): string {
  return SERIES[theme][STYLES[id].series];
}

export function lineStyle({ id, colour }: Prediction): object {
  return id === "ensemble" ? { width: 0, color: colour } : { width: 2, color: colour, dash: STYLES[id].dash };
}

export function bandFill({ colour }: Prediction): string {
  return withOpacity(colour, OPACITY);
}

/** Why a run has no such prediction; null where it has, or may still get, one. */
export function missingPrediction(run: RunState, id: PredictionId): string | null {
  const { started } = run;
  if (!started || id === "frozen") return null;
  if (id === "moving") {
    if (!started.kernel_steps.length) return chartWords.noKernelFrames;
    return run.kernelFrames.length && !run.kernelFrames.some(({ moving }) => moving) ? words.noMovingPrediction : null;
  }
  if (id === "ensemble" && started.config.network?.centered) return words.notCentered;
  const first = run.frames[0];
  return first && !first[id === "infinite" ? "function_infinite" : "ensemble"] ? chartWords.leftOut : null;
}

/** Those that are switched on and that the run has, at the play-head. */
export function shownPredictions(run: RunState, view: View, theme: Theme): Prediction[] {
  const frame = frameOf(run, view);
  const kernel = kernelFrameOf(run, view);
  const distances = frame?.distances;
  const ensemble = frame?.ensemble;
  const said: Record<PredictionId, Partial<Prediction>> = {
    frozen: { values: frame?.function_predicted ?? null, distance: distances?.frozen ?? null },
    moving: {
      values: kernel?.moving?.function ?? null,
      distance: kernel?.moving?.distance ?? null,
      time: kernel?.moving && kernel.time !== frame?.time ? kernel.time : null,
    },
    infinite: { values: frame?.function_infinite ?? null, distance: distances?.infinite ?? null },
    ensemble: {
      values: ensemble?.mean ?? null,
      spread: ensemble?.standard_deviation.map((deviation) => HALF_WIDTH * deviation) ?? null,
      distance: distances?.ensemble ?? null,
    },
  };
  return PREDICTIONS.filter((id) => view.predictions.includes(id) && missingPrediction(run, id) === null).map((id) => ({
    id,
    name: chartWords.predictionNames[id],
    colour: predictionColour(id, theme),
    values: null,
    spread: null,
    distance: null,
    time: null,
    ...said[id],
  }));
}

/** "K₀ 2.1 %". `drawn`: whether the curve itself is in the chart. */
export function predictionLegend(shown: Prediction[], drawn: boolean): LegendItem[] {
  return shown
    .filter(({ distance }) => drawn || distance !== null)
    .map(({ id, name, colour, distance, time }) => ({
      mark: drawn ? STYLES[id].mark : "none",
      colour,
      text: [name, ...(time === null ? [] : [words.ofTime(time)]), ...(distance === null ? [] : [percent(distance)])].join(" "),
    }));
}
