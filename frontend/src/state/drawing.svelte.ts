/** The drawing that is being made: the form has its points, here is what can be done with them and undone. */
import { begun, changed, redone, undone, type History } from "../draw/history";
import { apartOf, covered, moved, MOST, placed, removed, rounded, type Changed, type Point, type Span } from "../draw/points";
import { simplified, type Stroke } from "../draw/stroke";
import { drawWords as words } from "../draw/words";
import { drawnOf, firstDrawing, spanOf, targetOf } from "./drawn";
import type { FormState } from "./form.svelte";
import { same } from "./schema";

/** What fills the height at least: a drawing need not. */
const USUAL: [number, number] = [-1.3, 1.3];
/** Above and below what is drawn, of its height: room to draw further. */
const ROOM = 0.15;
/** A stroke's few points may be so far off it, of the height. */
const TOLERANCE = 0.008;
/** A step of an arrow key, of the whole; with Shift. */
const STEP = { fine: 0.01, coarse: 0.05 };

export class DrawingState {
  /** Which point the keyboard moves. */
  chosen = $state<number | null>(null);
  /** What there is to say, beside the points. */
  note = $state("");
  private kept = $state.raw<History<readonly Point[]>>(begun([]));
  private shown = $state.raw<[number, number]>(USUAL);
  private readonly form: FormState;

  constructor(form: FormState) {
    this.form = form;
    this.shown = wanted(this.points, USUAL);
  }

  readonly points: readonly Point[] = $derived.by(() => drawnOf(this.form.config));
  readonly span: Span = $derived.by(() => {
    const span = spanOf(this.form.config);
    const xs = this.points.map(({ x }) => x);
    return span.round ? span : { ...span, low: Math.min(span.low, ...xs), high: Math.max(span.high, ...xs) };
  });
  /** Of y, from the lowest that can be drawn to the highest; it only grows while one draws. */
  readonly range: [number, number] = $derived.by(() => wanted(this.points, this.shown));
  /** What was changed elsewhere (a preset, a link) is no step of this drawing. */
  private readonly history = $derived.by(() => (sameDrawing(this.kept.now, this.points) ? this.kept : begun(this.points)));
  readonly canUndo = $derived.by(() => this.history.past.length > 0);
  readonly canRedo = $derived.by(() => this.history.future.length > 0);
  readonly said: string = $derived.by(() => {
    const point = this.chosen === null ? undefined : this.points[this.chosen];
    return this.note || (point && this.chosen !== null ? words.point(this.chosen, this.points.length, point.x, point.y) : words.points(this.points.length));
  });

  place(at: Point): void {
    this.take(placed(this.points, this.within(at), this.span));
  }

  /** @param kind "": a move of its own; else one with those of the same kind before it. */
  move(index: number, to: Point, kind = ""): void {
    this.take({ points: moved(this.points, index, this.within(to), this.span), chosen: index }, kind);
  }

  /** By the keyboard: so many steps to the right and up. */
  nudge(right: number, up: number, coarse: boolean): void {
    const index = this.chosen ?? 0;
    const point = this.points[index];
    if (!point) return;
    const part = coarse ? STEP.coarse : STEP.fine;
    const [low, high] = this.range;
    this.move(index, { x: point.x + right * part * (this.span.high - this.span.low), y: point.y + up * part * (high - low) }, `nudge ${index}`);
  }

  choose(index: number | null): void {
    this.note = "";
    this.chosen = index === null ? null : Math.max(0, Math.min(this.points.length - 1, index));
  }

  remove(): void {
    if (this.chosen !== null) this.take(removed(this.points, this.chosen));
  }

  /** In the middle of the chosen point and the next one, or of the last two. */
  insert(): void {
    const index = Math.min(this.chosen ?? 0, this.points.length - 2);
    const [a, b] = [this.points[index], this.points[index + 1]];
    if (a && b && b.x - a.x > 2 * apartOf(this.span)) this.place({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  }

  /** A stroke over what was there. */
  cover(stroke: Stroke, columns: number): void {
    const height = this.range[1] - this.range[0];
    const toX = (column: number) => this.span.low + (column / columns) * (this.span.high - this.span.low);
    const few = simplified(stroke.samples, TOLERANCE * height, MOST).map(({ x, y }) => this.within({ x: toX(x), y }));
    const all = covered(this.points, spread(few, apartOf(this.span)), this.span);
    this.take({ points: all.length > MOST ? simplified(all, 0, MOST) : all, chosen: null });
  }

  restart(): void {
    const { x, y } = firstDrawing(this.form.config) as { x: number[]; y: number[] };
    this.shown = USUAL;
    this.take({ points: x.map((one, i) => ({ x: one, y: y[i] ?? 0 })), chosen: null });
  }

  undo(): void {
    this.go(undone(this.history));
  }

  redo(): void {
    this.go(redone(this.history));
  }

  private take({ points, chosen }: Changed, kind = ""): void {
    const full = chosen === null && points.length >= MOST && sameDrawing(points, this.points);
    this.note = full ? words.full : "";
    const next = rounded(points, this.span, this.range[1] - this.range[0]);
    this.chosen = chosen;
    if (!sameDrawing(next, this.points)) this.write(changed(this.history, next, kind));
  }

  private go(history: History<readonly Point[]>): void {
    this.note = "";
    if (history !== this.history) this.write(history);
    if (this.chosen !== null) this.choose(this.chosen);
  }

  private write(history: History<readonly Point[]>): void {
    this.kept = history;
    this.form.choose("data.target", targetOf(history.now));
    this.shown = wanted(history.now, this.shown);
  }

  private within({ x, y }: Point): Point {
    return { x: Math.max(this.span.low, Math.min(this.span.high, x)), y: Math.max(this.range[0], Math.min(this.range[1], y)) };
  }
}

/** The range of y with room around the points: never less than it was. */
function wanted(points: readonly Point[], before: [number, number]): [number, number] {
  if (!points.length) return before;
  const ys = points.map(({ y }) => y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const room = ROOM * (high - low || 1);
  return [Math.min(before[0], low - room), Math.max(before[1], high + room)];
}

/** Without those that are too near to the one before. */
function spread(points: readonly Point[], apart: number): Point[] {
  const found: Point[] = [];
  for (const point of points) if (!found.length || point.x - (found.at(-1) as Point).x >= apart) found.push(point);
  return found;
}

function sameDrawing(a: readonly Point[], b: readonly Point[]): boolean {
  return same(targetOf(a), targetOf(b));
}
