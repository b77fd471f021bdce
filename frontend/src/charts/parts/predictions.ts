/** What can be drawn over the function: which predictions a run has, what they say at the play-head, how far the network is from them. */
import { number } from "../../format";
import type { Frame, KernelFrame, Started } from "../../api/codec";
import { aheadOf, frameOf, kernelFrameOf } from "../../run/at-time";
import type { RunState } from "../../run/run";
import type { Basis, PredictionId, View } from "../../run/view";
import { withOpacity } from "../../theme/mode-colour";
import { SERIES, type Theme } from "../../theme/tokens";
import type { LegendItem } from "./figure";
import { endedSentence, isSensible, MOST_GROWN } from "./growth";
import { REHEARSED_DASH, rehearsedFunction } from "./rehearsed";
import { largest } from "./values";
import { longest, shared, widestTime } from "./widest";
import { chartWords } from "./words";

const words = {
  named: (name: string, time: number) => `${name} (t = ${number(time)})`,
  notCentered: "This run starts from zero: networks of infinite width do not differ by their draw then. Turn “Start from zero” off for a band.",
  notRehearsed: "This run was not rehearsed.",
  noMovingPrediction: "This run records no prediction of the moving kernel.",
} as const;

/** What the page knows of a curve: its names, what its switch says, its look, and the kernel whose largest eigenvalue may make it grow. */
interface Curve {
  name: string;
  /** On its switch, where the name is too long for it. */
  short?: string;
  /** At the head of a sentence. */
  sentenceName: string;
  help: string;
  series: "frozen" | "rehearsed" | "moving" | "infinite";
  dash: string;
  mark: LegendItem["mark"];
  kernel: Basis;
  /** Where its time is not the measurement's own: told beside its share, or in its place. */
  time?: "beside" | "instead";
}

const CURVES: Record<PredictionId, Curve> = {
  frozen: { name: "K₀", sentenceName: "K₀", help: "What the kernel at the start predicts", series: "frozen", dash: "6px,5px", mark: "dash", kernel: "frozen" },
  rehearsed: { name: "Rehearsed", short: "Reh.", sentenceName: "The rehearsal", help: "What the rehearsal before training predicts", series: "rehearsed", dash: REHEARSED_DASH, mark: "dash-long", kernel: "frozen", time: "instead" },
  moving: { name: "Kₜ", sentenceName: "Kₜ", help: "What the kernel predicts as it moved", series: "moving", dash: "8px,4px,2px,4px", mark: "dash-dot", kernel: "moving", time: "beside" },
  infinite: { name: "∞", sentenceName: "Infinite width", help: "What the kernel of infinite width predicts", series: "infinite", dash: "2px,4px", mark: "dotted", kernel: "infinite" },
  ensemble: { name: "Band", sentenceName: "Band", help: "Networks of infinite width: mean ± 2 standard deviations over their draw", series: "infinite", dash: "solid", mark: "band", kernel: "infinite" },
};

export const PREDICTIONS = Object.keys(CURVES) as PredictionId[];

const OPACITY = 0.18;
/** Half the band's height, in standard deviations. */
export const BAND_DEVIATIONS = 2;

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
  /** Why its curve has ended; null while it is drawn. */
  ended: string | null;
  /** The largest distance so far; null where none is told. */
  most: number | null;
  /** The longest that its words in the legend get. */
  widest: string;
}

/** Every curve, as its switch shows it. */
export function predictionOptions(run: RunState, theme: Theme) {
  return PREDICTIONS.map((value) => ({
    value,
    text: CURVES[value].short ?? CURVES[value].name,
    help: CURVES[value].help,
    missing: missingPrediction(run, value),
    colour: colourOf(value, theme),
  }));
}

export function sentenceName(id: PredictionId): string {
  return CURVES[id].sentenceName;
}

function colourOf(id: PredictionId, theme: Theme): string {
  return SERIES[theme][CURVES[id].series];
}

export function lineStyle({ id, colour }: Prediction): object {
  return id === "ensemble" ? { width: 0, color: colour } : { width: 2, color: colour, dash: CURVES[id].dash };
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
  if (id === "ensemble" && started.centered) return words.notCentered;
  if (id === "rehearsed" && !started.rehearsal) return words.notRehearsed;
  const first = run.frames[0];
  return first && !first.predicted[id] ? chartWords.leftOut : null;
}

/** Those that are switched on and that the run has, at the play-head. */
export function shownPredictions(run: RunState, view: View, theme: Theme): Prediction[] {
  const now = frameOf(run, view)?.time;
  const ahead = aheadOf(run, view);
  return PREDICTIONS.filter((id) => view.predictions.includes(id) && missingPrediction(run, id) === null).map((id) => {
    const record = id === "moving" ? kernelFrameOf(run, view) : frameOf(run, view);
    const said = saidAt(record, id);
    const most = largestDistance(recordsOf(run, id), id);
    const common = { id, name: CURVES[id].name, colour: colourOf(id, theme), most, widest: widestOf(run, id, most) };
    if (id === "rehearsed" && ahead !== null && run.started) return { ...common, ...rehearsedAt(run.started, ahead) };
    return {
      ...common,
      values: said?.function ?? null,
      spread: said?.spread?.map((deviation) => BAND_DEVIATIONS * deviation) ?? null,
      distance: said?.distance ?? null,
      time: said && record && record.time !== now ? record.time : null,
      ended: null,
      ...endOf(run, id, said?.function, record?.time ?? 0),
    };
  });
}

/** What was rehearsed of a time that is not yet trained. */
function rehearsedAt(started: Started, time: number): Omit<Prediction, "id" | "name" | "colour" | "most" | "widest"> {
  return { values: rehearsedFunction(started, time), spread: null, distance: null, time, ended: null };
}

function widestOf({ started, frames, tick }: RunState, id: PredictionId, most: number | null): string {
  const { name, time } = CURVES[id];
  const [alone, named] = [shared(name, null, most).widest, started ? words.named(name, widestTime(started)) : name];
  if (time === "beside") return shared(named, null, most).widest;
  // Only of what is not trained, or trains now, is anything ahead.
  return time === "instead" && (tick || !frames.length) ? longest([alone, named]) : alone;
}

function recordsOf({ frames, kernelFrames }: RunState, id: PredictionId): (Frame | KernelFrame)[] {
  return id === "moving" ? kernelFrames : frames;
}

function largestDistance(records: (Frame | KernelFrame)[], id: PredictionId): number | null {
  return records.reduce<number | null>((most, record) => {
    const distance = saidAt(record, id)?.distance ?? null;
    return distance !== null && distance > (most ?? -1) ? distance : most;
  }, null);
}

interface Said {
  function: Float32Array;
  spread?: Float32Array | null;
  distance: number | null;
}

/** What a prediction says at one of its records: the moving one at every kernel frame, the others at every frame. */
function saidAt(record: Frame | KernelFrame | null, id: PredictionId): Said | null {
  if (record?.type === "kernel_frame") return record.moving;
  return (id !== "moving" && record?.predicted[id]) || null;
}

/** What a prediction lacks once it has grown beyond all measure: nothing before. */
function endOf(run: RunState, id: PredictionId, values: Float32Array | undefined, head: number): Partial<Prediction> {
  const { started } = run;
  if (!started) return {};
  const limit = MOST_GROWN * (largest(started.targets, started.grid_start) || 1);
  if (isSensible(values, limit)) return {};
  const last = recordsOf(run, id).findLast((record) => record.time <= head && isSensible(saidAt(record, id)?.function, limit));
  const kernels = run.kernelFrames.filter(({ time }) => time <= head).map(({ eigenvalues }) => eigenvalues[0] ?? 0);
  const eigenvalue = { frozen: started.eigenvalues[0], moving: Math.max(...kernels), infinite: started.infinite?.eigenvalues[0] }[CURVES[id].kernel];
  const ended = endedSentence(CURVES[id].sentenceName, started, eigenvalue, last?.step ?? 0);
  return { values: null, spread: null, distance: null, time: null, ended };
}

/** "K₀ 2.1 %". `drawn`: whether the curve itself is in the chart. */
export function predictionLegend(shown: Prediction[], drawn: boolean): LegendItem[] {
  return shown
    .filter(({ most, values, ended }) => (drawn ? values !== null || ended !== null : most !== null))
    .map(({ id, name, colour, distance, most, time, widest }) => ({
      mark: drawn ? CURVES[id].mark : "none",
      colour,
      text: shared(time === null ? name : words.named(name, time), drawn ? distance : (distance ?? NaN), most).text,
      widest,
    }));
}
