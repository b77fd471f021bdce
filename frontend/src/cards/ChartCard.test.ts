import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CHARTS } from "../charts/further";
import type { RunState } from "../run/run";
import { DEFAULT_VIEW as VIEW, type View } from "../run/view";
import { runFixture } from "../test/run-fixture";
import ChartCard from "./ChartCard.svelte";

/** Plotly needs a real browser; here it only keeps what it was given. */
const plotly = vi.hoisted(() => ({ failing: false, drawn: 0, events: {} as Record<string, (event: unknown) => void> }));
vi.mock("plotly.js-cartesian-dist-min", () => {
  const draw = (element: HTMLElement, _data: object[], layout: object) => {
    if (plotly.failing) throw new Error("Plotly fails");
    plotly.drawn += 1;
    Object.assign(element, { layout, on: (name: string, act: (event: unknown) => void) => (plotly.events[name] = act) });
    return Promise.resolve();
  };
  return { default: { newPlot: draw, react: draw, animate: () => Promise.resolve(), relayout: () => Promise.resolve(), purge: () => undefined } };
});

let card: Record<string, unknown> | null = null;
let changes: Partial<View>[];

beforeEach(() => {
  changes = [];
  plotly.failing = false;
  plotly.drawn = 0;
  // happy-dom lays nothing out.
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(300);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(200);
  vi.stubGlobal(
    "ResizeObserver",
    class {
      private readonly act: (entries: unknown[]) => void;
      constructor(act: (entries: unknown[]) => void) {
        this.act = act;
      }
      observe() {
        this.act([]);
      }
      unobserve() {
        return undefined;
      }
      disconnect() {
        return undefined;
      }
    },
  );
});

afterEach(async () => {
  if (card) await unmount(card);
  card = null;
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

async function show(id: string, run: RunState, view: Partial<View> = {}): Promise<HTMLElement> {
  const chart = CHARTS.find((one) => one.id === id) as (typeof CHARTS)[0];
  card = mount(ChartCard, {
    target: document.body,
    props: {
      chart,
      run,
      version: run.version,
      view: { ...VIEW, ...view },
      theme: "light",
      onview: (change) => changes.push(change),
    },
  });
  await vi.waitFor(() => expect(document.querySelector(".symbols")?.textContent || document.querySelector(".waiting span")?.textContent).toBeTruthy());
  flushSync();
  return document.body.querySelector("section") as HTMLElement;
}

const text = (root: HTMLElement, selector: string) => root.querySelector(selector)?.textContent?.trim();

describe("a card", () => {
  it("shows its title, what its marks are, and its plot", async () => {
    const root = await show("loss", runFixture());
    expect(text(root, "h2")).toBe("Loss");
    expect(text(root, ".subtitle")).toContain("measured");
    expect(root.querySelector(".plot")?.getAttribute("aria-label")).toContain("Loss");
    expect(root.querySelector(".playline")).not.toBeNull();
    expect(plotly.drawn).toBeGreaterThan(0);
  });

  it("says what it waits for", async () => {
    const root = await show("drift", runFixture({ kernels: false }));
    expect(text(root, ".waiting")).toBe("This run records no kernels.");
  });

  it("has no play-head where x is not time", async () => {
    expect((await show("function", runFixture())).querySelector(".playline")).toBeNull();
  });

  it("draws the eigenvector of the selected mode until it is no longer selected", async () => {
    const root = await show("modes", runFixture(), { selected: 2 });
    expect(text(root, "figcaption strong")).toBe("Modes 4 and 5");
    expect(root.querySelectorAll("figure path[stroke]")).toHaveLength(2);
    root.querySelector<HTMLButtonElement>("figcaption button")?.click();
    expect(changes).toEqual([{ selected: null }]);
  });

  it("tells what the pointer found, beside it, and shows that mode's eigenvector", async () => {
    const root = await show("modes", runFixture());
    plotly.events["plotly_hover"]?.({ points: [{ curveNumber: 3, pointNumber: 2 }], event: new MouseEvent("mousemove") });
    flushSync();
    expect(text(root, ".tooltip strong")).toBe("Modes 4 and 5");
    expect(text(root, ".tooltip")).toContain("learnt, predicted");
    expect(text(root, "figcaption strong")).toBe("Modes 4 and 5");
    plotly.events["plotly_unhover"]?.(undefined);
    flushSync();
    expect(root.querySelector(".tooltip")).toBeNull();
  });

  it("selects the mode that is clicked, and selects it no longer at the second click", async () => {
    await show("modes", runFixture(), { selected: 1 });
    const click = (curveNumber: number) => plotly.events["plotly_click"]?.({ points: [{ curveNumber, pointNumber: 0 }] });
    click(3);
    click(2);
    expect(changes).toEqual([{ selected: 2 }, { selected: null }]);
  });

  it("walks along the modes by keys", async () => {
    const plot = (await show("learnt", runFixture(), { selected: 2 })).querySelector(".plot") as HTMLElement;
    expect(plot.tabIndex).toBe(0);
    for (const key of ["ArrowDown", "ArrowUp", "Escape", "a"]) plot.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    expect(changes).toEqual([{ selected: 3 }, { selected: 1 }, { selected: null }]);
  });

  it("offers the modes' switches", async () => {
    const root = await show("modes", runFixture());
    const buttons = [...root.querySelectorAll<HTMLButtonElement>(".switches button")];
    expect(buttons.map((button) => [button.textContent, button.getAttribute("aria-pressed")])).toEqual([
      ["log–log", "true"],
      ["log–linear", "false"],
      ["all modes", "false"],
    ]);
    for (const button of buttons.slice(1)) button.click();
    expect(changes).toEqual([{ modesAxis: "log-linear" }, { allModes: true }]);
  });

  it("has its switches beside a long title only where there is room", async () => {
    expect((await show("function", runFixture())).querySelector(".above [role=group]")).not.toBeNull();
    if (card) await unmount(card);
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(500);
    expect((await show("function", runFixture())).querySelector("header [role=group]")).not.toBeNull();
  });

  it("offers the predictions, and keeps those that are on", async () => {
    const root = await show("function", runFixture({ centered: true }), { predictions: ["frozen", "infinite"] });
    const buttons = [...root.querySelectorAll<HTMLButtonElement>("[role=group] button")];
    expect(buttons.map((button) => [button.textContent, button.getAttribute("aria-pressed")])).toEqual([
      ["K₀", "true"],
      ["Reh.", "false"],
      ["Kₜ", "false"],
      ["∞", "true"],
      ["Band", "false"],
    ]);
    const why = (button?: HTMLElement) => root.querySelector(`[id="${button?.getAttribute("aria-describedby") ?? ""}"]`)?.textContent;
    expect(why(buttons[1])).toBe("This run was not rehearsed.");
    expect(why(buttons[4])).toMatch(/^This run starts from zero: .*off for a band\.$/);
    for (const button of buttons) button.click();
    expect(changes).toEqual([{ predictions: ["infinite"] }, { predictions: ["frozen", "infinite", "moving"] }, { predictions: ["frozen"] }]);
  });

  it("offers the kernels whose modes split the residual", async () => {
    const root = await show("residual-mode", runFixture(), { basis: "moving" });
    const buttons = [...root.querySelectorAll<HTMLButtonElement>("[role=group] button")];
    expect(buttons.map((button) => button.getAttribute("aria-pressed"))).toEqual(["false", "true", "false"]);
    buttons[2]?.click();
    expect(changes).toEqual([{ basis: "infinite" }]);
  });

  it("takes the row of the kernel that is pointed at, or walks along the rows by keys", async () => {
    const root = await show("kernel-slice", runFixture({ geometry: "circle" }));
    const plot = root.querySelector(".plot") as HTMLElement;
    vi.spyOn(plot, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 300, 200));
    const place = (symbols: string) => vi.waitFor(() => (flushSync(), expect(text(root, ".symbols")).toContain(symbols)));
    await place("θ₀ = 3.14");
    plot.dispatchEvent(new MouseEvent("pointermove", { clientX: 120, bubbles: true }));
    await place("θ₀ = 1.57");
    plot.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
    await place("θ₀ = 0,");
  });

  it("says in words and numbers what it shows, to those who cannot see it", async () => {
    const root = await show("drift", runFixture());
    const twin = await vi.waitFor(() => {
      const found = root.querySelector(".visually-hidden table");
      if (!found) throw new Error("no twin yet");
      return found;
    });
    expect([text(root, "caption"), ...Array.from(twin.querySelectorAll("thead th"), (cell) => cell.textContent)]).toEqual(["How far the kernel has moved", "time", "step", "drift"]);
    expect(Array.from(twin.querySelectorAll("tbody tr:last-child > *"), (cell) => cell.textContent)).toEqual(["189.2", "18,924", "2.2\u2009%"]);
    const sentence = root.querySelector(`[id="${root.querySelector(".plot")?.getAttribute("aria-describedby") ?? ""}"]`);
    expect(sentence?.textContent).toContain("The last, time 189.2; step 18,924; drift 2.2\u2009%.");
  });

  it("has its words out of sight too, where nothing is drawn", async () => {
    const away = class {
      constructor(act: (entries: unknown[]) => void) {
        act([{ isIntersecting: false }]);
      }
      observe() {
        return undefined;
      }
      disconnect() {
        return undefined;
      }
    };
    vi.stubGlobal("IntersectionObserver", away);
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(0);
    const root = await show("drift", runFixture());
    await vi.waitFor(() => expect(root.querySelector(".visually-hidden table")).not.toBeNull());
    expect(plotly.drawn).toBe(0);
  });

  it("says so where it cannot be drawn", async () => {
    plotly.failing = true;
    const complaint = vi.spyOn(console, "error").mockReturnValue();
    const root = await show("loss", runFixture());
    expect(text(root, ".waiting")).toBe("This chart could not be drawn.");
    expect(complaint).toHaveBeenCalled();
  });
});
