/** What Watch says beside its pictures; the caption's sentences are in captions.ts. */
import { duration, frequency, number, ranged, whole } from "../format";

const COUNTS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const ONCE = ["", "once", "twice"];

/** Counts up to twelve in words. */
export function inWords(count: number): string {
  return COUNTS[count] ?? whole(count);
}

/** once, twice, three times, 2.5 times */
export function times(count: number): string {
  return ONCE[count] || `${Number.isInteger(count) ? inWords(count) : frequency(count)} times`;
}

/** a; a and b; a, b and c */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

export const rungWords = {
  meanSign: "⌀",
  mean: "mean",
  theMean: "the mean",
  waves: (k: number) => (k === 1 ? "wave" : "waves"),
  wave: (k: number) => `the wave that turns ${times(k)}`,
  modes: (count: number) => (count === 1 ? "mode" : "modes"),
  mode: (modes: readonly number[]) => (modes.length === 1 ? `mode ${modes[0]}` : `modes ${ranged(modes).replace("–", " to ")}`),
  below: "Its eigenvalue is below round-off: this kernel does not learn it.",
} as const;

export const watchWords = {
  title: { waves: "A network learns slow waves first", modes: "A network learns large eigenvalues first" },
  chart: "What the network has learnt so far",
  network: "network",
  rehearsed: "rehearsed",
  target: "target",
  angle: "angle θ",
  x: "x",
  ladder: { waves: "When each wave is learnt", modes: "When each mode is learnt" },
  byNow: "predicted by now",
  when: "when",
  ladderNote: { waves: "Dashed: in the target. Colour: what the network has. Mark: what the kernel says it has by now.", modes: "Each mode is a pattern over the points. Bar: how much is learnt. Mark: what the kernel says by now." },
  ladderNoteRehearsed: {
    waves: "Dashed: in the target. Colour: what the network has. Strong mark: rehearsed for now; grey mark: by the kernel at the start.",
    modes: "Each mode is a pattern over the points. Bar: how much is learnt. Strong mark: rehearsed for now; grey mark: by the kernel at the start.",
  },
  ladderAhead: {
    waves: "Dashed: in the target. Hatched: what the rehearsal says the network will have by then; nothing of it is trained yet.",
    modes: "Each mode is a pattern over the points. Hatched: how much of it the rehearsal says will be learnt by then; nothing is trained yet.",
  },
  ladderDraft: { waves: "Dashed: in the target. Nothing is learnt yet; the kernel already says when it will be.", modes: "Each mode is a pattern over the points. Nothing is learnt yet; the kernel says when it will be." },
  more: { waves: (left: number) => `and ${inWords(left)} more, with a smaller share`, modes: (left: number) => `and ${inWords(left)} more, which are slower` },
  due: (time: number) => `due at ${number(time)}`,
  dueShort: (time: number) => `due ${number(time)}`,
  learntAt: (time: number) => `learnt at ${number(time)}`,
  thereFromStart: "there at the start",
  predicted: (time: number) => `predicted ${number(time)}`,
  never: "not by its kernel",
  neverPredicted: "predicted: never",
  kernelSays: (time: number | null) => `kernel alone: ${time === null ? "never" : number(time)}`,
  notInRun: "not in this run",
  notInRunShort: "not here",
  notInRunPredicted: "predicted: later",
  afterEnd: (time: number) => `after the end, at ${number(time)}`,
  afterEndShort: "after the end",
  lost: "lost again",
  share: (has: number) => `${Math.round(100 * has)}\u2009%`,
  position: (time: number, step: number) => `t = ${number(time)} · step ${whole(step)}`,
  positionShort: (time: number) => `t = ${number(time)}`,
  mark: (name: string, time: number) => `${name}: predicted at t = ${number(time)}`,
  change: "Change the target",
  train: "Train it",
  recorded: "A recorded run",
  trained: (seconds: number) => `Trained in ${duration(seconds)}`,
  described: (time: number, share: string) => `The network's function beside the target, at t = ${number(time)}: ${share}`,
  describedAhead: (time: number, share: string) => `The network's function as rehearsed beside the target, at t = ${number(time)}, before training: ${share}`,
  describedDraft: "The target and its training points, before training.",
  learntOf: (count: number, of: number, kind: string) => `${count} of ${of} ${kind} learnt.`,
  starting: "Starting",
  notTrained: "Not trained yet",
  rehearsedPlace: "Rehearsed, not trained yet",
  waiting: "Waiting for the first measurement.",
  noTarget: "This target has more than one input: train it to see it.",
} as const;

/** A chart of Measure. */
export interface ShownIn {
  id: string;
  further: boolean;
}

type Term = "eigenvalue" | "kernel" | "mode";

/** A sentence in pieces; a piece with a term can be asked about. */
interface Piece {
  text: string;
  term: Term | null;
}

const piece = (text: string, term: Term | null = null): Piece => ({ text, term });

export const termWords = {
  why: {
    waves: [piece("Why this order? What is left of a wave falls like exp(−λt), and λ, an "), piece("eigenvalue", "eigenvalue"), piece(" of the network's "), piece("kernel", "kernel"), piece(", is smaller for faster waves.")],
    modes: [piece("Why this order? What is left of a "), piece("mode", "mode"), piece(" falls like exp(−λt), and each has an "), piece("eigenvalue", "eigenvalue"), piece(" λ of the network's "), piece("kernel", "kernel"), piece(".")],
  },
  terms: {
    eigenvalue: "How fast the kernel learns one of its patterns: with eigenvalue λ, the error along it falls by half in time 0.69/λ.",
    kernel: "A table over pairs of points: how much a training step that corrects the network at one point moves it at another.",
    mode: "A pattern over the points that the kernel only shrinks and never mixes with others: an eigenvector.",
  },
  /** Where it is seen: the chart's id, and whether that is among the further ones. */
  shown: { eigenvalue: { id: "eigenvalues", further: false }, kernel: { id: "kernel-map", further: true }, mode: { id: "modes", further: false } },
  explain: (term: string) => `What is: ${term}`,
  showMe: "Show me",
} satisfies { why: Record<string, Piece[]>; terms: Record<Term, string>; shown: Record<Term, ShownIn> } & Record<string, unknown>;

export const controlWords = {
  target: "Target",
  targets: { six: "Six waves", square: "Square", drawn: "Draw one", formula: "Formula", pasted: "Paste numbers" },
  own: "Your own",
  formula: (round: boolean) => `Formula, in ${round ? "theta" : "x"}`,
  width: "Width",
  rate: "Learning rate",
  scan: "Scan",
  scanWidth: "Scan the width before training",
  scanRate: "Scan the learning rate before training",
  ofLimit: (fraction: number) => `${frequency(100 * fraction)}\u2009% of the limit`,
} as const;
