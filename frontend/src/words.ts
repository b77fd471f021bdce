/** Every sentence that the page itself says. The server's sentences (errors, outcomes) are its own. */
import { duration, frequency, number, steps, whole } from "./format";

export const words = {
  product: "ntkscope",
  pages: { lab: "Lab", sweep: "Sweep" },
  train: "Train",
  trainThis: "Train this yourself",
  resume: "Resume it",
  training: "Starting",
  copyLink: "Copy link",
  copied: "Link copied. It sets up the same run, seed included.",
  notCopied: "The browser does not allow copying. The address bar holds the same link.",
  setUp: "Set up",
  close: "Close",
  undo: "Undo",
  empty: "No runs yet. Train the first one: it takes 20 seconds.",
  trainFirst: "Train the first run",
  recorded: "A recorded run is playing. Change anything on the left and train it on this machine.",
  recordedNarrow: "A recorded run is playing.",
  notReached: "Not reached in this run",
  backToLive: "Back to live",
  live: "Live",
  formWrong: (count: number) => (count === 1 ? "1 field needs another value." : `${whole(count)} fields need another value.`),
  differs: "not the run shown",
  sameRun: "the run shown",
  deleted: (name: string) => `Deleted "${name}".`,
  unreadable: "Cannot be read",
  ahead: (count: number) => (count === 1 ? "1 run ahead of yours" : `${whole(count)} runs ahead of yours`),
  reconnecting: (time: number) => `Reconnecting; shown up to t = ${number(time)}`,
  left: (seconds: number) => `${duration(seconds)} left`,
  speed: (stepsPerSecond: number) => `${whole(significant(stepsPerSecond))} step/s`,
  position: (time: number, step: number | undefined) =>
    step === undefined ? `t = ${number(time)}` : `t = ${number(time)} · step ${whole(step)}`,
  learnt: (count: number, of: number) => `${whole(count)} of ${whole(of)} modes learnt`,
  learningMark: (k: number, step: number, time: number) =>
    `Frequency ${frequency(k)} is predicted to be learnt at step ${steps(step)}, t = ${number(time)}`,
  trainChanged: "Train with these changes",
  failed: "The run failed",
  failedRemedy: "What was recorded stays. Resume it, or train with fewer points or units.",
  interrupted: "The server stopped while this run was training. What was recorded stays, and it goes on from its last checkpoint.",
  missing: "There is no such run here. Open another from the list of runs.",
  gone: "This run was deleted.",
  loading: (frames: number) => `Loading, ${whole(frames)} records so far`,
  charts: "Charts",
  sixCharts: "Six charts",
  moreCharts: "More",
  skip: "Skip to the charts",
  previewWait: "Working out the kernel",
  neverLearnt: "never learnt",
  /** Why a wave is never learnt, in a table's cell; the server's sentence says it with numbers. */
  never: {
    rate: "never with K₀: the rate",
    unseen: "never with K₀: unseen",
    absent: "not in the target",
  },
  alreadyThere: "there at the start",
  wavesCaption: (epsilon: string) => `From which step on each wave of the target is within ${epsilon} of itself, with the kernel at the start, K₀`,
  mean: "mean",
  theMean: "The mean",
  afterEnd: "after the end",
  frequency: (k: number) => `k = ${frequency(k)}`,
  upload: "Choose a CSV file",
  paste: "Paste a table",
  pasteHelp: "Columns x1, x2, ... and y, with a first line that names them.",
  usePasted: "Use this table",
  download: "Download this data set",
  downloadOf: "Points and targets of the run shown, as a CSV that can be uploaded again",
} as const;

/** One word for what a run is doing, said in the status line and in the list of runs. */
export const PHASES = {
  none: "No run",
  loading: "Loading",
  queued: "Queued",
  starting: "Computing the kernel",
  training: "Live",
  running: "Training",
  paused: "Paused",
  completed: "Completed",
  diverged: "Diverged",
  dead_units: "All units dead",
  cancelled: "Stopped",
  failed: "Failed",
  interrupted: "Interrupted",
  deleted: "Deleted",
  missing: "Not here",
};

/** Plain names of the schema's values, where the value itself is not one. */
const NAMES: Record<string, string> = {
  interval: "Interval",
  circle: "Unit circle",
  arcs: "Circle arcs",
  random: "Random points",
  dataset: "Your own table",
  sinusoids: "Sinusoids",
  step: "Step",
  sawtooth: "Sawtooth",
  chirp: "Chirp",
  gaussian_bump: "Gaussian bump",
  formula: "Formula",
  auto: "Automatic",
  given: "Given",
  fourier: "Fourier features",
  positional: "Positional",
  none: "None",
  unit: "To [−1, 1]",
  standardize: "Mean 0, deviation 1",
  ntk: "NTK",
  standard: "Standard",
  mean_field: "Mean field",
  cpu: "CPU",
  cuda: "GPU (CUDA)",
  relu: "ReLU",
  leaky_relu: "Leaky ReLU",
  gelu: "GELU",
  silu: "SiLU",
  gaussian: "Gaussian",
  rbf: "RBF",
};

/** A schema's value as a reader sees it. */
export function valueName(value: string): string {
  return NAMES[value] ?? value;
}

export const KEYS: { keys: string[]; does: string }[] = [
  { keys: ["Space"], does: "Play or pause" },
  { keys: ["←", "→"], does: "One frame back or forward" },
  { keys: ["Home", "End"], does: "First or newest frame" },
  { keys: ["+", "−"], does: "Play faster or slower" },
  { keys: ["L"], does: "Back to live" },
  { keys: ["?"], does: "This list" },
];

/** Three significant figures of a rate that flickers. */
function significant(value: number): number {
  return Number(value.toPrecision(3));
}
