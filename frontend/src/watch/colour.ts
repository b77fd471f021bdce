/** The colour of a row of the ladder: as modes', warm is learnt first. */
import { modeColour } from "../theme/mode-colour";
import type { Theme } from "../theme/tokens";

/** The last stop is nearly black on white: a row ends before it. */
const LAST = 0.875;

export function rungColour(row: number, rows: number, theme: Theme): string {
  return modeColour(rows > 1 ? (LAST * row) / (rows - 1) : 0, theme);
}
