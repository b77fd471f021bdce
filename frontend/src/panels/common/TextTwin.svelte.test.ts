import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import TextTwin from "./TextTwin.svelte";

let shown: Record<string, unknown> | null = null;

beforeEach(() => vi.useFakeTimers());
afterEach(async () => {
  vi.useRealTimers();
  if (shown) await unmount(shown);
  shown = null;
});

const tell = (count: unknown) => ({ sentence: `It shows ${String(count)}.`, columns: ["what", "x"], rows: count ? [["first", String(count)]] : [] });
const said = () => (flushSync(), document.querySelector("p")?.textContent);

it("is told soon at first, then once it stands still or every ten seconds, by what is newest", async () => {
  const props = $state({ title: "Loss", id: "twin", of: 1, tell });
  shown = mount(TextTwin, { target: document.body, props });
  expect(said()).toBeUndefined();
  vi.advanceTimersByTime(200);
  expect(said()).toBe("Loss. It shows 1.");
  expect(document.querySelector("table caption")?.textContent).toBe("Loss");
  expect(Array.from(document.querySelectorAll("tbody tr > *"), (cell) => [cell.tagName, cell.textContent])).toEqual([["TH", "first"], ["TD", "1"]]);
  const change = (of: number) => {
    props.of = of;
    flushSync();
    vi.advanceTimersByTime(500);
  };
  for (const of of [2, 3, 4]) change(of);
  vi.advanceTimersByTime(1000);
  expect(said()).toBe("Loss. It shows 1.");
  vi.advanceTimersByTime(500);
  expect(said()).toBe("Loss. It shows 4.");
  for (let of = 5; of < 25; of += 1) change(of);
  expect(said()).toBe("Loss. It shows 24.");
});

it("has no table where there are no numbers", () => {
  shown = mount(TextTwin, { target: document.body, props: { title: "Loss", of: 0, tell } });
  flushSync();
  vi.advanceTimersByTime(200);
  expect(said()).toBe("Loss. It shows 0.");
  expect(document.querySelector("table")).toBeNull();
});
