import { expect, it } from "vitest";
import type { LiveRun, ServerLimit, ServerNow } from "./api/types";
import { serverWords } from "./words-server";

const now: ServerNow = {
  version: "0.1.0", begun_at: 0, workers: 2, warm_workers: 1, trouble: "", disk_free_bytes: 5e9, viewers: 1, slowest_viewer_lags: 3,
  live: [], kept: [], limits: [],
};
const limit = (used: number | null, most: number | null, unit = ""): ServerLimit => ({ setting: "NTKSCOPE_MAX_RUNS", meaning: "Most runs.", most, used, unit });

it("says what there is, trouble first", () => {
  expect(serverWords.facts(now)).toEqual(["ntkscope 0.1.0, 1 of 2 workers ready.", "1 viewer, the slowest 3 events behind.", expect.stringMatching(/free on the database's disk\.$/)]);
  expect(serverWords.facts({ ...now, trouble: "disk full", viewers: 0, disk_free_bytes: null })).toEqual([
    "The database takes no writes: disk full.", "ntkscope 0.1.0, 1 of 2 workers ready.", "0 viewers.",
  ]);
});

it.each([
  [limit(3, 9), "3", "9", false],
  [limit(9, 10), "9", "10", true],
  [limit(3, null), "3", "any", false],
  [limit(null, 9), "of each", "9", false],
])("a limit of %o", (one, used, most, nearly) => {
  expect([serverWords.used(one), serverWords.most(one), serverWords.nearly(one)]).toEqual([used, most, nearly]);
});

const taken = (used: Record<string, number>): ServerLimit[] =>
  Object.entries({ WORKERS: 2, MAX_QUEUED: 50, MAX_MEMORY_BYTES: 1e9, MAX_RUNS: 1000, MAX_DISK_BYTES: 4e9 }).map(([name, most]) => ({
    setting: `NTKSCOPE_${name}`, meaning: "", most, used: used[name] ?? 0, unit: name.endsWith("_BYTES") ? "bytes" : "",
  }));

it.each([
  [{}, ""],
  [{ WORKERS: 1, MAX_QUEUED: 44, MAX_RUNS: 899, MAX_DISK_BYTES: 3.5e9, MAX_MEMORY_BYTES: 1e9 }, ""],
  [{ WORKERS: 2 }, "2 runs at a time: the next one waits."],
  [{ WORKERS: 2, MAX_QUEUED: 1 }, "2 runs at a time: the next one waits, after 1 other."],
  [{ WORKERS: 2, MAX_QUEUED: 45 }, "45 of at most 50 runs wait."],
  [{ WORKERS: 2, MAX_QUEUED: 50 }, "50 of at most 50 runs wait: cancel one, or wait, before you train."],
  [{ MAX_RUNS: 900 }, "900 of at most 1,000 runs are kept."],
  [{ MAX_RUNS: 1001 }, "1,001 of at most 1,000 runs are kept: delete one before you train."],
  [{ MAX_DISK_BYTES: 3.8e9 }, "The database takes 3.8 GB; at 4 GB no run begins any more."],
  [{ MAX_DISK_BYTES: 4e9 }, "The database takes 4 GB, and no run begins from 4 GB on: delete some."],
  [{ MAX_DISK_BYTES: 3.8e9, MAX_RUNS: 1000 }, "1,000 of at most 1,000 runs are kept: delete one before you train."],
])("of %o says before training: %s", (used, line) => {
  expect(serverWords.beforeTraining(taken(used))).toBe(line);
});

it("has nothing to say of limits that are not set", () => {
  expect(serverWords.beforeTraining(taken({ MAX_RUNS: 5, MAX_DISK_BYTES: 5 }).map((limit) => ({ ...limit, most: null })))).toBe("");
});

it("says how many come before a run that waits", () => {
  const run = { state: "queued", ahead: 2 } as LiveRun;
  expect(serverWords.doing(run, "Queued")).toBe("Queued, 2 before it");
  expect(serverWords.doing({ ...run, state: "running", ahead: 0 }, "Training")).toBe("Training");
});

it("has bytes in their units", () => {
  expect(serverWords.used(limit(2 ** 20, null, "bytes"))).toMatch(/MB|MiB/);
});
