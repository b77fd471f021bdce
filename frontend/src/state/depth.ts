/** How deep the page goes: Watch for who has not chosen yet, Measure for who has. Remembered, and part of the link. */

export type Depth = "watch" | "measure";

const KEPT = "ntkscope.depth";

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

export function depthOf(value: string | null | undefined): Depth | null {
  return value === "watch" || value === "measure" ? value : null;
}
