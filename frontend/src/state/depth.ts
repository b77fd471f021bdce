/** How deep the page goes: Watch for who has not chosen yet, Measure for who has. Remembered, and part of the link, as the preset is that a changed set-up came from. */

export type Depth = "watch" | "measure";

const KEPT = "ntkscope.depth";
const NAMES = ["depth", "preset"] as const;

interface Split {
  depth: Depth | null;
  /** `id/variant`, where the set-up is a changed one. */
  preset: string | null;
  /** The config. */
  rest: string;
}

/** A link's hash in its parts. */
export function splitHash(hash: string): Split {
  const parts = hash.replace(/^#/, "").split("&");
  const told = (name: string) => parts.findLast((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
  return {
    depth: depthOf(told("depth")),
    preset: told("preset") ?? null,
    rest: parts.filter((part) => !NAMES.some((name) => part.startsWith(`${name}=`))).join("&"),
  };
}

export function joinHash({ depth, preset, rest }: { depth: Depth; preset: string | null; rest: string }): string {
  return `${rest}${preset ? `&preset=${preset}` : ""}&depth=${depth}`;
}

export function keptDepth(): Depth | null {
  try {
    return depthOf(localStorage.getItem(KEPT));
  } catch {
    return null; // Storage may be switched off.
  }
}

export function keepDepth(depth: Depth): void {
  try {
    localStorage.setItem(KEPT, depth);
  } catch {
    // Storage may be switched off: the choice holds until the page is left.
  }
}

function depthOf(value: string | null | undefined): Depth | null {
  return value === "watch" || value === "measure" ? value : null;
}
