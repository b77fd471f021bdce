/** Which groups of modes are drawn, in which colour, and what is said of them. */
import type { Started } from "../../api/codec";
import type { Group } from "../../api/types";
import { number, ranged, whole } from "../../format";
import type { RunState } from "../../run/run";
import type { View } from "../../run/view";
import { modeColour, modePosition } from "../../theme/mode-colour";
import { TOKENS, type Theme } from "../../theme/tokens";
import type { Hover } from "./figure";
import { chartWords } from "./words";

const words = {
  waveVector: (wave: string[], size: string) => `k = (${wave.join(", ").replace(/-/g, "−")}), |k| = ${size}`,
  twoModes: (first: number, last: number) => `Modes ${whole(first)} and ${whole(last)}`,
  modesTo: (first: number, last: number) => `Modes ${whole(first)} to ${whole(last)}`,
  modes: (numbers: string) => `Modes ${numbers}`,
  predictedTime: "learnt, predicted",
  measuredTime: "learnt, measured",
  notReached: "not in this run",
  smallStart: "below 5\u2009% of the residual",
} as const;

const READABLE = 24;
const READABLE_NARROW = 12;
/** Modes that are always drawn: the first ones matter most. */
const ALWAYS = 8;

export interface DrawnGroup {
  /** Its place in `Started.groups`. */
  index: number;
  /** Its first mode, counted from 1. */
  number: number;
  colour: string;
  group: Group;
}

/** The groups of a chart of modes: those that count first, at most 24 (12 on a phone) unless all are asked for. */
export function drawnGroups(started: Started, view: View, theme: Theme): DrawnGroup[] {
  const drawn = started.groups.map((group, index) => ({ group, index })).filter(({ group }) => group.resolved);
  const limit = view.allModes ? Infinity : view.narrow ? READABLE_NARROW : READABLE;
  const counting = drawn.filter(({ group }) => group.significant);
  const rest = drawn.filter(({ group }) => !group.significant);
  const chosen = new Set(spread(counting, limit));
  for (const other of spread(rest, limit - chosen.size)) chosen.add(other);
  return drawn
    .filter((entry) => chosen.has(entry) || entry.index === view.selected)
    .map(({ group, index }) => ({ index, group, number: numberOf(group), colour: groupColour(started, group, theme) }));
}

/** The first few, then logarithmically spaced ones, `count` in all. */
function spread<T>(items: T[], count: number): T[] {
  if (items.length <= count) return items;
  const lead = Math.min(ALWAYS, count);
  const picks = new Set(items.slice(0, lead));
  const steps = count - lead;
  for (let i = 1; i <= steps; i += 1) {
    let index = Math.round(lead * ((items.length - 1) / lead) ** (i / steps));
    while (index < items.length - 1 && picks.has(items[index] as T)) index += 1;
    picks.add(items[index] as T);
  }
  return items.filter((item) => picks.has(item));
}

/** The group's first mode, counted from 1. */
export function numberOf(group: Group): number {
  return (group.modes[0] ?? 0) + 1;
}

/** Its mode's colour; grey where the group does not count. */
export function groupColour(started: Started, group: Group, theme: Theme): string {
  return group.significant ? colourOf(started, numberOf(group), theme) : TOKENS[theme].control;
}

/** The colour of a mode, counted from 1, among those that are followed. */
export function colourOf(started: Started, mode: number, theme: Theme): string {
  return modeColour(modePosition(mode, started.modes.shape[1] ?? 1), theme);
}

/** "Mode 4", "Modes 4 and 5", "Modes 29 to 32", "Modes 8, 10, 12". */
export function groupName(group: Group): string {
  const [first, last] = [numberOf(group), (group.modes.at(-1) ?? 0) + 1];
  if (first === last) return chartWords.mode(first);
  if (group.modes.length === 2) return words.twoModes(first, last);
  return last - first + 1 === group.modes.length ? words.modesTo(first, last) : words.modes(ranged(group.modes.map((mode) => mode + 1)));
}

/** What the pointer is told of a group: eigenvalue, frequency, learning times. */
export function describeGroup(run: RunState, index: number, more: Hover["rows"] = []): Hover | null {
  const group = run.started?.groups[index];
  if (!group) return null;
  const row = run.finished?.rows.find((line) => line.modes[0] === numberOf(group));
  const rows: Hover["rows"] = [...more, [chartWords.eigenvalue, number(group.eigenvalue, 4)]];
  const frequency = run.started && frequencyOf(run.started, group);
  if (frequency) rows.push([chartWords.frequency, frequency]);
  rows.push([words.predictedTime, time(group.learning_time)]);
  if (row) rows.push([words.measuredTime, row.measured_learning_time === null ? words.notReached : time(row.measured_learning_time)]);
  if (!group.significant) rows.push([chartWords.start, words.smallStart]);
  return { title: groupName(group), rows, group: index };
}

/** "2"; over two inputs "k = (1, 2), |k| = 2.24", of its first mode; null where it has none. */
function frequencyOf(started: Started, group: Group): string | null {
  const waves = started.mode_wave_vectors;
  if (waves) {
    const wave = Array.from(waves.values.subarray(2 * numberOf(group) - 2, 2 * numberOf(group)));
    if (wave.length === 2 && wave.every(Number.isFinite)) return words.waveVector(wave.map(short), number(Math.hypot(...wave)));
  }
  return group.frequency === null ? null : short(group.frequency);
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function time(value: number | null): string {
  return value === null ? number(null) : `t = ${number(value, 4)}`;
}

/** The group drawn before or after the selected one, for the keyboard; the first or last one to begin with. */
export function neighbour(started: Started, view: View, direction: 1 | -1): number | null {
  const drawn = drawnGroups(started, view, "light").map(({ index }) => index);
  const at = view.selected === null ? -1 : drawn.indexOf(view.selected);
  if (at < 0) return drawn.at(direction === 1 ? 0 : -1) ?? null;
  return drawn[at + direction] ?? drawn[at] ?? null;
}
