/** The caption under Watch's title: every sentence from the run's numbers, by rules. It changes at events only. */
import type { Started } from "../api/codec";
import { number, percent } from "../format";
import { positionOf, WHOLE_RUN_SECONDS, type Span } from "../run/playhead";
import type { RunState } from "../run/run";
import { errorsOf, isNear, learntTime, type Ladder, type Rung } from "./rungs";
import { inWords, listed, times } from "./words";

export interface Caption {
  /** What has happened: the part in bold. */
  lead: string;
  rest: string;
}

export interface Happening {
  time: number;
  caption: Caption;
  /** Waves that arrive close together are told of together. */
  arrived?: Rung;
}

/** Of a target that is no more than its waves, but for round-off. */
const WHOLE = 0.995;
/** So much after its predicted time a wave that is not there is late. */
const LATE = 1.25;
/** Of its start: from here on the kernel has moved so far that its predictions fail visibly. */
const MOVED = 0.1;
/** Seconds that a caption stays at least. */
export const STAYS = 1.5;

const said = {
  made: (count: number, kind: string) => (count === 1 ? "The target is one wave." : `The target is ${inWords(count)} ${kind} added together.`),
  makeUp: (count: number, kind: string, share: number) => `${capital(inWords(count))} ${kind} ${count === 1 ? "makes" : "make"} up ${percent(share)} of the target.`,
  begins: (who: string, name: string, time: number) => `Nothing is learnt yet; ${who} says that ${name} comes first, at t = ${number(time)}.`,
  beginsUnknown: (who: string) => `Nothing is learnt yet, and ${who} says that nothing will be in this run.`,
  who: { kernel: "the network's kernel", rehearsal: "the rehearsal" },
  first: (name: string) => `${capital(name)} is the first to arrive`,
  arrived: (name: string) => `${capital(name)} has just arrived`,
  together: (names: string[]) => `${capital(listed(names))} have just arrived`,
  waves: (turns: string[]) => `The waves that turn ${listed(turns)} have just arrived`,
  until: (time: number) => `, the last at t = ${number(time)}.`,
  asPredicted: (time: number, due: number) => `, at t = ${number(time)}; the network's kernel said ${number(due)} before the first step.`,
  sooner: (time: number, due: number) => `, at t = ${number(time)}, sooner than the ${number(due)} that the network's kernel said before the first step.`,
  later: (time: number, due: number) => `, at t = ${number(time)}, later than the ${number(due)} that the network's kernel said before the first step.`,
  asRehearsed: (time: number, due: number, kernel: number | null) => `, at t = ${number(time)}; rehearsed ${number(due)}, where the network's kernel said ${kernel === null ? "never" : number(kernel)} before the first step.`,
  unforeseen: (time: number) => `, at t = ${number(time)}; the network's kernel said before the first step that it never would.`,
  late: (name: string) => `${capital(name)} is late`,
  lateBy: (who: string, due: number, has: number) => `: ${who} said t = ${number(due)}, and ${percent(has)} of it is there.`,
  moved: (drift: number) => `The network's kernel has moved by ${percent(drift)}`,
  movedRest: ", so what it said before the first step holds less and less.",
  all: (count: number, kind: string) => `${count === 2 ? "Both" : `All ${inWords(count)}`} ${kind} are learnt`,
  one: (name: string) => `${capital(name)} is learnt`,
  spread: (first: string, from: number, last: string, to: number) => `: ${first} at t = ${number(from)}, ${last} at ${number(to)}, ${number(to / from, 2)} times later.`,
  some: (count: string, of: string, kind: string) => `${capital(count)} of ${of} ${kind} ${count === "one" ? "is" : "are"} learnt`,
  beyond: (who: string, name: string, due: number, end: number) => `. ${capital(name)} is not reached in this run: ${who} says t = ${number(due)}, and training ends at ${number(end)}.`,
  notReached: (name: string, reason: string) => `. ${capital(name)} is not reached in this run${reason ? `. ${reason}` : "."}`,
  never: (name: string, reason: string) => `. ${capital(name)} is not reached: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`,
  missed: (name: string, has: number) => `. ${capital(name)} is not there at the end: ${percent(has)} of it is.`,
  others: (count: string) => ` Nor are ${count} more.`,
  diverged: "Training blew up",
  dead: "The network died",
  cancelled: "Training was stopped",
  draft: "Not trained yet.",
  rehearsed: "Rehearsed, not trained yet.",
  willArrive: (name: string, due: number) => ` ${capital(name)} will have arrived by t = ${number(due)}.`,
  otherwise: (name: string, due: number, kernel: number | null) => ` ${capital(name)} will have arrived by t = ${number(due)}; the network's kernel alone says ${kernel === null ? "never" : number(kernel)}.`,
  willBlowUp: (sentence: string) => ` ${sentence}`,
  says: { kernel: (what: string) => ` The network's kernel says: ${what}`, rehearsal: (what: string) => ` ${capital(what)}` },
  draftAll: (first: string, from: number, count: number, to: number) => `${first} first, at t = ${number(from)}, and ${count === 2 ? "both" : `all ${inWords(count)}`} by t = ${number(to)}.`,
  draftOne: (name: string, time: number) => `${name} at t = ${number(time)}.`,
  draftSome: (first: string, from: number, missing: string) => `${first} first, at t = ${number(from)}; ${missing} not in this run.`,
  draftNone: (who: string) => ` ${capital(who)} says that nothing of this target is learnt in this run.`,
} as const;

/** All that a run's captions say, so far. */
export interface Story {
  opening: Caption;
  happenings: Happening[];
  /** Once the run has ended. */
  closing: Caption | null;
}

/** null before the first measurement. */
export function storyOf(run: RunState, ladder: Ladder): Story | null {
  if (!run.started || !run.frames.length) return null;
  return { opening: opening(ladder), happenings: happeningsOf(run, ladder), closing: closing(run, ladder) };
}

/** What is said at a time, where each caption stays for a while at this speed of playing. */
export function captionAt({ opening, happenings, closing }: Story, span: Span | null, time: number, speed = 1): Caption {
  if (!span || (closing && time >= span.last)) return closing ?? opening;
  const gap = (STAYS * speed) / WHOLE_RUN_SECONDS;
  const head = positionOf(span, time);
  const placeOf = (one: Happening) => positionOf(span, one.time);
  let shown = opening;
  let last = 0; // the opening's own place
  let rest = happenings;
  for (let next = rest[0]; next; next = rest[0]) {
    const place = Math.max(placeOf(next), last + gap);
    if (place > head) break;
    const ends = next.arrived ? rest.findIndex((one) => !one.arrived || placeOf(one) > place) : 1;
    const group = rest.slice(0, ends < 0 ? rest.length : Math.max(1, ends));
    shown = group.length > 1 ? together(group) : next.caption;
    last = place;
    rest = rest.slice(group.length);
  }
  return shown;
}

/** What theory says before training. */
export function draftCaption({ rungs }: Ladder): Caption {
  const rehearsed = rungs.some((rung) => rung.rehearsed);
  const source = rehearsed ? "rehearsal" : "kernel";
  const says = said.says[source];
  const due = rungs.filter((rung) => rung.within && rung.due !== null).sort(byDue);
  const [first, last] = [due[0], due.at(-1)];
  const missing = rungs.filter((rung) => !rung.within || rung.due === null);
  const rest = () => {
    if (!first || !last) return said.draftNone(said.who[source]) + (missing[0]?.sentence ? ` ${missing[0].sentence}` : "");
    const names = missing.length > 2 ? `${inWords(missing.length)} ${kindOf(missing)}` : listed(missing.map(({ name }) => name));
    if (missing.length) return says(said.draftSome(first.name, first.due as number, names));
    if (due.length === 1) return says(said.draftOne(first.name, first.due as number));
    return says(said.draftAll(first.name, first.due as number, due.length, last.due as number));
  };
  return { lead: rehearsed ? said.rehearsed : said.draft, rest: rest() };
}

/** What is said while a rehearsal is played: nothing of it is trained. */
export function rehearsedStory(started: Started, ladder: Ladder): Story {
  const rehearsal = started.rehearsal;
  const happenings = ladder.rungs.flatMap((rung): Happening[] => {
    if (!rung.due || !rung.within) return [];
    const rest = isNear(rung.due, rung.kernel) ? said.willArrive(rung.name, rung.due) : said.otherwise(rung.name, rung.due, rung.kernel);
    return [{ time: rung.due, caption: { lead: said.rehearsed, rest } }];
  });
  const opening = draftCaption(ladder);
  const broken = rehearsal?.ended === "diverges" || rehearsal?.ended === "dies";
  const closing = broken ? { lead: said.rehearsed, rest: said.willBlowUp(rehearsal.sentence) } : opening;
  return { opening, happenings: happenings.sort((a, b) => a.time - b.time), closing };
}

function opening({ rungs, left, share }: Ladder): Caption {
  const first = rungs.filter((rung) => rung.due !== null && rung.within).sort(byDue)[0];
  const nobody = said.who[rungs.some(({ rehearsed }) => rehearsed) ? "rehearsal" : "kernel"];
  const told = first && foretold(first);
  const count = rungs.length + left;
  const lead = rungs[0]?.kind !== "wave" ? "" : share >= WHOLE ? said.made(count, kindOf(rungs)) : said.makeUp(count, kindOf(rungs), share);
  const rest = first && told ? said.begins(told.who, first.name, told.time) : said.beginsUnknown(nobody);
  return { lead, rest: lead ? ` ${rest}` : rest };
}

function happeningsOf(run: RunState, { rungs }: Ladder): Happening[] {
  const newest = run.frames.at(-1)?.time ?? 0;
  const arrivals = rungs.flatMap((rung): Happening[] => {
    const time = learntTime(run, rung);
    return time === null || time <= 0 ? [] : [{ time, caption: arrival(rung, time, false), arrived: rung }];
  });
  arrivals.sort((a, b) => a.time - b.time);
  const first = arrivals[0];
  if (first?.arrived) first.caption = arrival(first.arrived, first.time, rungs.length > 1);
  const late = rungs.flatMap((rung): Happening[] => {
    const time = LATE * (rung.due ?? Infinity);
    if (!rung.due || !(time <= newest) || (learntTime(run, rung) ?? Infinity) <= time) return [];
    const at = run.frames.findLastIndex((frame) => frame.time <= time);
    const told = foretold(rung);
    return [{ time, caption: { lead: said.late(rung.name), rest: said.lateBy(told.who, told.time, shareOf(run, rung, at)) } }];
  });
  const moving = run.kernelFrames.find(({ drift }) => drift > MOVED);
  const moved = moving ? [{ time: moving.time, caption: { lead: said.moved(moving.drift), rest: said.movedRest } }] : [];
  return [...arrivals, ...late, ...moved].sort((a, b) => a.time - b.time);
}

function arrival(rung: Rung, time: number, first: boolean): Caption {
  const lead = first ? said.first(rung.name) : said.arrived(rung.name);
  if (isNear(time, rung.kernel)) return { lead, rest: said.asPredicted(time, rung.kernel as number) };
  if (rung.rehearsed && isNear(time, rung.due)) return { lead, rest: said.asRehearsed(time, rung.due as number, rung.kernel) };
  if (rung.kernel === null) return { lead, rest: said.unforeseen(time) };
  return { lead, rest: (time > rung.kernel ? said.later : said.sooner)(time, rung.kernel) };
}

/** Who says when a rung is due: the kernel where both say the same, else the rehearsal. */
function foretold({ due, kernel, rehearsed }: Rung): { who: string; time: number } {
  return { who: said.who[!rehearsed || due === kernel ? "kernel" : "rehearsal"], time: due ?? 0 };
}

function together(group: Happening[]): Caption {
  const rungs = group.flatMap(({ arrived }) => arrived ?? []);
  const turning = rungs.every(({ frequency }) => frequency);
  const lead = turning ? said.waves(rungs.map(({ frequency }) => times(frequency as number))) : said.together(rungs.map(({ name }) => name));
  return { lead, rest: said.until((group.at(-1) as Happening).time) };
}

/** Once the run has ended. */
function closing(run: RunState, { rungs }: Ladder): Caption | null {
  const { finished } = run;
  if (!finished) return null;
  const ends: Partial<Record<typeof finished.outcome, string>> = { diverged: said.diverged, dead_units: said.dead, cancelled: said.cancelled };
  const ended = ends[finished.outcome];
  if (ended) return { lead: `${ended}.`, rest: ` ${finished.sentence}` };
  const learnt = rungs.flatMap((rung) => {
    const time = learntTime(run, rung);
    return time === null ? [] : [{ rung, time }];
  });
  learnt.sort((a, b) => a.time - b.time);
  const kind = kindOf(rungs);
  const [first, last] = [learnt[0], learnt.at(-1)];
  if (learnt.length === rungs.length && first && last) {
    if (learnt.length === 1) return { lead: said.one(first.rung.name), rest: `, at t = ${number(first.time)}.` };
    return { lead: said.all(rungs.length, kind), rest: first.time > 0 ? said.spread(first.rung.name, first.time, last.rung.name, last.time) : "." };
  }
  const missing = rungs.filter((rung) => !learnt.some((one) => one.rung === rung));
  const worst = missing[0];
  if (!worst) return { lead: finished.sentence, rest: "" };
  const rest = missing.length > 1 ? said.others(inWords(missing.length - 1)) : "";
  return { lead: said.some(inWords(learnt.length), inWords(rungs.length), kind), rest: missedBy(run, worst, finished.time) + rest };
}

function missedBy(run: RunState, rung: Rung, end: number): string {
  if (rung.due === null && rung.rehearsed) return said.notReached(rung.name, rung.sentence ?? "");
  if (rung.due === null) return said.never(rung.name, rung.sentence ?? "");
  if (!rung.within) return said.beyond(foretold(rung).who, rung.name, foretold(rung).time, end);
  return said.missed(rung.name, shareOf(run, rung, run.frames.length - 1));
}

function shareOf(run: RunState, rung: Rung, at: number): number {
  return Math.max(0, 1 - (errorsOf(run, rung)[at] ?? 1));
}

function kindOf(rungs: readonly Rung[]): string {
  const waves = rungs[0]?.kind !== "group";
  return waves ? (rungs.length === 1 ? "wave" : "waves") : "modes";
}

function byDue(a: Rung, b: Rung): number {
  return (a.due ?? Infinity) - (b.due ?? Infinity);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
