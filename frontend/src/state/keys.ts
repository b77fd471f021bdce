/** The page's keys. They act wherever no field is being edited and no dialog is open. */
import type { PlayheadState } from "./playhead.svelte";

const EDITABLE = "input:not([type=range]), select, textarea, [contenteditable], dialog, [role=dialog]";
/** What Space does already on these. */
const PRESSABLE = "button, a[href], summary, [role=button]";

/** Acts on a key; tells whether it was one of the page's. */
export function actOnKey(event: KeyboardEvent, head: PlayheadState, help: () => void): boolean {
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
    L: () => head.live(),
    "?": help,
  };
  const act = actions[event.key];
  if (!act) return false;
  act();
  return true;
}
