/**
 * The link is the view: what stands in a hash beside the config. `#run=ID&data.points=circle&...&depth=watch&t=0.045`:
 * the run in view where there is one (its config is there too, for a server that does not have it), the preset that a
 * changed set-up came from, and how it is looked at. What is as it is at first is left out.
 */
import type { TimeScale } from "../run/playhead";
import type { Ranges } from "../run/view";
import type { Theme } from "../theme/tokens";
import { depthOf, type Depth } from "./depth";

export interface ViewLink {
  run: string | null;
  depth: Depth | null;
  /** `id/variant`, where the set-up is a changed one. */
  preset: string | null;
  /** Where the play-head stands; null follows the newest frame. */
  time: number | null;
  scale: TimeScale;
  /** The selected group of modes. */
  selected: number | null;
  /** The further charts. */
  more: boolean;
  /** Where it was chosen. */
  theme: Theme | null;
  /** Of charts that were zoomed, by their ids. */
  ranges: Readonly<Record<string, Ranges>>;
  /** The config, as link.ts has it. */
  rest: string;
}

const ZOOM = "zoom.";
const NAMES = new Set(["run", "depth", "preset", "t", "time", "mode", "charts", "theme"]);
/** An id as servers give them. */
const ID = /^[\w-]{1,64}$/;

export function readLink(hash: string): ViewLink {
  const parts = hash.replace(/^#/, "").split("&").filter(Boolean);
  const own = (part: string) => NAMES.has(nameOf(part)) || part.startsWith(ZOOM);
  const told = new Map(parts.filter(own).map((part) => [nameOf(part), part.slice(nameOf(part).length + 1)]));
  const [run = "", theme] = [told.get("run"), told.get("theme")];
  const [time, mode] = [numberOf(told.get("t")), numberOf(told.get("mode"))];
  return {
    run: ID.test(run) ? run : null,
    depth: depthOf(told.get("depth")),
    preset: told.get("preset") ?? null,
    time: time !== null && time >= 0 ? time : null,
    scale: told.get("time") === "linear" ? "linear" : "log",
    selected: mode !== null && Number.isInteger(mode) && mode >= 0 ? mode : null,
    more: told.get("charts") === "more",
    theme: theme === "light" || theme === "dark" ? theme : null,
    ranges: Object.fromEntries(Array.from(told).flatMap(([name, value]) => (name.startsWith(ZOOM) ? rangesOf(name.slice(ZOOM.length), value) : []))),
    rest: parts.filter((part) => !own(part)).join("&"),
  };
}

/** Without `#`. */
export function writeLink({ run, depth, preset, time, scale, selected, more, theme, ranges, rest }: ViewLink): string {
  const zooms = Object.entries(ranges).map(([id, { x, y }]) => `${ZOOM}${id}=${[...x, ...y].join(",")}`);
  const said = [
    run && `run=${run}`,
    rest,
    preset && `preset=${preset}`,
    depth && `depth=${depth}`,
    time !== null && `t=${time}`,
    scale === "linear" && "time=linear",
    selected !== null && `mode=${selected}`,
    more && "charts=more",
    theme && `theme=${theme}`,
    ...zooms,
  ];
  return said.filter(Boolean).join("&");
}

function nameOf(part: string): string {
  const end = part.indexOf("=");
  return end < 0 ? part : part.slice(0, end);
}

function numberOf(text: string | undefined): number | null {
  const value = text ? Number(text) : NaN;
  return Number.isFinite(value) ? value : null;
}

function rangesOf(id: string, text: string): [string, Ranges][] {
  const [a, b, c, d, ...others] = text.split(",").map(numberOf);
  if (a == null || b == null || c == null || d == null || others.length || a === b || c === d) return [];
  return [[id, { x: [a, b], y: [c, d] }]];
}
