/** What a run is doing, told from everything the page knows of it. */
import { GOING_ON } from "../api/ending";
import type { Connection } from "../api/stream";
import type { RunSummary } from "../api/types";
import type { RunState } from "../run/run";
import type { PHASES } from "../words";

export type Phase = Exclude<keyof typeof PHASES, "running">;

/** How the socket was closed for good, if it was. */
export interface Closed {
  code: number;
  reason: string;
}

const CLOSED: Record<number, Phase> = { 4404: "missing", 4410: "deleted", 4500: "failed", 4503: "interrupted" };

export function phaseOf(run: RunState, summary: RunSummary | null, connection: Connection, closed: Closed | null): Phase {
  if (!run.id) return "none";
  const told = closed && CLOSED[closed.code];
  if (told) return told;
  if (run.finished) return run.finished.outcome;
  // A run that ended before it was opened: its log is still coming in.
  if (summary && !isAlive(summary.state)) return connection === "ended" ? (summary.state as Phase) : "loading";
  if (run.tick?.paused) return "paused";
  if (summary?.state === "queued" && !run.started && !run.tick) return "queued";
  if (run.started && (run.tick || run.frames.length)) return "training";
  return run.tick || run.started ? "starting" : "loading";
}

/** Whether the run can still send events. */
export function isAlive(state: RunSummary["state"] | Phase): boolean {
  return [...GOING_ON, "loading", "starting", "training"].includes(state);
}
