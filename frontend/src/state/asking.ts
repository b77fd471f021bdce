/** One question at a time, asked again until its answer is whole. The newest question is the one that counts. */
import { Problem } from "../api/problem";

/** Between two tries while the server does not answer. */
export const SILENT_MS = 2000;

/** Takes the answer, unless it came too late, and tells after how many ms to ask again; null: it is whole. */
type Ask = (signal: AbortSignal) => Promise<number | null>;

export class Asking {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private request: AbortController | null = null;

  /** Asks in the place of what was asked before: at once, or `after` so many ms. A refusal ends it, silence does not. */
  start(ask: Ask, failed: (problem: Problem) => void, after?: number): void {
    this.stop();
    const { signal } = (this.request = new AbortController());
    const turn = async () => {
      let again: number | null;
      try {
        again = await ask(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        failed(error);
        again = error.unreachable ? SILENT_MS : null;
      }
      if (again !== null && !signal.aborted) this.timer = setTimeout(() => void turn(), again);
    };
    if (after === undefined) void turn();
    else this.timer = setTimeout(() => void turn(), after);
  }

  /** Nobody wants it any more: the server gives it up by itself. */
  stop(): void {
    clearTimeout(this.timer);
    this.request?.abort();
  }
}
