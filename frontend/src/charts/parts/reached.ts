/** Marks along time that are faint until the play-head has come to them. */
import { withOpacity } from "../../theme/mode-colour";
import type { Trace, Values } from "./figure";

/** How strong a mark is that the play-head has not reached, beside one that it has. */
const FADED = 0.25;

type Look = Pick<Trace, "name" | "type" | "mode" | "hoverinfo"> & { cliponaxis?: false };

/**
 * All marks as they are ahead of the play-head, and over them those that it has reached. Only the second trace changes
 * while the play-head moves, and of it only coordinates: a colour that changed would have the whole chart drawn anew.
 * The pointer finds the first one.
 *
 * @param look The marks, without coordinates.
 * @param shades Their colour, or that of each, ahead of the play-head, and what lies over it behind.
 * @param marker What has this colour.
 */
export function reachedMarks<Shade>(look: Look, x: readonly number[], y: Values, head: number, [ahead, over]: readonly [Shade, Shade], marker: (shade: Shade) => object): [Trace, Trace] {
  const reached = y.map((value, i) => ((x[i] as number) <= head ? value : null));
  return [
    { ...look, x, y, marker: marker(ahead) },
    { ...look, x, y: reached, marker: marker(over), hoverinfo: "skip" },
  ];
}

/** A colour ahead of the play-head, and what lies over it behind: together they are the colour at its own opacity. */
export function aheadAndOver(colour: string, opacity = 1): [string, string] {
  const below = opacity * FADED;
  return [withOpacity(colour, below), withOpacity(colour, (opacity - below) / (1 - below))];
}
