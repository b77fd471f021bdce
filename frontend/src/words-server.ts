/** Every sentence of the Server page. */
import type { LiveRun, ServerLimit, ServerNow } from "./api/types";
import { bytes, whole } from "./format";

const count = (number: number, one: string, more = `${one}s`) => `${whole(number)} ${number === 1 ? one : more}`;

export const serverWords = {
  title: "Server",
  live: "Runs and waits",
  kept: "Kept",
  limits: "Limits",
  nothing: "Nothing runs and nothing waits.",
  nothingKept: "No run is kept.",
  nobody: "–",
  columns: { run: "Run", person: "Asked for by", state: "State", speed: "Steps/s", memory: "Memory", runs: "Runs", last: "Last asked for", meaning: "What it limits", used: "Taken", most: "At most" },
  any: "any",
  each: "of each",
  scrolls: "A table that scrolls sideways",

  /** What there is, in one line each; what is wrong comes first. */
  facts(now: ServerNow): string[] {
    const ready = `${whole(now.warm_workers)} of ${count(now.workers, "worker")} ready`;
    const lag = now.viewers ? `, the slowest ${count(now.slowest_viewer_lags, "event")} behind` : "";
    return [
      ...(now.trouble ? [`The database takes no writes: ${now.trouble}.`] : []),
      `ntkscope ${now.version}, ${ready}.`,
      `${count(now.viewers, "viewer")}${lag}.`,
      ...(now.disk_free_bytes === null ? [] : [`${bytes(now.disk_free_bytes)} free on the database's disk.`]),
    ];
  },

  /** What a run is doing, or how many come before it. */
  doing: (run: LiveRun, phase: string): string => (run.state === "queued" && run.ahead ? `${phase}, ${whole(run.ahead)} before it` : phase),

  /** An amount in its unit. */
  amount(value: number, unit: string): string {
    return unit === "bytes" ? bytes(value) : whole(value);
  },
  most(limit: ServerLimit): string {
    return limit.most === null ? serverWords.any : serverWords.amount(limit.most, limit.unit);
  },
  used(limit: ServerLimit): string {
    return limit.used === null ? serverWords.each : serverWords.amount(limit.used, limit.unit);
  },
  /** Nine tenths are taken: the next may be refused. */
  nearly: (limit: ServerLimit): boolean => limit.used !== null && limit.most !== null && limit.used >= 0.9 * limit.most,
};
