/** While the server is silent the page says so, and no longer than that; what it refuses is not trained. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem } from "../api/problem";
import type { RunConfig } from "../api/types";
import { defaults, presets, schema } from "../test/fixtures";
import { FormState } from "./form.svelte";
import { PageState } from "./page.svelte";
import { SILENT_MS } from "./asking";
import { PreviewState } from "./preview.svelte";

const config = () => defaults() as unknown as RunConfig;

let answer: () => Promise<Response>;
const silent = () => Promise.reject(new TypeError("Failed to fetch"));
const ready = () => Promise.resolve(Response.json({ status: "ready", config: defaults(), spectrum: null, notices: [], warnings: [] }));

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", () => answer());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("asks again until the server is back, and then says nothing more of its silence", async () => {
  const preview = new PreviewState();
  answer = silent;
  preview.ask(config(), false);
  await vi.advanceTimersByTimeAsync(10);
  expect(preview.problem?.unreachable).toBe(true);
  answer = ready;
  await vi.advanceTimersByTimeAsync(SILENT_MS + 10);
  expect(preview.problem).toBeNull();
  expect(preview.answer?.status).toBe("ready");
});

it("asks the server no more often than that while it is silent", async () => {
  const preview = new PreviewState();
  const asked = vi.fn(silent);
  answer = asked;
  preview.ask(config(), false);
  await vi.advanceTimersByTimeAsync(5 * SILENT_MS + 10);
  expect(asked).toHaveBeenCalledTimes(6);
});

it("no longer says that a run could not be begun once the server answers", () => {
  const page = new PageState();
  page.lab.problem = Problem.silence();
  page.reached();
  expect(page.lab.problem).toBeNull();
  page.lab.problem = new Problem({ title: "Too many runs wait" });
  page.reached();
  expect(page.lab.problem?.title).toBe("Too many runs wait");
});

it("does not train what the server refuses, until it is edited", () => {
  const form = new FormState(schema, presets);
  expect(form.trainable).toBe(true);
  form.refusals = { "data.target": "A formula that is a finite number at every point." };
  expect(form.trainable).toBe(false);
  expect(form.valid).toBe(true); // it can be asked about: another field may mend it
  form.set(config());
  expect(form.trainable).toBe(true);
});

it("asks again until the rehearsal is there, and shows what K₀ says until then", async () => {
  const preview = new PreviewState();
  const statuses = ["cost", "rehearsing", "rehearsing", "ready"];
  const asked = vi.fn(() => Promise.resolve(Response.json({ status: statuses[asked.mock.calls.length - 1], config: defaults(), spectrum: null })));
  answer = asked;
  preview.ask(config(), false);
  await vi.advanceTimersByTimeAsync(10);
  expect([preview.answer?.status, preview.stale]).toEqual(["cost", true]);
  await vi.advanceTimersByTimeAsync(500);
  expect([preview.answer?.status, preview.stale]).toEqual(["rehearsing", false]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(preview.answer?.status).toBe("ready");
  expect(asked).toHaveBeenCalledTimes(4);
});
