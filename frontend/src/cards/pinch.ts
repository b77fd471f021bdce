/** Touch: one finger scrolls the page, two fingers zoom the chart. */
import type { Ranges } from "./ranges";

export interface Point {
  x: number;
  y: number;
}

/** Two fingers, from 0 to 1 across the plot's box, y upwards. */
export type Fingers = [Point, Point];

type Range = [number, number];

/** The ranges under which what was between the fingers is still between them, scaled as they parted. */
export function pinched(start: Ranges, from: Fingers, to: Fingers): Ranges {
  const scale = distance(from) / Math.max(distance(to), 1e-3);
  const axis = (range: Range, along: "x" | "y"): Range => {
    const length = range[1] - range[0];
    const low = range[0] + length * (middle(from, along) - scale * middle(to, along));
    return [low, low + scale * length];
  };
  return { x: axis(start.x, "x"), y: axis(start.y, "y") };
}

interface Target {
  /** The plot's box inside its element, and its present ranges; null while nothing is drawn. */
  begin: () => { box: DOMRect; ranges: Ranges } | null;
  zoom: (ranges: Ranges) => void;
}

/** Returns a function that stops following. */
export function followPinch(host: HTMLElement, target: Target): () => void {
  let start: { fingers: Fingers; ranges: Ranges; box: DOMRect } | null = null;
  const down = (event: TouchEvent) => {
    // Plotly would take every touch for a drag, and the page could not be scrolled over a chart. Taps reach it as clicks.
    event.stopPropagation();
    const begun = event.touches.length === 2 ? target.begin() : null;
    start = begun && { ...begun, fingers: fingersOf(event, begun.box) };
  };
  const move = (event: TouchEvent) => {
    if (!start || event.touches.length !== 2) return;
    event.preventDefault();
    target.zoom(pinched(start.ranges, start.fingers, fingersOf(event, start.box)));
  };
  const up = () => (start = null);
  host.addEventListener("touchstart", down, { capture: true, passive: true });
  host.addEventListener("touchmove", move, { capture: true, passive: false });
  host.addEventListener("touchend", up, true);
  host.addEventListener("touchcancel", up, true);
  return () => {
    host.removeEventListener("touchstart", down, true);
    host.removeEventListener("touchmove", move, true);
    host.removeEventListener("touchend", up, true);
    host.removeEventListener("touchcancel", up, true);
  };
}

function fingersOf(event: TouchEvent, box: DOMRect): Fingers {
  const at = (touch: Touch | undefined): Point => ({
    x: ((touch?.clientX ?? 0) - box.left) / box.width,
    y: 1 - ((touch?.clientY ?? 0) - box.top) / box.height,
  });
  return [at(event.touches[0]), at(event.touches[1])];
}

function distance([a, b]: Fingers): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function middle([a, b]: Fingers, along: "x" | "y"): number {
  return (a[along] + b[along]) / 2;
}
