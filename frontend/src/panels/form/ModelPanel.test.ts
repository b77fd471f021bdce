import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, it, vi } from "vitest";
import { FormState } from "../../state/form.svelte";
import { at } from "../../state/schema";
import { presets, schema } from "../../test/fixtures";
import ModelPanel from "./ModelPanel.svelte";

let shown: Record<string, unknown> | null = null;
afterEach(() => {
  if (shown) void unmount(shown);
  vi.unstubAllGlobals();
});

function find<Kind extends Element>(selector: string): Kind {
  const found = document.querySelector<Kind>(selector);
  if (!found) throw new Error(`nothing at ${selector}`);
  return found;
}

/** Pastes a text, which the server answers so. */
async function paste(form: FormState, status: number, answer: unknown): Promise<string[]> {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (_url: URL, init: RequestInit) => {
    asked.push(String(init.body));
    return new Response(JSON.stringify(answer), { status, headers: { "content-type": "application/json" } });
  });
  document.body.replaceChildren();
  shown = mount(ModelPanel, { target: document.body, props: { form } });
  flushSync();
  find<HTMLButtonElement>("button").click();
  flushSync();
  const box = find<HTMLTextAreaElement>("textarea");
  box.value = "nn.Sequential()";
  box.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
  find<HTMLButtonElement>("textarea ~ button").click();
  await vi.waitFor(() => find("[role=status], [role=alert]"));
  return asked;
}

it("fills the form with what the server read, and says what was not taken", async () => {
  const form = new FormState(schema, presets);
  const changes = { "network.width": [8, 4], "network.depth": 2, "network.activation": "sigmoid" };
  const asked = await paste(form, 200, { changes, ignored: ["Adam is not taken: so."], inputs: 3 });
  expect(asked).toEqual([JSON.stringify({ text: "nn.Sequential()" })]);
  expect(at(form.config, "network.width")).toEqual([8, 4]);
  expect(at(form.config, "network.activation")).toBe("sigmoid");
  const said = [...document.querySelectorAll("[role=status] p")].map((one) => one.textContent);
  expect(said[0]).toBe("The form has its 2 hidden layers now.");
  expect(said[1]).toMatch(/^Its first layer takes 3 inputs, these points have 1:/);
  expect(said[2]).toBe("Adam is not taken: so.");
  expect(document.querySelector("textarea")).toBeNull();
});

it("a refusal names its line and leaves the form and the text as they were", async () => {
  const form = new FormState(schema, presets);
  const before = form.config;
  const problem = { title: "No", status: 422, detail: "A layer. You gave nn.Conv1d.", where: "line 2", expected: "A layer.", got: "nn.Conv1d", remedy: "Take it out.", errors: [], more: 0 };
  await paste(form, 422, problem);
  expect(find("[role=alert]").textContent).toMatch(/^Line 2: .*nn.Conv1d/);
  expect(form.config).toBe(before);
  expect(find<HTMLTextAreaElement>("textarea").value).toBe("nn.Sequential()");
});
