import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, it, vi } from "vitest";
import { FormState } from "../../state/form.svelte";
import type { PageState } from "../../state/page.svelte";
import { schema } from "../../test/fixtures";
import TrainBar from "./TrainBar.svelte";

let shown: Record<string, unknown> | undefined;
afterEach(() => {
  if (shown) void unmount(shown);
  vi.unstubAllGlobals();
});

/** What stands beside Train where 950 of 1,000 runs are kept, and what the server was asked. */
async function beside(watchesOnly: boolean) {
  const limit = { setting: "NTKSCOPE_MAX_RUNS", meaning: "", used: 950, most: 1000, unit: "" };
  const fetched = vi.fn(async (..._: unknown[]) => Response.json({ limits: [limit] }));
  vi.stubGlobal("fetch", fetched);
  document.body.replaceChildren();
  const page = {
    watchesOnly, surroundings: { hidden: false }, runs: { total: 950 }, preview: { answer: null, stale: false },
    lab: { busy: false, phase: "completed", summary: null, problem: null },
  } as unknown as PageState;
  shown = mount(TrainBar, { target: document.body, props: { page, form: new FormState(schema, []) } });
  await new Promise((soon) => setTimeout(soon));
  flushSync();
  return { near: document.querySelector(".near")?.textContent, asked: fetched.mock.calls.length };
}

it("says which limit is near before it is met", async () => {
  expect(await beside(false)).toEqual({ near: "950 of at most 1,000 runs are kept.", asked: 1 });
});

it("asks and says nothing of limits to who may not train", async () => {
  expect(await beside(true)).toEqual({ near: undefined, asked: 0 });
});
