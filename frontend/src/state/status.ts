/** The status line's parts, from what is known of the run. */
import type { Connection } from "../api/stream";
import type { RunSummary } from "../api/types";
import type { RunState } from "../run/run";
import { PHASES, words } from "../words";
import type { Phase } from "./phase";

export interface Status {
  /** Where it runs: device and precision. */
  machine: string[];
  /** Why on this device, where there was a choice. */
  why: string;
  /** What it is doing, in a word or two. */
  state: string;
  tone: "live" | "waiting" | "trouble" | "still";
  /** Time left, or nothing. */
  left: string;
}

const KNOWN_AFTER_SECONDS = 3;

export function statusOf(run: RunState, summary: RunSummary | null, phase: Phase, connection: Connection): Status {
  const machine = run.started ? [run.started.machine.device.toUpperCase(), run.started.machine.precision] : [];
  const why = summary?.placement?.reason ?? "";
  if (connection === "reconnecting") {
    return { machine, why, state: words.reconnecting(run.frames.at(-1)?.time ?? 0), tone: "trouble", left: "" };
  }
  const speed = run.tick?.steps_per_second ?? 0;
  if (phase === "training" && speed > 0) machine.push(words.speed(speed));
  // The first steps are slow: what is left would be told far too long.
  const known = phase === "training" && (run.tick?.wall_seconds ?? 0) >= KNOWN_AFTER_SECONDS;
  const seconds = known ? run.tick?.seconds_left : null;
  const left = seconds == null ? "" : words.left(seconds);
  if (phase === "queued" && summary?.ahead) return { machine, why, state: words.ahead(summary.ahead), tone: "waiting", left };
  if (phase === "loading" && run.frames.length) return { machine, why, state: words.loading(run.frames.length), tone: "waiting", left };
  return { machine, why, state: PHASES[phase], tone: toneOf(phase), left };
}

function toneOf(phase: Phase): Status["tone"] {
  if (phase === "training") return "live";
  if (["queued", "starting", "paused", "loading"].includes(phase)) return "waiting";
  if (["diverged", "dead_units", "failed", "interrupted", "missing"].includes(phase)) return "trouble";
  return "still";
}

/** Modes whose start and eigenvalue are above their floors: those that can be learnt at all. */
export function learnable(run: RunState): number {
  return (run.started?.groups ?? []).reduce((sum, group) => sum + (group.resolved ? group.modes.length : 0), 0);
}
