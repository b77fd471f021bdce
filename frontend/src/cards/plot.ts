/** The only place that knows Plotly, which is loaded when the first chart is drawn. */
import type { Plotly, PlotlyElement, PlotlyPoint } from "plotly.js-cartesian-dist-min";
import type { Axis, Figure } from "../charts/parts/figure";
import { changeBetween } from "./change";
import { heldRanges, sameRanges, type Held, type Ranges } from "./ranges";

const CONFIG = {
  displayModeBar: false,
  showSendToCloud: false,
  displaylogo: false,
  // Plotly's own reset returns to the first range it was given; ours returns to the present one.
  doubleClick: false,
  scrollZoom: false,
  showTips: false,
};
const AT_ONCE = { transition: { duration: 0 }, frame: { duration: 0, redraw: false }, mode: "immediate" };

let loading: Promise<Plotly> | null = null;

export function loadPlotly(): Promise<Plotly> {
  loading ??= import("plotly.js-cartesian-dist-min").then((module) => module.default);
  // A load that failed (the server was away) may be tried again.
  loading.catch(() => (loading = null));
  return loading;
}

export interface PlotEvents {
  /** `x`, `y`: the pointer, in the window's coordinates. */
  hover(trace: number, point: number, x: number, y: number): void;
  leave(): void;
  click(trace: number, point: number): void;
  /** The visible ranges are others now. */
  ranges(ranges: Ranges, zoomed: boolean): void;
}

export interface Size {
  width: number;
  height: number;
}

export class Plot {
  private readonly plotly: Plotly;
  private readonly element: PlotlyElement;
  private readonly events: PlotEvents;
  private shown: Pick<Figure, "data" | "layout"> | null = null;
  private held: Held | null = null;
  private zoomed = false;
  /** The ranges of a zoom that came from the page: Plotly keeps only those of its own gestures over a redraw. */
  private own: Ranges | null = null;

  constructor(plotly: Plotly, element: HTMLElement, events: PlotEvents) {
    this.plotly = plotly;
    this.element = element as PlotlyElement;
    this.events = events;
  }

  /** Draws in the cheapest way. Returns true if the axes want to grow, but not yet: ask again. */
  draw(figure: Figure, size: Size, now: number): boolean {
    if (this.held?.uirevision !== figure.layout.uirevision) {
      this.zoomed = false;
      this.own = null;
    }
    const { held, waits } = heldRanges(this.held, figure.layout, this.zoomed, now);
    const next = { data: figure.data, layout: laidOut(figure, size, this.own ?? held.ranges, this.zoomed) };
    this.held = held;
    if (!this.shown) {
      void this.plotly.newPlot(this.element, copies(next.data), structuredClone(next.layout), CONFIG);
      this.listen();
    } else {
      this.update(this.shown, next);
    }
    this.shown = next;
    this.tell();
    return waits;
  }

  resetZoom(): void {
    if (this.held) this.zoomTo(this.held.ranges);
  }

  /** Shows these ranges until the zoom is reset. */
  zoomTo(ranges: Ranges): void {
    const { x, y } = ranges;
    this.own = this.held && !sameRanges(ranges, this.held.ranges) ? { x: [...x], y: [...y] } : null;
    void this.plotly.relayout(this.element, { "xaxis.range": [...x], "yaxis.range": [...y] });
  }

  destroy(): void {
    if (this.shown) this.plotly.purge(this.element);
    this.shown = null;
  }

  private update(before: Pick<Figure, "data" | "layout">, next: Pick<Figure, "data" | "layout">): void {
    const change = changeBetween(before, next);
    if (change.kind === "all") void this.plotly.react(this.element, copies(next.data), structuredClone(next.layout), CONFIG);
    if (change.kind !== "motion") return;
    const moved = change.traces.map((i) => ({ x: next.data[i]?.x, y: next.data[i]?.y }));
    // A motion that the next one overtakes is rejected: nothing is lost.
    this.plotly.animate(this.element, { data: moved, traces: change.traces }, AT_ONCE).catch(() => undefined);
  }

  private listen(): void {
    this.element.on("plotly_hover", ({ points, event }) => {
      const point = points[0];
      if (point) this.events.hover(point.curveNumber, this.indexOf(point), event.clientX, event.clientY);
    });
    this.element.on("plotly_unhover", () => this.events.leave());
    this.element.on("plotly_click", ({ points }) => {
      const point = points[0];
      if (point) this.events.click(point.curveNumber, this.indexOf(point));
    });
    this.element.on("plotly_doubleclick", () => this.resetZoom());
    this.element.on("plotly_relayout", (change) => {
      if (!Object.keys(change).some((key) => key.includes("axis")) || !this.held) return;
      // Our own changes of ranges come back here too: the reader has zoomed where the ranges are not the held ones.
      this.zoomed = !sameRanges(this.visible(), this.held.ranges);
      this.tell();
    });
  }

  private indexOf(point: PlotlyPoint): number {
    if (!Array.isArray(point.pointNumber)) return point.pointNumber;
    const [row, column] = point.pointNumber;
    return row * (this.shown?.data[point.curveNumber]?.x.length ?? 0) + column;
  }

  /** What the axes show: Plotly writes a zoom into its layout. */
  private visible(): Ranges {
    const { xaxis, yaxis } = this.element.layout;
    const held = this.held?.ranges ?? { x: [0, 1], y: [0, 1] };
    return { x: xaxis?.range ?? held.x, y: yaxis?.range ?? held.y };
  }

  private tell(): void {
    this.events.ranges(this.visible(), this.zoomed);
  }
}

function laidOut(figure: Figure, size: Size, ranges: Ranges, zoomed: boolean): Figure["layout"] {
  const { layout } = figure;
  const axis = (given: Axis, range: [number, number]): Axis => {
    const { dtick, ...rest } = given;
    // Between two powers of ten a zoomed axis needs ticks of its own.
    return zoomed || dtick === undefined ? { ...rest, range } : { ...rest, dtick, range };
  };
  return { ...layout, ...size, xaxis: axis(layout.xaxis, ranges.x), yaxis: axis(layout.yaxis, ranges.y) };
}

/** Plotly writes into what it is given; figures stay as they were made. */
function copies(data: Figure["data"]): object[] {
  return data.map((trace) => ({ ...trace }));
}
