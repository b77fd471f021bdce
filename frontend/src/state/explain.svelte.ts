/** Why the draft does or does not learn its target: asked for when somebody wants to know, then until it is there. */
import { api } from "../api/client";
import type { Problem } from "../api/problem";
import type { Explanation, RunConfig } from "../api/types";
import { Asking } from "./asking";

const AGAIN_MS = 500;

export class ExplainState {
  /** The report, or how far it is; of the config that was asked about. */
  answer = $state.raw<Explanation | null>(null);
  problem = $state.raw<Problem | null>(null);
  private readonly asking = new Asking();

  /** Ask about a config. */
  ask(config: RunConfig): void {
    this.answer = null;
    this.problem = null;
    this.asking.start((signal) => this.take(config, signal), (problem) => (this.problem = problem));
  }

  /** Nobody wants it any more. */
  stop(): void {
    this.asking.stop();
  }

  private async take(config: RunConfig, signal: AbortSignal): Promise<number | null> {
    const answer = await api.explain(config, signal);
    if (signal.aborted) return null;
    this.answer = answer;
    this.problem = null;
    return answer.status === "working" ? AGAIN_MS : null;
  }
}
