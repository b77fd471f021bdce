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

it("says how many come before a run that waits", () => {
  const run = { state: "queued", ahead: 2 } as LiveRun;
  expect(serverWords.doing(run, "Queued")).toBe("Queued, 2 before it");
  expect(serverWords.doing({ ...run, state: "running", ahead: 0 }, "Training")).toBe("Training");
});

it("has bytes in their units", () => {
  expect(serverWords.used(limit(2 ** 20, null, "bytes"))).toMatch(/MB|MiB/);
});
