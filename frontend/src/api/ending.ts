/** Why a run's log will not grow, asked of the run itself: some proxies close a socket without the server's code. */
import { api } from "./client";
import { Problem } from "./problem";

/** What a browser tells of a socket that was closed in order and without a code, as jupyter-server-proxy closes it. */
export const NO_CODE = 1005;

/** The states of a run whose log may grow. */
export const GOING_ON: readonly string[] = ["queued", "running", "paused"];
const OF_STATE: Record<string, number> = { failed: 4500, interrupted: 4503 };
const OF_STATUS: Record<number, number> = { 404: 4404, 410: 4410 };

/** The code and the reason that the server would have given; null while the log may grow, or nobody can say. */
export async function endOf(id: string): Promise<[code: number, reason: string] | null> {
  try {
    const { state, sentence } = await api.run(id);
    return GOING_ON.includes(state) ? null : [OF_STATE[state] ?? 1000, sentence];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const code = OF_STATUS[error.status];
    return code ? [code, error.sentence] : null;
  }
}
