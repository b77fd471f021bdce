/** What is set up is shown as it would begin, rehearsed, until it is trained. */
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { RunConfig, RunSummary } from "../api/types";
import { presets, recorded, schema, defaults } from "../test/fixtures";
import { FormState } from "./form.svelte";
import { PageState } from "./page.svelte";
import { PreviewState } from "./preview.svelte";

const started = recorded.find(({ json }) => json.type === "started")!;
const requests: string[] = [];
let rehearsal: object | null = {};

beforeEach(() => {
  vi.useFakeTimers();
  requests.length = 0;
  rehearsal = {};
  vi.stubGlobal("fetch", async (url: URL) => {
    requests.push(url.pathname.replace(/^.*\/api\//, ""));
    if (url.pathname.endsWith("started")) return new Response(started.bytes);
    return Response.json({ status: "ready", config: defaults(), spectrum: null, rehearsal });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function pageOf(): Promise<PageState> {
  const page = new PageState();
  page.form = new FormState(schema, presets);
  page.preview.ask(page.form.runConfig, false);
  await vi.advanceTimersByTimeAsync(10);
  flushSync();
  return page;
}

it("is asked for with the rehearsal, and not where there is none", async () => {
  const preview = new PreviewState();
  preview.ask(defaults() as unknown as RunConfig, false);
  await vi.advanceTimersByTimeAsync(10);
  expect(requests).toEqual(["preview", "preview/started"]);
  expect(preview.rehearsed?.run.started?.type).toBe("started");
  rehearsal = null;
  preview.ask(defaults() as unknown as RunConfig, false);
  await vi.advanceTimersByTimeAsync(10);
  expect(requests).toHaveLength(3);
  expect(preview.rehearsed).toBeNull();
});

it("is shown in the place of another run, and no longer than the form says the same", async () => {
  const page = await pageOf();
  expect(page.shown).toBe(page.preview.rehearsed?.run);
  expect(page.playhead.ahead).toBe(true);
  expect(page.playhead.now).toBe(page.playhead.reach);
  page.form!.choose("network.width", 3);
  expect(page.rehearsed).toBeNull();
  expect(page.shown).toBe(page.lab.run);
});

it("is played on Watch as soon as it is there, and rests at its end in Measure or where less motion is asked for", async () => {
  for (const [depth, reducedMotion, plays] of [["measure", false, false], ["watch", false, true], ["watch", true, false]] as const) {
    const page = await pageOf();
    page.depth = depth;
    page.surroundings.reducedMotion = reducedMotion;
    page.foreseen();
    expect([page.playhead.playing, page.watch.ahead]).toEqual([plays, true]);
  }
});

it("is played once, and leaves the play-head alone that a link of a trained run has set", async () => {
  const page = await pageOf();
  page.depth = "watch";
  page.foreseen();
  page.playhead.pause();
  page.playhead.time = 0;
  page.preview.rehearsed = { ...page.preview.rehearsed! }; // asked for again, of the same set-up
  page.foreseen();
  expect([page.playhead.playing, page.playhead.time]).toEqual([false, 0]);

  const opened = await pageOf();
  opened.lab.summary = { id: "a", config: opened.form!.runConfig, state: "completed" } as unknown as RunSummary;
  opened.standAt(0.5);
  opened.foreseen();
  expect(opened.playhead.time).toBe(0.5);
});

it("leaves when the run itself has something to show", async () => {
  const page = await pageOf();
  const config = page.form!.runConfig;
  page.lab.summary = { id: "a", config, state: "running" } as unknown as RunSummary;
  page.lab.run = { ...page.lab.run, id: "a" };
  expect(page.rehearsed).not.toBeNull(); // it is queued
  page.lab.run = { ...page.lab.run, started: page.preview.rehearsed!.run.started };
  page.lab.version += 1;
  expect(page.rehearsed).toBeNull();
});
