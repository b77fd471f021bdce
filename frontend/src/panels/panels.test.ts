import { flushSync, mount, unmount, type Component } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Verdict } from "../api/types";
import { FormState } from "../state/form.svelte";
import { Toasts } from "../state/toasts.svelte";
import { presets, schema } from "../test/fixtures";
import FieldRow from "./form/FieldRow.svelte";
import PresetPicker from "./form/PresetPicker.svelte";
import ChartsSwitch from "./ChartsSwitch.svelte";
import VerdictChip from "./header/VerdictChip.svelte";
import ToastList from "./Toasts.svelte";

let shown: Record<string, unknown>[] = [];

function show<Props extends Record<string, unknown>>(component: Component<Props>, props: Props): HTMLElement {
  document.body.replaceChildren();
  shown.push(mount(component, { target: document.body, props }));
  flushSync();
  return document.body;
}

function find<Kind extends Element>(selector: string): Kind {
  const found = document.querySelector<Kind>(selector);
  if (!found) throw new Error(`nothing at ${selector}`);
  return found;
}

function type(input: HTMLInputElement, text: string) {
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  for (const component of shown) void unmount(component);
  shown = [];
  vi.useRealTimers();
});

describe("VerdictChip", () => {
  const numbers = { function_error: 0.021, modes_error: 0.01, worst_error: 0.42, worst_modes: [5], drift: 0.68, rising: [] };
  const holds: Verdict = { ...numbers, word: "holds", cause: null, text: "Prediction holds" };
  const fails: Verdict = { ...numbers, word: "fails", cause: "kernel_moved", text: "Prediction fails: the kernel moved 68 %" };

  it.each([
    ["completed", holds, "Prediction holds", "ok"],
    ["training", fails, "Prediction fails: the kernel moved 68 %", "warning"],
    ["diverged", fails, "Diverged", "error"],
    ["dead_units", null, "All units dead", "error"],
  ] as const)("a run that is %s says it", (phase, verdict, text, tone) => {
    expect(show(VerdictChip, { phase, verdict }).textContent?.trim()).toBe(text);
    expect(find(".chip").classList).toContain(tone);
  });

  it("says nothing before there is one", () => {
    expect(show(VerdictChip, { phase: "starting" as const, verdict: null }).textContent?.trim()).toBe("");
  });

  it("opens on its numbers, with the limits and what is above them", () => {
    show(VerdictChip, { phase: "completed" as const, verdict: fails });
    find<HTMLButtonElement>("button").click();
    flushSync();
    const rows = [...document.querySelectorAll("dl div")].map((row) => row.textContent);
    expect(rows).toHaveLength(4);
    expect(rows[2]).toMatch(/worst: mode 5.*42.*limit 20/);
    expect([...document.querySelectorAll("dd.over")].map((value) => value.textContent)).toHaveLength(1);
    expect(find(".panel .panel").textContent).toContain("the kernel's motion is the cause");
  });
});

it("ChartsSwitch says which charts are shown and asks for the others", () => {
  const asked: boolean[] = [];
  show(ChartsSwitch, { more: false, onchange: (more: boolean) => asked.push(more) });
  const buttons = [...document.querySelectorAll("button")];
  expect(buttons.map((button) => [button.textContent, button.getAttribute("aria-pressed")])).toEqual([
    ["Six charts", "true"],
    ["More", "false"],
  ]);
  for (const button of buttons) button.click();
  expect(asked).toEqual([false, true]);
});

describe("FieldRow", () => {
  function rowOf(path: string) {
    const form = new FormState(schema, presets);
    const row = form.rows.find((one) => one.path === path);
    if (!row) throw new Error(`no row ${path}`);
    show(FieldRow, { form, row, onpoint: () => {} });
    return { form, input: find<HTMLInputElement>("input, select") };
  }

  it("ties label, help and error to its field", () => {
    const { input } = rowOf("network.width");
    expect(find<HTMLLabelElement>("label").htmlFor).toBe(input.id);
    type(input, "-4");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    const described = (input.getAttribute("aria-describedby") ?? "").split(" ").map((id) => find(`#${id}`).textContent);
    expect(described).toEqual(["Hidden units in every layer.", "Width must be at least 1; you gave −4."]);
    type(input, "8");
    expect(input.getAttribute("aria-invalid")).toBe("false");
    expect(document.querySelector(".error")).toBeNull();
  });

  it("sets symbols as symbols", () => {
    rowOf("network.sigma_w");
    expect(find("label sub").textContent).toBe("w");
  });

  it("changes a whole number by arrow keys", () => {
    const { form, input } = rowOf("network.depth");
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true }));
    flushSync();
    expect(form.hash).toContain("network.depth=2");
  });

  it("offers a union's kinds by their plain names", () => {
    const { form, input } = rowOf("data.points");
    expect([...input.querySelectorAll("option")].map((option) => option.textContent)).toContain("Unit circle");
    input.value = "circle";
    input.dispatchEvent(new Event("change", { bubbles: true }));
    expect(form.hash).toContain("data.points=circle");
  });
});

describe("PresetPicker", () => {
  it("fills the form and says what to look for", () => {
    const form = new FormState(schema, presets);
    show(PresetPicker, { form });
    const preset = presets.find((one) => one.variants.length > 1);
    if (!preset) throw new Error("no preset with variants");
    const select = find<HTMLSelectElement>("#preset");
    select.value = preset.id;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    flushSync();
    expect(document.body.textContent).toContain(preset.look_for);
    expect(form.config).toEqual(preset.variants[0]?.config);
    const variant = find<HTMLSelectElement>("#variant");
    variant.value = preset.variants[1]?.name ?? "";
    variant.dispatchEvent(new Event("change", { bubbles: true }));
    expect(form.config).toEqual(preset.variants[1]?.config);
  });
});

describe("a toast", () => {
  it("offers its undo for ten seconds", () => {
    const toasts = new Toasts();
    const undo = vi.fn();
    show(ToastList, { toasts });
    toasts.undo("Deleted.", undo);
    vi.advanceTimersByTime(9900);
    flushSync();
    find<HTMLButtonElement>(".toast button").click();
    expect(undo).toHaveBeenCalledOnce();
    flushSync();
    expect(document.querySelector(".toast")).toBeNull();
    toasts.undo("Deleted.", undo);
    vi.advanceTimersByTime(10_100);
    flushSync();
    expect(document.querySelector(".toast")).toBeNull();
  });
});
