/** Every sentence of the Server page. */
import type { LiveRun, ServerLimit, ServerNow } from "./api/types";
import { bytes, whole } from "./format";

const count = (number: number, one: string, more = `${one}s`) => `${whole(number)} ${number === 1 ? one : more}`;

/** Of the limits that a new run meets, those that refuse it first: what is said when nine tenths are taken, and when all is. */
const MET: [setting: string, near: (used: string, most: string) => string, full: (used: string, most: string) => string][] = [
  ["NTKSCOPE_MAX_DISK_BYTES", (used, most) => `The database takes ${used}; at ${most} no run begins any more.`, (used, most) => `The database takes ${used}, and no run begins from ${most} on: delete some.`],
  ["NTKSCOPE_MAX_RUNS", (used, most) => `${used} of at most ${most} runs are kept.`, (used, most) => `${used} of at most ${most} runs are kept: delete one before you train.`],
  ["NTKSCOPE_MAX_QUEUED", (used, most) => `${used} of at most ${most} runs wait.`, (used, most) => `${used} of at most ${most} runs wait: cancel one, or wait, before you train.`],
];

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
  isMet: (limit: ServerLimit): boolean => limit.used !== null && limit.most !== null && limit.used >= limit.most,

  /** One line beside Train: a limit that the next run meets, or will soon, or that makes it wait; empty where none is near. */
  beforeTraining(limits: ServerLimit[]): string {
    const of = (setting: string) => limits.find((limit) => limit.setting === setting);
    const said = (full: boolean) =>
      MET.flatMap(([setting, near, met]) => {
        const limit = of(setting);
        if (!limit || !serverWords.nearly(limit) || serverWords.isMet(limit) !== full) return [];
        return (full ? met : near)(serverWords.used(limit), serverWords.most(limit));
      });
    const [workers, queue] = [of("NTKSCOPE_WORKERS"), of("NTKSCOPE_MAX_QUEUED")];
    const waits = workers && serverWords.isMet(workers) ? [`${count(workers.used ?? 0, "run")} at a time: the next one waits${queue?.used ? `, after ${count(queue.used, "other")}` : ""}.`] : [];
    return [...said(true), ...said(false), ...waits][0] ?? "";
  },
};
