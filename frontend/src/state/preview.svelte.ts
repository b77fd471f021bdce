/** What theory says of the draft before a single step: asked for after every edit, the newest answer wins. */
import { api } from "../api/client";
import { decodeEvent, type Started } from "../api/codec";
import type { Problem } from "../api/problem";
import type { Preview, RunConfig } from "../api/types";
import { emptyRun, type RunState } from "../run/run";
import { Asking } from "./asking";

const DEBOUNCE_MS = 120;
/** Between two questions while the kernel is computed; a rehearsal's answer is waited for by the server itself. */
const AGAIN_MS = { cost: 500, rehearsing: 20 };

/** A run that is not trained: as it would begin, with its rehearsal. */
export interface Rehearsed {
  /** Of which it is. */
  config: RunConfig;
  run: RunState;
}

export class PreviewState {
  answer = $state.raw<Preview | null>(null);
  /** What is drawn of it; null until something is rehearsed. */
  rehearsed = $state.raw<Rehearsed | null>(null);
  /** The answer is not, or not all, of the draft as it stands. */
  stale = $state(false);
  problem = $state.raw<Problem | null>(null);
  private readonly asking = new Asking();

  /** Ask about a config; `soon` waits until typing pauses. */
  ask(config: RunConfig, soon = true): void {
    this.stale = true;
    this.asking.start((signal) => this.take(config, signal), (problem) => (this.problem = problem), soon ? DEBOUNCE_MS : 0);
  }

  /** The draft cannot be asked about: what is shown is of an earlier one. */
  suspend(): void {
    this.asking.stop();
    this.stale = true;
  }

  private async take(config: RunConfig, signal: AbortSignal): Promise<number | null> {
    const answer = await api.preview(config, signal);
    // What is drawn comes with the words that go with it.
    const bytes = answer.rehearsal ? await api.started(config, signal) : null;
    if (signal.aborted) return null;
    // The cost comes at once, the spectrum when it is ready: until then the former figures would mislead. The
    // rehearsal comes last: until then K₀'s answers stand.
    this.answer = answer;
    this.rehearsed = bytes && { config, run: { ...emptyRun("rehearsed"), started: decodeEvent(bytes) as Started } };
    this.problem = null;
    this.stale = answer.status === "cost";
    return answer.status === "ready" ? null : AGAIN_MS[answer.status];
  }
}
