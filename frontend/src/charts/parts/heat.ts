/** Heatmaps against logarithmic time with a logarithmic colour: how much of something remains. */
import type { Frame, Started } from "../../api/codec";
import { spreadFrames } from "../../run/at-time";
import type { RunState } from "../../run/run";
import { MAGNITUDE } from "../../theme/tokens";
import type { LegendItem, Trace, Values } from "./figure";
import { chartWords } from "./words";

const words = {
  magnitudes: ["1", "10⁻²", "10⁻⁴ or less"],
} as const;

/** A heatmap is painted anew each time: twice a second while a run grows. */
export const HEAT_INTERVAL = 500;
const COLUMNS = 120;
/** Powers of ten that the colours cover, below 1. */
const DEPTH = 4;

export interface Heat<One extends { time: number } = Frame> {
  /** null before there is a measurement after the start. */
  trace: Trace | null;
  /** What the pointer found. */
  cell: (point: number) => { row: number; frame: One } | null;
}

/** `value`: what remains of row `row`, as a share of its start; null is a gap. */
export function heatOf(run: RunState, started: Started, rows: number[], value: (frame: Frame, row: number) => number | null): Heat {
  return heatOver(heatFrames(run, started), rows, value);
}

/** Records after the start, as many as there are columns. */
export function heatFrames(run: RunState, started: Started): Frame[] {
  return spreadFrames(run.frames, started, COLUMNS).filter(({ time }) => time > 0);
}

/** One column for each of these records. */
export function heatOver<One extends { time: number }>(frames: One[], rows: number[], value: (frame: One, row: number) => number | null): Heat<One> {
  if (!frames.length || !rows.length) return { trace: null, cell: () => null };
  // Its edges, one more than there are columns: Plotly's own would lie halfway in time, not in log time.
  const x = edges(frames.map((frame) => frame.time));
  const trace: Trace = {
    name: chartWords.remaining,
    type: "heatmap",
    x,
    y: rows,
    z: rows.map((_, row): Values => frames.map((frame) => depth(value(frame, row)))),
    zmin: -DEPTH,
    zmax: 0,
    colorscale: MAGNITUDE.map((colour, i, all) => [i / (all.length - 1), colour]),
    showscale: false,
    hoverongaps: false,
    hoverinfo: "none",
  };
  return {
    trace,
    cell: (point) => {
      const frame = frames[point % x.length];
      const row = Math.floor(point / x.length);
      return frame && row < rows.length ? { row, frame } : null;
    },
  };
}

export function heatLegend(): LegendItem[] {
  const last = MAGNITUDE.length - 1;
  return words.magnitudes.map((text, i) => ({ mark: "swatch", colour: MAGNITUDE[Math.round(last * (1 - i / 2))] as string, text }));
}

/** log10; what is gone has the last colour. */
function depth(value: number | null): number | null {
  if (value === null || !(value >= 0) || !Number.isFinite(value)) return null;
  return Math.max(-DEPTH, Math.log10(value));
}

/** Halfway between neighbours in log time. */
function edges(times: number[]): number[] {
  const between = times.slice(1).map((time, i) => Math.sqrt(time * (times[i] as number)));
  const [first, last] = [times[0] as number, times.at(-1) as number];
  const left = between.length ? first ** 2 / (between[0] as number) : first / 1.1;
  const right = between.length ? last ** 2 / (between.at(-1) as number) : last * 1.1;
  return [left, ...between, right];
}
