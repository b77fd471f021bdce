/** The four small charts. */
import { describe, expect, it } from "vitest";
import type { RunState } from "../run/run";
import { DEFAULT_VIEW as VIEW } from "../run/view";
import { runFixture } from "../test/run-fixture";
import { SERIES } from "../theme/tokens";
import { driftChart } from "./drift";
import { eigenvaluesChart } from "./eigenvalues";
import { learntChart } from "./learnt";
import { lossChart } from "./loss";
import type { Figure } from "./parts/figure";

const named = (figure: Figure, name: string) => figure.data.find((trace) => trace.name === name);

describe("the eigenvalues", () => {
  it("draws K₀ open and the kernel at the play-head filled", () => {
    const run = runFixture();
    const figure = eigenvaluesChart.figure(run, { ...VIEW, time: 0.2 }, "light");
    expect(named(figure, "K₀")?.y[0]).toBe(100);
    expect(named(figure, "Kₜ")?.y[0]).toBeCloseTo(97, 4);
    expect(named(figure, "K₀")?.["marker"]).toMatchObject({ symbol: "circle-open" });
  });

  it("lays infinite width over them as a dotted line, above both floors", () => {
    const line = named(eigenvaluesChart.figure(runFixture(), VIEW, "light"), "infinite width");
    expect(line?.mode).toBe("lines");
    expect(line?.x).toHaveLength(13);
    expect(line?.y[0]).toBeCloseTo(110, 4);
    expect(eigenvaluesChart.figure(runFixture(), VIEW, "light").describe(1, 0)?.rows).toContainEqual(["eigenvalue λ, infinite width", "110.0"]);
    const before = eigenvaluesChart.figure(runFixture({ further: false }), VIEW, "light");
    expect(before.legend.map(({ text }) => text)).toEqual(["K₀", "Kₜ"]);
    expect(before.data).toHaveLength(2);
  });

  it("leaves out what is below the floor, and counts it", () => {
    const figure = eigenvaluesChart.figure(runFixture(), VIEW, "light");
    expect(named(figure, "Kₜ")?.x).toHaveLength(14);
    expect(figure.note).toBe("2 below round-off");
  });

  it("draws 2/η and its words", () => {
    const { layout } = eigenvaluesChart.figure(runFixture(), VIEW, "light");
    expect(layout["shapes"]).toMatchObject([{ y0: 200, y1: 200 }]);
    expect(JSON.stringify(layout["annotations"])).toContain("2/η");
    expect(layout.yaxis.range[1]).toBeGreaterThan(Math.log10(200));
  });

  it("hatches the floor where it is near, and names it where it is far", () => {
    const near = runFixture();
    (near.started as { noise_floor: number }).noise_floor = 0.01;
    expect(named(eigenvaluesChart.figure(near, VIEW, "light"), "below round-off")).toBeDefined();
    const far = eigenvaluesChart.figure(runFixture(), VIEW, "light");
    expect(named(far, "below round-off")).toBeUndefined();
    expect(JSON.stringify(far.layout["annotations"])).toContain("↓ round-off, 1.00×10⁻¹²");
  });

  it("thins very long spectra, first ones kept", () => {
    const run = runFixture({ kernels: false });
    (run.started as { eigenvalues: Float32Array }).eigenvalues = Float32Array.from({ length: 4000 }, (_, i) => 1 / (i + 1));
    const shown = named(eigenvaluesChart.figure(run, VIEW, "light"), "Kₜ")?.x ?? [];
    expect(shown.length).toBeLessThanOrEqual(160);
    expect(shown.slice(0, 4)).toEqual([1, 2, 3, 4]);
    expect(shown.at(-1)).toBe(4000);
  });
});

describe("how much is learnt", () => {
  it("draws bars measured, and a stroke as wide as the bar at the prediction for the same time", () => {
    const run = runFixture({ law: "gradient_flow" });
    const frame = run.frames[25];
    const figure = learntChart.figure(run, { ...VIEW, time: frame?.time ?? 0 }, "light");
    const [bars, ticks] = figure.data;
    expect(bars?.y[1]).toBeCloseTo(100 * (frame?.learnt[1] ?? 0), 4);
    expect(ticks?.x.slice(3, 6)).toEqual([0.6, 1.4, null]);
    expect(ticks?.y[3]).toBeCloseTo(100 * (1 - Math.exp(-20 * (frame?.time ?? 0))), 3);
  });

  it("marks what lies beyond the frame, above and below, measured or predicted, of modes that count and of others", () => {
    const run = runFixture();
    const last = run.frames.at(-1)!;
    [last.learnt[1], last.learnt[3], last.learnt[4]] = [5, -0.5, 40]; // the fifth is too small to count
    const { learnt } = run.started!.laws.gradient_descent;
    learnt.values[(learnt.shape[0]! - 1) * learnt.shape[1]! + 1] = 1e6;
    const figure = learntChart.figure(run, VIEW, "light");
    const marks = figure.data[2]!;
    const places = (marks.x as number[]).map((x, i) => [x, marks.y[i], (marks["marker"] as { symbol: string[] }).symbol[i]]).filter(([, y]) => y !== null);
    expect(places).toEqual([[0.8, 310, "triangle-up"], [1.2, 310, "triangle-up-open"], [2.8, 0, "triangle-down"], [3.8, 310, "triangle-up"]]);
    const found = (x: number) => figure.describe(2, marks.x.findIndex((one, i) => one === x && marks.y[i] !== null));
    expect(found(3.8)?.rows[0]).toEqual(["share learnt, measured", "4,000\u2009%"]);
    expect(found(1.2)?.group).toBe(1);
    expect(figure.legend.slice(-2)).toMatchObject([{ mark: "arrow-up", text: "3" }, { mark: "arrow-down", text: "1 beyond" }]);
    const once = runFixture();
    once.frames.at(-1)!.learnt[3] = -0.5;
    expect(learntChart.figure(once, VIEW, "light").legend.at(-1)).toMatchObject({ mark: "arrow-down", text: "1 below" });
    expect(learntChart.figure(once, { ...VIEW, time: 0.5 }, "light").legend.at(-1)).toMatchObject({ mark: "arrow-down", text: "", widest: expect.stringMatching(/^\d\d below$/) });
    once.frames.at(-1)!.learnt[3] = 40;
    expect(learntChart.figure(once, VIEW, "light").legend.at(-1)).toMatchObject({ mark: "arrow-up", text: "1 above" });
    expect(learntChart.figure(runFixture(), VIEW, "light").data[2]?.y.every((y) => y === null)).toBe(true);
  });

  it("is as rehearsed where nothing is trained yet, hatched, beside theory at the same time", () => {
    const run = runFixture({ rehearsed: 40, frames: 3, kernels: false });
    const started = run.started!;
    const view = { ...VIEW, time: started.times[20] as number };
    const figure = learntChart.figure(run, view, "light");
    const [bars, ticks] = figure.data;
    const course = started.rehearsal!.course.learnt;
    expect(bars).toMatchObject({ name: "rehearsed", marker: { pattern: { shape: "/" } } });
    expect(bars?.y[1]).toBeCloseTo(100 * (course.values[20 * (course.shape[1] ?? 0) + 1] as number), 3);
    expect(ticks?.y[3]).toBeCloseTo(100 * (started.laws[started.law].learnt.values[20 * (course.shape[1] ?? 0) + 1] as number), 3);
    expect(figure.legend[0]?.text).toBe("rehearsed");
    expect(learntChart.figure(runFixture({ rehearsed: 40, frames: 30 }), view, "light").legend[0]?.text).toBe("measured");
  });

  it("has room for what is learnt too much, in few steps", () => {
    const over = (factor: number) => {
      const run = runFixture();
      run.frames.at(-1)!.learnt[1] = factor;
      const figure = learntChart.figure(run, VIEW, "light");
      return [figure.layout.yaxis.range[1], figure.data[2]?.y.some((y) => y !== null)];
    };
    expect(over(1)).toEqual([108, false]);
    expect(over(1.2)).toEqual([130, false]);
    expect(over(2.9)).toEqual([310, false]);
    expect(over(4)).toEqual([310, true]);
  });

  it("finds a group under its bar and under its stroke", () => {
    const figure = learntChart.figure(runFixture(), VIEW, "light");
    expect(figure.describe(0, 2)?.group).toBe(2);
    expect(figure.describe(1, 7)?.group).toBe(2);
  });

  it("numbers the powers of two that fit", () => {
    expect(learntChart.figure(runFixture(), VIEW, "light").layout.xaxis["ticktext"]).toEqual(["1", "2", "4", "8"]);
  });
});

describe("the loss", () => {
  it("draws measured points and the predicted line", () => {
    const run = runFixture();
    const figure = lossChart.figure(run, VIEW, "light");
    expect(named(figure, "predicted")?.mode).toBe("lines");
    expect(named(figure, "measured")?.y[0]).toBe(run.frames[1]?.loss);
    expect((named(figure, "measured")?.x.length ?? 0)).toBeLessThanOrEqual(40);
  });

  it("shows the held-out error where there is one", () => {
    expect(lossChart.figure(runFixture(), VIEW, "light").legend.map((item) => item.text)).toContain("held-out error");
    expect(lossChart.figure(runFixture({ heldOut: false }), VIEW, "light").legend.map((item) => item.text)).not.toContain("held-out error");
  });

  it("draws no prediction beyond the point where a run is called diverged", () => {
    const run = runFixture();
    const loss = run.started?.laws.gradient_descent.loss as Float32Array;
    loss.forEach((_, i) => (loss[i] = 10 ** (i / 2)));
    const drawn = named(lossChart.figure(run, VIEW, "light"), "predicted")?.y ?? [];
    expect(Math.max(...drawn.map(Number))).toBeLessThan((run.frames[0]?.loss ?? 0) * 1e8);
  });
});

describe("the drift", () => {
  it("is told in per cent, from 0 to a round number", () => {
    const figure = driftChart.figure(runFixture(), VIEW, "light");
    expect(named(figure, "measured")?.y[0]).toBeCloseTo(100 * 0.0004 * 6, 6);
    expect(figure.layout.yaxis.range).toEqual([0, 5]);
    expect(figure.layout.yaxis["ticksuffix"]).toBe("\u2009%");
  });

  it("is told in times once it is more than ten of them", () => {
    const run = runFixture();
    for (const frame of run.kernelFrames) frame.drift = 30;
    const figure = driftChart.figure(run, VIEW, "light");
    expect(figure.layout.yaxis.range).toEqual([0, 50]);
    expect(figure.layout.yaxis["ticksuffix"]).toBe("");
  });

  it("shows what was rehearsed, to the run's last step, where it is switched on", () => {
    const run = runFixture({ rehearsed: 12 });
    const figure = driftChart.figure(run, VIEW, "light");
    const line = named(figure, "rehearsed");
    expect(line?.x).toEqual([1, 10, 100].map((step) => step * 0.01));
    expect(line?.y[0]).toBeCloseTo(10, 5);
    expect(line?.["line"]).toMatchObject({ color: SERIES.light.rehearsed, dash: "12px,3px" });
    expect(figure.layout.yaxis.range[1]).toBeGreaterThanOrEqual(Math.max(...((line?.y ?? []) as number[])));
    expect(figure.legend.map(({ text }) => text)).toEqual(["measured", "rehearsed"]);
    expect(figure.describe(2, 0)?.rows).toEqual([["time", "0.01000"], ["step", "1"], ["drift, rehearsed", "10.0\u2009%"]]);
    const short = { ...run, started: { ...run.started, times: [0, 0.05, 0.55] } as RunState["started"] };
    const cut = named(driftChart.figure(short, VIEW, "light"), "rehearsed");
    expect(cut?.x).toEqual([0.01, 0.1, 0.55]); // half-way between the nodes of steps 10 and 100
    expect(cut?.y[2]).toBeCloseTo(25, 5);
    const off = driftChart.figure(run, { ...VIEW, predictions: ["frozen"] }, "light");
    expect([named(off, "rehearsed"), off.legend]).toEqual([undefined, []]);
    expect(driftChart.help.measured(run)).toContainEqual(expect.objectContaining({ label: "Drift rehearsed for this time" }));
  });

  it("is drawn before a step is trained, and without kernels", () => {
    const run = runFixture({ rehearsed: 12 });
    const draft = { ...run, frames: [], kernelFrames: [] };
    expect(driftChart.figure(draft, VIEW, "light").empty).toBeNull();
    expect(driftChart.figure(draft, { ...VIEW, predictions: [] }, "light").empty).toBe("Measured while the network trains.");
    const none = driftChart.figure(runFixture({ rehearsed: 12, kernels: false }), VIEW, "light");
    expect([none.empty, none.note]).toEqual([null, "This run records no kernels."]);
  });

  it("has none where an earlier version did not tell it", () => {
    const run = runFixture({ rehearsed: 12 });
    if (run.started?.rehearsal) run.started.rehearsal.course.drift = null;
    expect(named(driftChart.figure(run, VIEW, "light"), "rehearsed")).toBeUndefined();
    expect(driftChart.help.measured(run).map(({ label }) => label)).not.toContain("Drift rehearsed for this time");
  });

  it("says why it is empty", () => {
    expect(driftChart.figure(runFixture({ kernels: false }), VIEW, "light").empty).toBe("This run records no kernels.");
  });
});
