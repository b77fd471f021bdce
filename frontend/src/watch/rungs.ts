/** The ladder's rows: what the target is made of, when each part is due, and how much of it the network has. */
import type { Started } from "../api/codec";
import type { Group, KernelPreview, WaveAnswer } from "../api/types";
import { frequency as written } from "../format";
import { bracketOf, interpolated, predictionsOf } from "../run/at-time";
import { forGood, type ForGood } from "../run/for-good";
import type { RunState } from "../run/run";
import { rungWords as words } from "./words";

/** More rows than these do not fit a screen beside the chart. */
export const MOST = 6;
/** Of the target: less of a mean is not worth a row. */
const LEAST_MEAN = 0.01;

type Wave = Pick<WaveAnswer, "frequency" | "source" | "amplitude" | "share" | "time" | "within_run" | "sentence">;

export interface Rung {
  key: string;
  /** A wave of the target, or, where it has none, a group of modes; its place in the run's own lists. */
  kind: "wave" | "group";
  index: number;
  /** Its number as it stands in the row, and what is counted. */
  number: string;
  unit: string;
  /** In a sentence: "the wave that turns three times". */
  name: string;
  frequency: number | null;
  /** When the kernel at the start says that it is learnt; null: never. */
  due: number | null;
  within: boolean;
  /** Why never, or not in this run, in the server's words. */
  sentence: string | null;
}

export interface Ladder {
  rungs: Rung[];
  /** Parts that have no row: those with the smallest share. */
  left: number;
}

/** How much of a rung the network has at one time, and should have. */
export interface Progress {
  /** From 0 to 1; null where nothing was measured. */
  has: number | null;
  predicted: number | null;
  /** Since when it is learnt, seen from this time; null: it is not. */
  learnt: number | null;
  lost: boolean;
}

const UNBEGUN: Progress = { has: null, predicted: null, learnt: null, lost: false };

export function ladderOf(started: Started): Ladder {
  const waves = wavesOf(started.waves);
  return waves.rungs.length ? waves : groupsOf(started.groups, started.times.at(-1) ?? 0);
}

export function previewLadder(spectrum: KernelPreview): Ladder {
  const waves = wavesOf(spectrum.waves);
  return waves.rungs.length ? waves : groupsOf(spectrum.groups, spectrum.end_time);
}

function wavesOf(waves: readonly Wave[]): Ladder {
  const told = waves
    .map((wave, index) => ({ wave, index }))
    .filter(({ wave }) => wave.amplitude > 0 && (wave.source !== "mean" || wave.share >= LEAST_MEAN));
  const { kept, left } = largest(told, ({ wave }) => wave.share);
  kept.sort((a, b) => a.wave.frequency - b.wave.frequency);
  const rungs = kept.map(({ wave, index }): Rung => {
    const mean = wave.source === "mean";
    return {
      key: `${wave.source}${wave.frequency}`,
      kind: "wave",
      index,
      number: mean ? words.meanSign : written(wave.frequency),
      unit: mean ? words.mean : words.waves(wave.frequency),
      name: mean ? words.theMean : words.wave(wave.frequency),
      frequency: wave.frequency,
      due: wave.time,
      within: wave.within_run,
      sentence: wave.sentence,
    };
  });
  return { rungs, left };
}

function groupsOf(groups: readonly Group[], end: number): Ladder {
  const rungs = rungsOf(groups, end);
  return { rungs: rungs.slice(0, MOST), left: Math.max(0, rungs.length - MOST) };
}

/** One for each group of modes that can be told apart from round-off. */
export function modeRungs(started: Started): Rung[] {
  return rungsOf(started.groups, started.times.at(-1) ?? 0);
}

function rungsOf(groups: readonly Group[], end: number): Rung[] {
  const told = groups.map((group, index) => ({ group, index })).filter(({ group }) => group.significant && group.resolved);
  return told.map(({ group, index }): Rung => {
    const modes = group.modes.map((mode) => mode + 1);
    const [first = 1, last = first] = [modes[0], modes.at(-1)];
    return {
      key: `mode${first}`,
      kind: "group",
      index,
      number: words.numbers(first, last),
      unit: words.modes(modes.length),
      name: words.mode(first, last),
      frequency: null,
      due: group.learning_time,
      within: group.learning_time !== null && group.learning_time <= end,
      sentence: group.learning_time === null ? words.below : null,
    };
  });
}

function largest<T>(items: T[], size: (item: T) => number): { kept: T[]; left: number } {
  const kept = items.toSorted((a, b) => size(b) - size(a)).slice(0, MOST);
  return { kept, left: items.length - kept.length };
}

/** The measured error of a rung at every frame: 1 at the start, 0 where all is learnt. */
export function errorsOf(run: RunState, rung: Rung): number[] {
  return run.frames.map((frame) => (rung.kind === "wave" ? frame.wave_errors : frame.remaining)[rung.index] ?? NaN);
}

/** When it is learnt for good, of all that is recorded so far. */
export function learntTime(run: RunState, rung: Rung): number | null {
  return learntUntil(run, rung, run.frames.length).time;
}

/** The same, of the first `count` frames. Nothing happens between the start and the first step. */
function learntUntil(run: RunState, rung: Rung, count: number): ForGood {
  const frames = run.frames.slice(0, count);
  const found = forGood(frames.map((frame) => frame.time), errorsOf({ ...run, frames }, rung), run.started?.epsilon ?? 0);
  return found.time ? { ...found, time: Math.max(found.time, run.started?.learning_rate ?? 0) } : found;
}

/** @param at Index of the frame at the play-head. */
export function progressAt(run: RunState, rung: Rung, at: number): Progress {
  const { started } = run;
  const frame = run.frames[at];
  if (!started || !frame) return UNBEGUN;
  const { time, lost } = learntUntil(run, rung, at + 1);
  if (rung.kind === "wave") {
    return { has: part(1 - (frame.wave_errors[rung.index] ?? NaN)), predicted: part(1 - (frame.wave_errors_predicted[rung.index] ?? NaN)), learnt: time, lost };
  }
  const predicted = interpolated(predictionsOf(started).learnt, rung.index, bracketOf(started.times, frame.time));
  return { has: part(frame.learnt[rung.index] ?? NaN), predicted: part(predicted), learnt: time, lost };
}

function part(value: number): number | null {
  return Number.isFinite(value) ? Math.max(0, Math.min(1, value)) : null;
}
