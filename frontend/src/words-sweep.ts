/** Every sentence of the Sweep page. */
import type { Scaling, SweepState, Quantity, StudySlope } from "./api/types";
import { number, percent, whole } from "./format";
import { PHASES } from "./words";

export const SCALINGS: Record<Scaling, string> = { ntk: "NTK", mean_field: "mean field", standard: "standard" };
export const QUANTITIES: Record<Quantity, string> = { distance: "Distance of K₀ to its limit", drift: "Drift of the kernel" };
export const SWEEP_STATES: Record<SweepState, string> = {
  running: "Training",
  completed: "Completed",
  cancelled: "Stopped",
  interrupted: "Interrupted",
};

/** The set-ups that a study can begin with. */
const bases = {
  relu: "ReLU, as preset width-ladder",
  erf: "erf, as preset width-ladder",
  lab: "The Lab's set-up",
};
export type BaseName = keyof typeof bases;

export const sweepWords = {
  scrolls: "A table that scrolls sideways",
  title: "Width study",
  form: "What to sweep",
  base: "Set-up",
  bases,
  baseHelp: {
    relu: "Two sines on the circle, 16 points. The kinks of ReLU slow the freezing: its power of the width is −3/4.",
    erf: "Two sines on the circle, 16 points. A smooth network's kernel freezes faster, like 1/width.",
    lab: "What the Lab's form holds now; its width, scaling and seed give way to those below.",
  } satisfies Record<BaseName, string>,
  labInvalid: "A field of the Lab's set-up needs another value first.",
  noPreset: "This server does not have the preset. Take the Lab's set-up.",
  widths: "Widths",
  seeds: "Seeds for each",
  scalings: "Scalings",
  noWidth: "Take at least one width; two or more give a slope.",
  noScaling: "Take at least one scaling.",
  cost: (runs: number, steps: number, depth: number) =>
    `${count(runs, "run")} of ${count(steps, "step")} each, depth ${whole(depth)}.`,
  records: "12 records each, all with the kernel.",
  run: "Run the study",
  starting: "Starting",
  name: (activation: string, from: number, to: number, seeds: number) =>
    `${activation}, ${from === to ? `width ${whole(from)}` : `widths ${whole(from)} to ${whole(to)}`}, ${count(seeds, "seed")}`,
  studies: "Studies",
  none: "No studies yet",
  inView: (name: string) => `Studies. In view: ${name}`,
  empty: "No width study yet. Run the first one: it takes about a minute.",
  progressLabel: "The sweep in view",
  progress: (done: number, total: number) => `${whole(done)} of ${count(total, "run")}`,
  stop: "Stop",
  resume: "Go on",
  silent: "The server does not answer; shown is what it said last. Trying again.",
  failed: (number: number, sentence: string) => `${count(number, "run")} failed: ${sentence || "no reason was given."}`,
  failedToo: (number: number) => `${count(number, "further run")} failed; the reason of each is in the table.`,
  deleted: (name: string) => `Deleted "${name}".`,
  slopes: "How fast, as a power of the width",
  quantity: "Quantity",
  scaling: "Scaling",
  slope: "Slope",
  theory: "Theory",
  widthsUsed: "Widths",
  noSlopes: "A slope needs two widths with a completed run.",
  runs: "Every run",
  width: "Width",
  state: "State",
  steps: "Steps",
  loss: "Loss",
  lossHelp: "½ Σ r² where the run ended",
  prediction: "Prediction",
  predictionHelp: "Whether the kernel at the start predicts the run",
  distance: "Distance",
  distanceHelp: "‖K₀ − Θ‖ / ‖Θ‖, from the kernel of infinite width",
  drift: "Drift",
  driftHelp: (comparedAt: number | null) => `‖Kₜ − K₀‖ / ‖K₀‖${comparedAt === null ? "" : ` at λ₁t = ${number(comparedAt)}, in all runs`}`,
  on: "On",
  off: "Off",
  openRun: "Open in the Lab",
  openThis: (run: string) => `Open in the Lab: ${run}`,
  meaning,
  runState: (state: string) => (state === "waiting" ? "Waiting" : (PHASES[state as keyof typeof PHASES] ?? state)),
} as const;

/** The slopes that theory names, as it names them. */
export function theoryText(expected: number | null): string {
  const NAMED: Record<string, string> = { "-0.5": "−1/2", "-0.75": "−3/4", "-1": "−1", "0": "0" };
  return NAMED[String(expected)] ?? number(expected);
}

/** Flatter than this the drift is said to stay: half way from 0 to the −1/2 that the slowest freezing would have. */
const STAYS = 0.25;

/** What the drift's slope says, with the fitted line's own ends. */
function meaning({ parameterization, slope, at_lowest, at_highest, lowest_width, highest_width }: StudySlope): string {
  const scaling = parameterization === "ntk" ? "NTK scaling" : `${SCALINGS[parameterization]} scaling`;
  const ends = `from ${percent(at_lowest)} at width ${whole(lowest_width)} to ${percent(at_highest)} at ${whole(highest_width)}`;
  if (slope < -STAYS) {
    return `Under ${scaling} the drift falls ${ends}: the wider, the lazier. The kernel freezes, and K₀ alone predicts the training.`;
  }
  if (slope > STAYS) return `Under ${scaling} the drift grows ${ends}.`;
  return `Under ${scaling} the drift stays, ${ends}: the kernel moves at any width. This is feature learning, which no frozen kernel predicts.`;
}

function count(value: number, noun: string): string {
  return `${whole(value)} ${noun}${value === 1 ? "" : "s"}`;
}
