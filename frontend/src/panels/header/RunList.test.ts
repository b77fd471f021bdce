import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RunsState } from "../../state/runs.svelte";
import type { PageState } from "../../state/page.svelte";
import { Toasts } from "../../state/toasts.svelte";
import { defaults } from "../../test/fixtures";
import RunList from "./RunList.svelte";

const WHY = "This version of ntkscope cannot read it: later: Extra inputs are not permitted.";
const good = { id: "good", name: "Good", tags: [], state: "completed", created_at: 1, ahead: 0, recorded: false, config: defaults() };
const bad = { id: "bad", name: "", created_at: 2, deleted_at: null, sentence: WHY };
const requests: string[] = [];
let shown: Record<string, unknown> | undefined;

beforeEach(() => {
  requests.length = 0;
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    requests.push(`${init.method} ${url.pathname.replace(/^.*\/api\//, "")}`);
    return Response.json(init.method === "GET" ? { total: 2, runs: [good], unreadable: [bad] } : bad);
  });
});
afterEach(() => {
  if (shown) void unmount(shown);
  vi.unstubAllGlobals();
});

it("lists a run that cannot be read with why, in its place; it can be deleted and not opened", async () => {
  const toasts = new Toasts();
  const runs = new RunsState(toasts, () => undefined);
  const page = { runs, lab: { summary: null } } as unknown as PageState;
  shown = mount(RunList, { target: document.body, props: { page, onopened: () => undefined } });
  flushSync();
  await vi.waitFor(() => expect(runs.loaded).toBe(true));
  flushSync();

  expect(requests).toEqual(["GET runs"]);
  const rows = [...document.querySelectorAll("li")].map((row) => row.textContent ?? "");
  expect(rows).toHaveLength(2);
  expect(rows[0]).toContain("Cannot be read");
  expect(rows[0]).toContain(WHY);
  expect(rows[1]).toContain("Good");
  expect(runs.rows.map((row) => row.id)).toEqual(["good"]);
  expect(document.querySelector("li")!.querySelectorAll("button")).toHaveLength(1);

  document.querySelector<HTMLButtonElement>("[aria-label='Delete bad']")!.click();
  await vi.waitFor(() => expect(requests).toContain("DELETE runs/bad"));
  await vi.waitFor(() => expect(runs.listed).toHaveLength(1));
  expect(toasts.all.map((toast) => toast.text)).toEqual(['Deleted "bad".']);
});

it("has no button but those that open, for who only watches", async () => {
  const runs = new RunsState(new Toasts(), () => undefined);
  const page = { runs, lab: { summary: null }, watchesOnly: true } as unknown as PageState;
  shown = mount(RunList, { target: document.body, props: { page, onopened: () => undefined } });
  await vi.waitFor(() => expect(runs.loaded).toBe(true));
  flushSync();

  expect([...document.querySelectorAll("li button")].map((button) => button.className)).toEqual([expect.stringContaining("open")]);
});
