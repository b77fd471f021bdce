/** A figure for a larger window: type, marks and margins grow; what it says does not. */
import type { Figure } from "../charts/parts/figure";

/** Attributes in pixels, wherever they stand in traces and layout. */
const PIXELS = new Set(["size", "width", "standoff", "ticklen", "xshift", "yshift", "borderpad", "l", "r", "t", "b", "linewidth", "zerolinewidth"]);
/** Numbers of those names that are no pixels: a bar is as wide as its x says. */
const DATA = new Set(["x", "y", "z", "range"]);

export function zoomed<Drawn extends Figure>(figure: Drawn, zoom: number): Drawn {
  if (zoom === 1) return figure;
  return { ...figure, data: figure.data.map((trace) => ({ ...(scaled(trace, zoom) as typeof trace), ...(trace.type === "bar" ? { width: trace["width"] } : {}) })), layout: scaled(figure.layout, zoom) as Drawn["layout"] };
}

function scaled(value: unknown, zoom: number): unknown {
  if (Array.isArray(value)) return value.map((one) => scaled(one, zoom));
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, DATA.has(name) ? inner : PIXELS.has(name) ? times(inner, zoom) : scaled(inner, zoom)]));
}

function times(value: unknown, zoom: number): unknown {
  if (typeof value === "number") return value * zoom;
  return Array.isArray(value) ? value.map((one) => times(one, zoom)) : value;
}
