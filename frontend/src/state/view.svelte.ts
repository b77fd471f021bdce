/** How the run in view is looked at: what the reader has chosen, at the play-head, in a window of this width. */
import { DEFAULT_VIEW, type Ranges, type View } from "../run/view";

/** Figures of a zoomed range: a screen shows no more. */
const FIGURES = 6;

export class ViewState {
  /** Of charts that were zoomed, by their ids. */
  ranges = $state.raw<Readonly<Record<string, Ranges>>>({});
  /** Grows as a link says how far is zoomed: a card takes that as it is made. */
  linked = $state(0);
  /** The id of the chart that somebody asked to see; null once something else is done. */
  private sought = $state<string | null>(null);
  private chosen = $state.raw<Partial<View>>({});
  private readonly given: () => Pick<View, "time" | "narrow" | "zoom">;

  /** @param given What others decide: the play-head and the window. */
  constructor(given: () => Pick<View, "time" | "narrow" | "zoom">) {
    this.given = given;
  }

  readonly view: View = $derived.by(() => ({ ...DEFAULT_VIEW, ...this.chosen, ...this.given() }));

  /** The selected group of modes. */
  get selected(): number | null {
    return this.chosen.selected ?? null;
  }

  change(part: Partial<View>): void {
    this.chosen = { ...this.chosen, ...part };
  }

  seek(id: string | null): void {
    this.sought = id;
  }

  isSought({ id }: { id: string }): boolean {
    return id === this.sought;
  }

  /** For Svelte's `@attach`: what holds a chart that is asked for comes into sight. */
  reveal(chart: { id: string }): (holder: Element) => void {
    return (holder) => {
      if (this.isSought(chart)) holder.scrollIntoView({ block: "center" });
    };
  }

  /** How far a chart is zoomed. */
  rangesOf({ id }: { id: string }): Ranges | undefined {
    return this.ranges[id];
  }

  /** As the sender of a link had zoomed. */
  zoomAll(ranges: Readonly<Record<string, Ranges>>): void {
    if (JSON.stringify(ranges) !== JSON.stringify(this.ranges)) this.linked += 1;
    this.ranges = ranges;
  }

  /** A chart was zoomed to these ranges; null: it shows all of it again. */
  zoom({ id }: { id: string }, ranges: Ranges | null): void {
    const { [id]: _, ...others } = this.ranges;
    this.ranges = ranges ? { ...others, [id]: { x: [short(ranges.x[0]), short(ranges.x[1])], y: [short(ranges.y[0]), short(ranges.y[1])] } } : others;
  }
}

function short(value: number): number {
  return Number(value.toPrecision(FIGURES));
}
