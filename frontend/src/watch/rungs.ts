/** The ladder's rows: what the target is made of, when each part is due, and how much of it the network has. */
import type { Started } from "../api/codec";
import type { Group, KernelPreview, RehearsedWave, WaveAnswer } from "../api/types";
import { frequency as written, ranged } from "../format";
import { bracketOf, interpolated, predictionsOf } from "../run/at-time";
import { forGood, type ForGood } from "../run/for-good";
import type { RunState } from "../run/run";
import { rungWords as words } from "./words";

/** More rows than these do not fit a screen beside the chart. */
export const MOST = 6;
/** Of the target: less of a mean is not worth a row. */
const LEAST_MEAN = 0.01;
/** Of the kernel's time. */
const NEAR = 0.1;

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
  /** When it will be learnt: by the kernel at the start where a rehearsal says the same or there is none, else by that; null: not as far as either looked. */
  due: number | null;
  within: boolean;
  /** What the kernel at the start says alone; null: never. */
  kernel: number | null;
  /** `due` and `within` are the rehearsal's. */
  rehearsed: boolean;
  /** How exactly that is known, or why never, in the server's words. */
  sentence: string | null;
}

export interface Ladder {
  rungs: Rung[];
  /** Parts that have no row: those with the smallest share. */
  left: number;
  /** Of the target, in all its waves. */
  share: number;
}

/** How much of a rung the network has at one time, and should have. */
export interface Progress {
  /** 1 is the whole, and more may be there; null where nothing was measured. */
  has: number | null;
  /** By now: as rehearsed, or as the kernel at the start says; and what that kernel says alone, where something was rehearsed. */
  predicted: number | null;
  kernel: number | null;
  /** Since when it is learnt, seen from this time; null: it is not. */
  learnt: number | null;
  lost: boolean;
}

export const UNBEGUN: Progress = { has: null, predicted: null, kernel: null, learnt: null, lost: false };

export function ladderOf(started: Started): Ladder {
  const waves = wavesOf(started.waves, started.rehearsal?.waves, started.learning_rate);
  return waves.rungs.length ? waves : groupsOf(started.groups, started.times.at(-1) ?? 0, started);
}

export function previewLadder(spectrum: KernelPreview): Ladder {
  const waves = wavesOf(spectrum.waves);
  return waves.rungs.length ? waves : groupsOf(spectrum.groups, spectrum.end_time);
}

type Foretold = Pick<RehearsedWave, "step" | "within_run" | "sentence"> | null;

/** @param rehearsed One for each wave; nothing where there was no rehearsal. */
function wavesOf(waves: readonly Wave[], rehearsed: readonly Foretold[] = [], rate = 0): Ladder {
  const told = waves
    .map((wave, index) => ({ wave, index }))
    .filter(({ wave }) => wave.amplitude > 0 && (wave.source !== "mean" || wave.share >= LEAST_MEAN));
  const { kept, left } = largest(told, ({ wave }) => wave.share);
  kept.sort((a, b) => a.wave.frequency - b.wave.frequency);
  const rungs = kept.map(({ wave, index }): Rung => {
    const mean = wave.source === "mean";
    const own = rehearsed[index] ?? null;
    return {
      key: `${wave.source}${wave.frequency}`,
      kind: "wave",
      index,
      number: mean ? words.meanSign : written(wave.frequency),
      unit: mean ? words.mean : words.waves(wave.frequency),
      name: mean ? words.theMean : words.wave(wave.frequency),
      frequency: wave.frequency,
      due: own ? dueOf(own.step === null ? null : own.step * rate, wave.time) : wave.time,
      within: own ? own.within_run : wave.within_run,
      kernel: wave.time,
      rehearsed: own !== null,
      sentence: own?.sentence ?? wave.sentence,
    };
  });
  return { rungs, left, share: told.reduce((sum, { wave }) => sum + wave.share, 0) };
}

/** Times this near are the same to the eye. */
export function isNear(time: number | null, kernel: number | null): boolean {
  return time !== null && kernel !== null && kernel > 0 && Math.abs(time / kernel - 1) <= NEAR;
}

/** One time for a thing, wherever it is told. */
function dueOf(rehearsed: number | null, kernel: number | null): number | null {
  return isNear(rehearsed, kernel) ? kernel : rehearsed;
}

function groupsOf(groups: readonly Group[], end: number, started?: Started): Ladder {
  const rungs = rungsOf(groups, end, started);
  return { rungs: rungs.slice(0, MOST), left: Math.max(0, rungs.length - MOST), share: 0 };
}

/** One for each group of modes that can be told apart from round-off. */
export function modeRungs(started: Started): Rung[] {
  return rungsOf(started.groups, started.times.at(-1) ?? 0, started);
}

function rungsOf(groups: readonly Group[], end: number, started?: Started): Rung[] {
  const told = groups.map((group, index) => ({ group, index })).filter(({ group }) => group.significant && group.resolved);
  return told.map(({ group, index }): Rung => {
    const modes = group.modes.map((mode) => mode + 1);
    const [first = 1] = modes;
    const own = started ? rehearsedGroup(started, index) : null;
    return {
      key: `mode${first}`,
      kind: "group",
      index,
      number: ranged(modes),
      unit: words.modes(modes.length),
      name: words.mode(modes),
      frequency: null,
      due: own ? dueOf(own.time, group.learning_time) : group.learning_time,
      within: own ? own.time !== null : group.learning_time !== null && group.learning_time <= end,
      kernel: group.learning_time,
      rehearsed: own !== null,
      sentence: group.learning_time === null ? words.below : null,
    };
  });
}

/** When a group is learnt for good, read off the rehearsal's course; null where that ends before it is known. */
function rehearsedGroup({ rehearsal, steps, times, epsilon }: Started, index: number): { time: number | null } | null {
  const course = rehearsal?.course;
  if (!course) return null;
  const columns = course.remaining.shape[1] ?? 0;
  const { time } = forGood(times.slice(0, course.steps.length), course.steps.map((_, row) => course.remaining.values[row * columns + index] ?? NaN), epsilon);
  return time !== null || course.steps.length === steps.length ? { time } : null;
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
  const rehearsed = rehearsedShare(started, rung, frame.time);
  const kernel = rung.kind === "wave" ? part(1 - (frame.wave_errors_predicted[rung.index] ?? NaN)) : kernelShare(started, rung, frame.time);
  const has = part(rung.kind === "wave" ? 1 - (frame.wave_errors[rung.index] ?? NaN) : (frame.learnt[rung.index] ?? NaN));
  return { has, predicted: rehearsed ?? kernel, kernel: rehearsed === null ? null : kernel, learnt: time, lost };
}

/** What will be there at a time that is not trained yet. */
export function aheadAt(started: Started, rung: Rung, time: number): Progress {
  const has = rehearsedShare(started, rung, time);
  const learnt = rung.due !== null && rung.due <= time ? rung.due : null;
  return { ...UNBEGUN, has, predicted: has, kernel: rung.kind === "group" ? kernelShare(started, rung, time) : null, learnt };
}

/** Of a row, as rehearsed; null beyond what was, and where it was not told. */
function rehearsedShare({ rehearsal, times }: Started, rung: Rung, time: number): number | null {
  const course = rehearsal?.course;
  const told = rung.kind === "wave" ? course?.wave_errors : course?.learnt;
  const rows = told?.shape[0] ?? 0;
  if (!told || time > (times[rows - 1] ?? -1)) return null;
  const value = interpolated(told, rung.index, bracketOf(times.slice(0, rows), time));
  return part(rung.kind === "wave" ? 1 - value : value);
}

function kernelShare(started: Started, rung: Rung, time: number): number | null {
  return part(interpolated(predictionsOf(started).learnt, rung.index, bracketOf(started.times, time)));
}

function part(value: number): number | null {
  return Number.isFinite(value) ? Math.max(0, value) : null;
}
