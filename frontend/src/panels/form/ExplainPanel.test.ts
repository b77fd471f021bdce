import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, it, vi } from "vitest";
import type { Explanation } from "../../api/types";
import { schema } from "../../test/fixtures";
import { FormState } from "../../state/form.svelte";
import ExplainPanel from "./ExplainPanel.svelte";

let shown: Record<string, unknown> | undefined;
afterEach(() => {
  if (shown) void unmount(shown);
  shown = undefined;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const sentence = (kind: string, text: string, switches: object[] = []) => ({ kind, text, numbers: { share: 0.1 }, switches });
const report = (fields: object) => ({ status: "working", part: 0, config: {}, sentences: [], tried: [], ...fields }) as unknown as Explanation;
const READY = report({
  status: "ready",
  part: 1,
  sentences: [
    sentence("learns", "Within 3,000 steps it learns 3 %."),
    sentence("change", "What helps most: inputs scaled.", [{ words: "inputs scaled to [−1, 1]", changes: { "data.scale_inputs": "unit" } }]),
    sentence("tried", "Each alone also helps: features.", [
      { words: "random Fourier features", changes: { "network.encoding": { kind: "fourier", rows: 32, spread: 2 }, "training.stop.steps": 9000 } },
    ]),
  ],
});

function show(answers: Explanation[]) {
  vi.useFakeTimers();
  const fetched = vi.fn((..._: unknown[]) => Promise.resolve(new Response(JSON.stringify(answers.length > 1 ? answers.shift() : answers[0]))));
  vi.stubGlobal("fetch", fetched);
  document.body.replaceChildren();
  const form = new FormState(schema, []);
  shown = mount(ExplainPanel, { target: document.body, props: { form } });
  flushSync();
  return { form, fetched };
}

async function pass(milliseconds: number) {
  await vi.advanceTimersByTimeAsync(milliseconds);
  flushSync();
}

const text = () => document.body.textContent?.replace(/\s+/g, " ") ?? "";
const buttons = () => [...document.querySelectorAll("button")];

it("asks until the report is there, and tells how far it is", async () => {
  const { fetched } = show([report({ part: 0.4 }), READY]);
  await pass(0);
  expect(text()).toContain("40 %");
  expect(document.querySelector("progress")?.value).toBe(0.4);
  await pass(500);
  expect(fetched).toHaveBeenCalledTimes(2);
  expect([...document.querySelectorAll("li > span")].map((item) => item.textContent)).toEqual(READY.sentences.map((one) => one.text));
  await pass(5000);
  expect(fetched).toHaveBeenCalledTimes(2);
});

it("sets all values of a switch in the draft, and says that the report is of the one before", async () => {
  const { form, fetched } = show([READY]);
  await pass(0);
  const [scale, features] = buttons();
  expect(features?.textContent?.replace(/\s+/g, " ").trim()).toBe("Set random Fourier features");
  features?.click();
  flushSync();
  expect(form.runConfig.network?.encoding).toEqual({ kind: "fourier", rows: 32, spread: 2 });
  expect(form.runConfig.training?.stop?.steps).toBe(9000);
  expect(features?.disabled).toBe(true);
  expect(scale?.disabled).toBe(false);
  expect(text()).toContain("The set-up was changed since.");
  buttons().at(-1)?.click();
  await pass(0);
  expect(JSON.parse((fetched.mock.calls.at(-1)?.[1] as RequestInit).body as string).training.stop.steps).toBe(9000);
  expect(text()).not.toContain("changed since");
});

it("asks no more about a draft that was changed meanwhile, nor once it is closed", async () => {
  const { form, fetched } = show([report({ part: 0.1 })]);
  await pass(0);
  form.choose("training.stop.steps", 77);
  flushSync();
  await pass(2000);
  expect(fetched).toHaveBeenCalledTimes(1);
  expect(text()).toContain("Ask again");
  buttons().at(-1)?.click();
  await pass(0);
  if (shown) void unmount(shown);
  shown = undefined;
  await pass(2000);
  expect(fetched).toHaveBeenCalledTimes(2);
});
