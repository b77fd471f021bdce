/** Why the draft does or does not learn its target: asked for when somebody wants to know, then until it is there. */
import { api } from "../api/client";
import { Problem } from "../api/problem";
import type { Explanation, RunConfig } from "../api/types";

const AGAIN_MS = 500;
/** Between two tries while the server does not answer. */
const SILENT_MS = 2000;

export class ExplainState {
  /** The report, or how far it is; of the config that was asked about. */
  answer = $state.raw<Explanation | null>(null);
  problem = $state.raw<Problem | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private request: AbortController | null = null;

  /** Ask about a config. */
  ask(config: RunConfig): void {
    this.stop();
    this.answer = null;
    this.problem = null;
    void this.send(config);
  }

  /** Nobody wants it any more: the server gives it up by itself. */
  stop(): void {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  private async send(config: RunConfig): Promise<void> {
    const request = new AbortController();
    this.request = request;
    try {
      const answer = await api.explain(config, request.signal);
      if (request.signal.aborted) return;
      this.answer = answer;
      this.problem = null;
      if (answer.status === "working") this.timer = setTimeout(() => void this.send(config), AGAIN_MS);
    } catch (error) {
      if (request.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
      if (error.unreachable) this.timer = setTimeout(() => void this.send(config), SILENT_MS);
    }
  }
}
