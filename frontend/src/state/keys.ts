/** The page's keys. They act wherever no field is being edited and no dialog is open. */
import type { PlayheadState } from "./playhead.svelte";

const EDITABLE = "input:not([type=range]), select, textarea, [contenteditable], dialog, [role=dialog]";
/** What Space does already on these. */
const PRESSABLE = "button, a[href], summary, [role=button]";

/** What keys act on. */
export interface KeyTargets {
  head: PlayheadState;
  /** When each row of the ladder is learnt, in the rows' order. */
  moments: readonly { time: number }[];
  help: () => void;
  /** Watch or Measure, whichever is not shown. */
  otherDepth: () => void;
}

/** Acts on a key; tells whether it was one of the page's. */
export function actOnKey(event: KeyboardEvent, { head, moments, help, otherDepth }: KeyTargets): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented && event.key === " ") return false;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(EDITABLE)) return false;
  if (event.key === " " && target?.closest(PRESSABLE)) return false;
  const actions: Record<string, () => void> = {
    " ": () => head.toggle(),
    ArrowLeft: () => head.step(-1),
    ArrowRight: () => head.step(1),
    Home: () => head.scrub(0),
    End: () => head.scrub(1),
    "+": () => head.faster(1),
    "=": () => head.faster(1),
    "-": () => head.faster(-1),
    "−": () => head.faster(-1),
    l: () => head.live(),
    n: () => jump(head, moments.filter(({ time }) => time > head.now).map(({ time }) => time), Math.min),
    p: () => jump(head, moments.filter(({ time }) => time < head.now).map(({ time }) => time), Math.max),
    o: () => (head.loop = !head.loop),
    t: () => (head.scale = head.scale === "log" ? "linear" : "log"),
    m: otherDepth,
    "?": help,
  };
  const row = /^[1-9]$/.test(event.key) ? moments[Number(event.key) - 1] : undefined;
  const act = row ? () => head.jump(row.time) : actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return false;
  act();
  return true;
}

function jump(head: PlayheadState, times: number[], nearest: (...times: number[]) => number): void {
  if (times.length) head.jump(nearest(...times));
}
