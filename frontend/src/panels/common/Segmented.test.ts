import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, it } from "vitest";
import Segmented from "./Segmented.svelte";

let shown: Record<string, unknown> | null = null;

afterEach(async () => {
  if (shown) await unmount(shown);
  shown = null;
});

function show(chosen: string[]): { buttons: HTMLButtonElement[]; picked: string[] } {
  const picked: string[] = [];
  const options = [
    { value: "a", text: "A", help: "The first" },
    { value: "b", text: "B" },
    { value: "c", text: "C", missing: "Not in this run." },
  ];
  shown = mount(Segmented, { target: document.body, props: { label: "Letters", options, chosen, onpick: (value: string) => picked.push(value) } });
  flushSync();
  return { buttons: [...document.querySelectorAll("button")], picked };
}

it("says what is chosen, one or several, and asks for what is picked", () => {
  const { buttons, picked } = show(["a", "b"]);
  expect(document.querySelector("[role=group]")?.getAttribute("aria-label")).toBe("Letters");
  expect(buttons.map((button) => button.getAttribute("aria-pressed"))).toEqual(["true", "true", "false"]);
  buttons[1]?.click();
  expect(picked).toEqual(["b"]);
});

it("says why an option cannot be chosen, even where it was", () => {
  const { buttons, picked } = show(["c"]);
  const described = (button: HTMLElement) => document.querySelector(`[id="${button.getAttribute("aria-describedby") ?? ""}"]`)?.textContent;
  expect(buttons.map((button) => [button.title || described(button), button.getAttribute("aria-disabled"), button.getAttribute("aria-pressed")])).toEqual([
    ["The first", null, "false"],
    [undefined, null, "false"],
    ["Not in this run.", "true", "false"],
  ]);
  // For a finger, which finds no title: in words that are seen.
  expect(document.querySelector(".why")).toBeNull();
  buttons[2]?.click();
  flushSync();
  expect(picked).toEqual([]);
  expect(document.querySelector(".why")?.textContent).toBe("C: Not in this run.");
  buttons[2]?.dispatchEvent(new FocusEvent("blur"));
  flushSync();
  expect(document.querySelector(".why")).toBeNull();
});
