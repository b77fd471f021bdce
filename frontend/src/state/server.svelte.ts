/** How the server is, read again and again while somebody looks. */
import { api } from "../api/client";
import { Problem } from "../api/problem";
import type { ServerNow } from "../api/types";

const EVERY_MS = 2000;
/** Between two looks at the limits that are shown beside Train; a training looks at once. */
export const SELDOM_MS = 30_000;

export class ServerState {
  now = $state.raw<ServerNow | null>(null);
  problem = $state.raw<Problem | null>(null);

  async refresh(): Promise<void> {
    try {
      this.now = await api.server();
      this.problem = null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
    }
  }

  /** From now on, until what it returns is called. */
  follow(everyMs = EVERY_MS): () => void {
    void this.refresh();
    const timer = setInterval(() => void this.refresh(), everyMs);
    return () => clearInterval(timer);
  }
}
