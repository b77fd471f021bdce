/** What the page says where a target is drawn. */
import { frequency } from "../format";
import { MOST } from "./points";

export const drawWords = {
  title: "Draw the target",
  area: "The target as it is drawn",
  role: "drawing",
  how: "Draw a line. A click places a point, dragging moves it.",
  keys: "Arrow keys move the chosen point, with Shift further. Page Up and Page Down choose another, Home and End the first and the last. Enter adds a point, Delete removes it, Control Z takes back.",
  undo: "Undo",
  redo: "Redo",
  remove: "Remove point",
  restart: "Start again",
  done: "Done",
  x: "x",
  y: "y",
  none: "No point is chosen.",
  points: (count: number) => `${count} points`,
  full: `These are ${MOST} points, the most there can be: remove one to place another.`,
  point: (index: number, of: number, x: number, y: number) => `Point ${index + 1} of ${of}: x ${frequency(x)}, y ${frequency(y)}`,
} as const;
