/** How deep the page goes: Watch for who has not chosen yet, Measure for who has. Remembered, and part of the link. */

export type Depth = "watch" | "measure";

const KEPT = "ntkscope.depth";
const NAME = "depth";

/** A link's hash without its depth, and that depth where it has one. */
export function splitDepth(hash: string): { depth: Depth | null; rest: string } {
  const parts = hash.replace(/^#/, "").split("&");
  const told = parts.findLast((part) => part.startsWith(`${NAME}=`))?.slice(NAME.length + 1);
  return { depth: depthOf(told), rest: parts.filter((part) => !part.startsWith(`${NAME}=`)).join("&") };
}

export function withDepth(rest: string, depth: Depth): string {
  return `${rest}&${NAME}=${depth}`;
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
