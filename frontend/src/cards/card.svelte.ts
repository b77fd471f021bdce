/** A card at work: asks for drawings, hands them to Plotly, and keeps what stands around the plot. */
import type { Figure, Hover } from "../charts/parts/figure";
import { followPinch } from "./pinch";
import { loadPlotly, Plot, type Size } from "./plot";
import { sameRanges, type Ranges } from "./ranges";
import { scheduler } from "./scheduler";

const RETRY_MS = 1000;
/** A card out of sight has its figure, for those who do not need to see it, once nothing changes any more. */
const SETTLED_MS = 500;

export interface Found {
  hover: Hover;
  /** In the plot's own coordinates. */
  x: number;
  y: number;
}

export class Card<Drawn extends Figure = Figure> {
  /** The figure as it was drawn last. */
  figure = $state.raw<Drawn | null>(null);
  found = $state.raw<Found | null>(null);
  ranges = $state.raw<Ranges | null>(null);
  zoomed = $state(false);
  /** Plotly did not come, or could not draw. */
  broken = $state(false);
  size = $state.raw<Size>({ width: 0, height: 0 });
  private plot: Plot | null = null;
  private visible = true;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private mark: () => void = () => undefined;
  private readonly make: () => Drawn;
  private readonly click: (figure: Drawn, trace: number, point: number) => void;
  private readonly onranges: (ranges: Ranges | null) => void;
  /** To be shown once there is something to show. */
  private pending: Ranges | null;

  /**
   * @param click Told which point of the figure was clicked.
   * @param onranges Told how far the reader has zoomed; null: not at all.
   * @param first How far somebody has zoomed already.
   */
  constructor(make: () => Drawn, click: (figure: Drawn, trace: number, point: number) => void, onranges: (ranges: Ranges | null) => void = () => undefined, first: Ranges | null = null) {
    this.make = make;
    this.click = click;
    this.onranges = onranges;
    this.pending = first;
  }

  /** Something that is drawn has changed. A card out of sight is drawn when it is seen again. */
  changed(): void {
    clearTimeout(this.settling);
    if (this.visible) this.mark();
    else this.settling = setTimeout(() => this.attempt(() => (this.figure = this.make()).interval), SETTLED_MS);
  }

  resetZoom(): void {
    this.plot?.resetZoom();
  }

  /** For Svelte's `@attach`. */
  readonly attach = (host: HTMLElement): (() => void) => {
    const task = scheduler.add((now) => this.draw(now));
    this.mark = () => task.mark();
    const resized = new ResizeObserver(() => {
      this.size = { width: host.clientWidth, height: host.clientHeight };
      this.changed();
    });
    resized.observe(host);
    const seen = new IntersectionObserver((entries) => {
      this.visible = entries.at(-1)?.isIntersecting ?? true;
      this.changed();
    });
    seen.observe(host);
    const unpinched = followPinch(host, {
      begin: () => this.ranges && this.figure && { ranges: this.ranges, box: innerBox(host, this.figure.layout.margin) },
      zoom: (ranges) => this.plot?.zoomTo(ranges),
    });
    let gone = false;
    loadPlotly().then(
      (plotly) => {
        if (gone) return;
        this.plot = new Plot(plotly, host, {
          hover: (trace, point, x, y) => this.hovered(host, trace, point, x, y),
          leave: () => (this.found = null),
          click: (trace, point) => this.figure && this.click(this.figure, trace, point),
          ranges: (ranges, zoomed) => this.moved(ranges, zoomed),
        });
        this.changed();
      },
      () => (this.broken = true),
    );
    return () => {
      gone = true;
      clearTimeout(this.settling);
      task.remove();
      resized.disconnect();
      seen.disconnect();
      unpinched();
      this.plot?.destroy();
      this.plot = null;
    };
  };

  private draw(now: number): number {
    const { plot, size } = this;
    if (!plot || size.width < 40 || size.height < 40) return 0;
    return this.attempt(() => {
      const figure = this.make();
      this.figure = figure;
      // The axes ask again until a second has passed since they last grew.
      if (plot.draw(figure, size, now)) this.mark();
      this.broken = false;
      if (this.pending && !figure.empty) {
        const pending = this.pending;
        this.pending = null;
        plot.zoomTo(pending);
      }
      return figure.interval;
    });
  }

  /** One chart that fails must not take the others with it. */
  private attempt(act: () => number): number {
    try {
      return act();
    } catch (error) {
      console.error(error);
      this.broken = true;
      return RETRY_MS;
    }
  }

  private hovered(host: HTMLElement, trace: number, point: number, x: number, y: number): void {
    const hover = this.figure?.describe(trace, point);
    const box = host.getBoundingClientRect();
    this.found = hover ? { hover, x: x - box.left, y: y - box.top } : null;
  }

  private moved(ranges: Ranges, zoomed: boolean): void {
    // A zoomed axis has other ticks.
    const other = !this.ranges || !sameRanges(this.ranges, ranges);
    if (!this.pending && (zoomed !== this.zoomed || (zoomed && other))) this.onranges(zoomed ? ranges : null);
    if (zoomed !== this.zoomed) this.changed();
    this.zoomed = zoomed;
    if (other) this.ranges = { x: [...ranges.x], y: [...ranges.y] };
  }
}

/** Where the axes are, on the screen. */
function innerBox(host: HTMLElement, margin: Figure["layout"]["margin"]): DOMRect {
  const box = host.getBoundingClientRect();
  return new DOMRect(box.left + margin.l, box.top + margin.t, box.width - margin.l - margin.r, box.height - margin.t - margin.b);
}
