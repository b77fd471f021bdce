import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, it, vi } from "vitest";
import type { Preview } from "../../api/types";
import type { FormState } from "../../state/form.svelte";
import type { PreviewState } from "../../state/preview.svelte";
import PreviewPanel from "./PreviewPanel.svelte";

let shown: Record<string, unknown> | undefined;
afterEach(() => void (shown && unmount(shown)));

const wave = (frequency: number, step: number | null, fields = {}) => ({
  frequency, source: "typed", amplitude: 1, share: 0.5, step, time: step, within_run: step !== null, remains: 0, reason: step === null ? "unseen" : null,
  sentence: step === null ? "Not with the kernel at the start." : null, seconds: step, ...fields,
});
const told = (step: number | null, low: number, high: number | null) => ({
  step, step_low: low, step_high: high, first_step: step, range: "calm", within_run: step !== null && step <= 4000, sentence: `Told of ${step}.`,
});

function answer(fields: object): Preview {
  return {
    status: "ready",
    config: { recording: { epsilon: 0.1 }, training: { stop: { steps: 4000 } } },
    cost: { parameters: 1, memory_bytes: 1, preview_seconds: 1, step_seconds: 0.001, run_seconds: 4 },
    spectrum: {
      eigenvalues: [2, 1], noise_floor: 1e-9, below_floor: 0, groups: [], learning_rate: 0.5, largest_stable_rate: 1, end_step: 4000, end_time: 2000,
      groups_learnt: 0, waves: [wave(1, 466), wave(3, null), wave(5, 90)],
    },
    rehearsing: null, rehearsal: null, offers: [], notices: [], warnings: [], remedies: [], ...fields,
  } as unknown as Preview;
}

function show(preview: Preview, takeSteps = vi.fn()) {
  document.body.replaceChildren();
  const state = { answer: preview, stale: false, problem: null } as unknown as PreviewState;
  shown = mount(PreviewPanel, { target: document.body, props: { form: { takeSteps } as unknown as FormState, preview: state, refused: false } });
  flushSync();
  return [...document.querySelectorAll("[data-testid=waves] tbody tr")].map((row) => row.textContent?.replace(/\s+/g, " ").trim());
}

it("shows K₀'s answers and how far the rehearsal is until that is there", () => {
  const rows = show(answer({ status: "rehearsing", rehearsing: { reach: 1200, part: 0.4 } }));
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatch(/466/);
  expect(rows[1]).toMatch(/not with K₀: unseen/);
  expect(document.body.textContent).toContain("Rehearsing: step 1,200, 40 % of its work");
});

it("shows the rehearsed step with its range, K₀'s beside it, and says what it is worth", () => {
  const rehearsal = { waves: [told(545, 490, 600), told(90_000, 81_000, null), null], horizon: 1_000_000, sentence: "Rehearsed to step 4,269." };
  const rows = show(answer({ rehearsal }));
  expect(rows).toHaveLength(5);
  expect(rows[0]).toMatch(/1.*545/);
  expect(rows[1]).toBe("490–600, ±10 %; by K₀ 466");
  expect(rows[2]).toMatch(/3.*90,000/);
  expect(rows[3]).toBe("81,000 or later, ±10 %; by K₀ not at all");
  expect(rows[4]).toMatch(/5.*90/);
  expect(document.querySelector("[data-testid=waves] tbody tr")?.getAttribute("title")).toBe("Told of 545.");
  expect([...document.querySelectorAll("tr.late")]).toHaveLength(1);
  expect(document.body.textContent).toContain("Rehearsed to step 4,269.");
});

it("knows a small step to one more or less", () => {
  const rows = show(answer({ rehearsal: { waves: [told(9, 8, 10), told(20, 18, 22), null], horizon: 1_000_000, sentence: "" } }));
  expect([rows[1], rows[3]]).toEqual(["8–10, ±1; by K₀ 466", "18–22, ±10 %; by K₀ not at all"]);
});

it("says within how many steps a wave is not learnt", () => {
  const rows = show(answer({ rehearsal: { waves: [told(545, 490, 600), told(null, 900_000, null), null], horizon: 1_000_000, sentence: "" } }));
  expect(rows[2]).toMatch(/not within 1/);
});

it("offers numbers of steps, one click each, but not the one that is set", () => {
  const offers = [
    { steps: 600, step: 545, step_low: 490, step_high: 600, seconds: 0.6, text: "All waves but the last by step 545 (490 to 600): 0.6 s here" },
    { steps: 4000, step: 3600, step_low: 3300, step_high: 4000, seconds: 4, text: "All waves by step 3,600 (3,300 to 4,000): 4 s here" },
  ];
  const takeSteps = vi.fn();
  show(answer({ offers }), takeSteps);
  const [first, second] = document.querySelectorAll<HTMLButtonElement>(".offers button");
  expect(first?.textContent?.trim()).toBe("Take 600 steps");
  expect(second?.disabled).toBe(true);
  first?.click();
  expect(takeSteps).toHaveBeenCalledWith(600);
});
