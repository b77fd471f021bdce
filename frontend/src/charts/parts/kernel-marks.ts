/** What is measured of K_t: one mark a kernel frame after the start, faint where the play-head has not come to it. */
import type { KernelFrame } from "../../api/codec";
import { number, whole } from "../../format";
import { headOf, spreadPicks } from "../../run/at-time";
import type { RunState } from "../../run/run";
import type { View } from "../../run/view";
import { withOpacity } from "../../theme/mode-colour";
import { TOKENS, type Theme } from "../../theme/tokens";
import type { Hover, Trace } from "./figure";
import { finite } from "./values";
import { chartWords } from "./words";

const FADED = 0.25;
const POINTS = 40;

export interface KernelMarks {
  trace: Trace;
  /** Where each mark comes from. */
  frames: KernelFrame[];
}

interface Look {
  name: string;
  colour: string;
  /** null where there is nothing to draw. */
  value: (frame: KernelFrame) => number | null | undefined;
  symbol?: "circle" | "circle-open" | "square-open";
  /** Joins the marks, for what theory says at each of them. */
  dash?: string;
  size?: number;
  /** At most so many, spread evenly in log time. */
  most?: number;
}

export function kernelMarks(run: RunState, view: View, theme: Theme, look: Look): KernelMarks {
  const { name, colour, value, symbol = "circle", dash, most = POINTS } = look;
  const picks = spreadPicks(run.kernelFrames.map(({ time }) => time), most);
  // A line breaks where it has no value; marks alone need no gap.
  const frames = run.kernelFrames.filter((frame, i) => picks.has(i) && (dash || Number.isFinite(value(frame))));
  const head = headOf(run, view) ?? 0;
  const open = symbol !== "circle";
  const trace: Trace = {
    name,
    type: "scatter",
    mode: dash ? "lines+markers" : "markers",
    x: frames.map((frame) => frame.time),
    y: frames.map((frame) => finite(value(frame))),
    marker: {
      size: look.size ?? (open ? 7 : 6),
      symbol,
      opacity: 1,
      color: frames.map((frame) => (frame.time <= head ? colour : withOpacity(colour, FADED))),
      line: open ? { width: 1.25 } : { width: most > POINTS ? 0 : 1, color: TOKENS[theme].surface },
    },
    ...(dash ? { line: { color: colour, width: 2, dash }, connectgaps: false } : {}),
    cliponaxis: false,
    hoverinfo: "none",
  };
  return { trace, frames };
}

/** What is drawn of them. */
export function valuesOf({ trace }: KernelMarks): number[] {
  return trace.y.filter((value) => value !== null);
}

/** Why a card of kernel frames has nothing to draw; null where it has, or will have. */
export function kernelEmpty(run: RunState, value: (frame: KernelFrame) => unknown): string | null {
  if (!run.started) return chartWords.waiting;
  if (!run.started.kernel_steps.length) return chartWords.noKernelFrames;
  if (!run.kernelFrames.length) return chartWords.notYet;
  return run.kernelFrames.every((frame) => value(frame) == null) ? chartWords.notMeasured : null;
}

export function describeKernelFrame(title: string, frame: KernelFrame | undefined, rows: Hover["rows"]): Hover | null {
  if (!frame) return null;
  return { title, rows: [[chartWords.timeLabel, number(frame.time, 4)], [chartWords.step, whole(frame.step)], ...rows], group: null };
}
