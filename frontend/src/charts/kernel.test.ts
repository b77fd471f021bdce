/** Where the target lies, how the kernel moves, and the fits of the cards beside them. */
import { describe, expect, it } from "vitest";
import { emptyRun } from "../run/run";
import { DEFAULT_VIEW as VIEW } from "../run/view";
import { furtherFixture } from "../test/further-fixture";
import { runFixture } from "../test/run-fixture";
import { SERIES } from "../theme/tokens";
import { frequencyEigenvalueChart } from "./frequency-eigenvalue";
import { learningTimesChart } from "./learning-times";
import { lossChart } from "./loss";
import { movingChart } from "./moving";
import type { Figure } from "./parts/figure";
import { rankChart } from "./rank";
import { sharpnessChart } from "./sharpness";
import { targetPowerChart } from "./target-power";
import { turningChart } from "./turning";

const named = (figure: Figure, name: string) => figure.data.find((trace) => trace.name === name);
const run = furtherFixture({ geometry: "circle", finished: true });

describe.each([
  ["moving", movingChart],
  ["turning", turningChart],
  ["rank", rankChart],
])("the card %s", (_name, chart) => {
  it("says why it is empty", () => {
    expect(chart.figure(emptyRun(""), VIEW, "light").empty).toBe("Waiting for the first measurement.");
    expect(chart.figure(runFixture({ kernels: false }), VIEW, "light").empty).toBe("This run records no kernels.");
    expect(chart.figure(runFixture({ further: false }), VIEW, "light").empty).toMatch(/earlier version/);
    expect(chart.figure(run, VIEW, "light").empty).toBeNull();
  });

  it("has one mark a kernel frame after the start, faint beyond the play-head, and tells its numbers", () => {
    const times = run.kernelFrames.map(({ time }) => time).filter((time) => time > 0);
    const figure = chart.figure(run, { ...VIEW, time: times[2] ?? 0 }, "light");
    expect(figure.data[0]?.x).toEqual(times);
    const colours = (figure.data[0]?.["marker"] as { color: string[] }).color;
    expect(new Set(colours.slice(0, 3)).size).toBe(1);
    expect(new Set(colours.slice(3)).size).toBe(1);
    expect(colours[2]).not.toBe(colours[3]);
    expect(figure.describe(0, 0)?.rows[0]?.[0]).toBe("time");
  });

  it("thins what a run recorded very often, the ends kept", () => {
    const often = furtherFixture();
    const [frame] = often.kernelFrames.slice(-1);
    if (!frame) throw new Error("no kernel frame");
    often.kernelFrames = Array.from({ length: 500 }, (_, i) => ({ ...frame, time: 0.01 * i }));
    const x = chart.figure(often, VIEW, "light").data[0]?.x ?? [];
    expect(x.length).toBeLessThanOrEqual(40);
    expect([x[0], x.at(-1)]).toEqual([0.01, 4.99]);
  });
});

describe("where the target lies", () => {
  it("sums the target from the first mode on, down to the floor", () => {
    const figure = targetPowerChart.figure(run, VIEW, "light");
    const points = named(figure, "measured");
    expect(points?.x).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
    expect(points?.y.slice(0, 2)).toEqual([50, 75]);
    expect(figure.note).toBe("90\u2009% by mode 4, 99\u2009% by mode 7 · 2 below round-off");
    expect(named(figure, "labels")?.x).toEqual([4, 7]);
    expect(figure.describe(1, 3)).toMatchObject({ title: "Mode 4", group: 2 });
  });

  it("names both shares once where one mode completes them, and none that is not reached", () => {
    const one = furtherFixture();
    one.started?.target_power?.fill(1);
    expect(named(targetPowerChart.figure(one, VIEW, "light"), "labels")?.["text"]).toEqual(["\u200999\u2009%\u2009"]);
    one.started?.target_power?.fill(0.5);
    expect(named(targetPowerChart.figure(one, VIEW, "light"), "labels")?.x).toEqual([]);
    expect(targetPowerChart.figure(one, VIEW, "light").note).toBe("2 below round-off");
  });

  it("says why it is empty", () => {
    expect(targetPowerChart.figure(runFixture({ further: false }), VIEW, "light").empty).toMatch(/earlier version/);
    const none = furtherFixture();
    Object.assign(none.started ?? {}, { target_power: null, target_norm: 0 });
    expect(targetPowerChart.figure(none, VIEW, "light").empty).toBe("The target is 0 everywhere.");
  });
});

describe("which kernel explains it", () => {
  it("draws both errors, dashed as the kernels are elsewhere", () => {
    const figure = movingChart.figure(run, VIEW, "light");
    expect(named(figure, "K₀ alone")?.["line"]).toMatchObject({ color: SERIES.light.frozen, dash: "6px,5px" });
    expect(named(figure, "Kₜ on the way")?.["line"]).toMatchObject({ color: SERIES.light.moving, dash: "7px,4px,2px,4px" });
    expect(named(figure, "K₀ alone")?.y[2]).toBeCloseTo(0.03, 9);
    expect(figure.describe(1, 2)?.rows.slice(2)).toEqual([["K₀ alone", "3.0\u2009%"], ["Kₜ on the way", "1.0\u2009%"]]);
  });

  it("leaves out what is below the floor, and what has left the run, counted", () => {
    const far = furtherFixture();
    const [, second, third] = far.kernelFrames;
    if (second?.moving) second.moving.error = 1e-18;
    if (third?.moving) third.moving.frozen_error = 1e20;
    const figure = movingChart.figure(far, VIEW, "light");
    expect(named(figure, "Kₜ on the way")?.y[0]).toBeNull();
    expect(named(figure, "K₀ alone")?.y[1]).toBeNull();
    expect(figure.note).toBe("1 outside the frame");
    expect(figure.layout.yaxis.range[1]).toBeLessThanOrEqual(1);
  });
});

describe("sharpness", () => {
  it("draws the kernel's and the Hessian's, with its error, and 2/η at the right end", () => {
    const figure = sharpnessChart.figure(run, VIEW, "light");
    expect(named(figure, "Kₜ (Gauss–Newton)")?.y[0]).toBeCloseTo(97, 4);
    expect(named(figure, "Hessian")?.y[0]).toBe(100);
    expect(named(figure, "Hessian")?.["error_y"]).toMatchObject({ array: run.kernelFrames.slice(1).map(() => 0.5) });
    expect(figure.layout["shapes"]).toMatchObject([{ y0: 200 }, { y0: 100 }]);
    expect(figure.layout["annotations"]).toEqual(expect.arrayContaining([expect.objectContaining({ text: "2/η", x: 1, xanchor: "right", y: 200 })]));
    expect(figure.layout.yaxis.range).toEqual([0, 300]);
    expect(figure.note).toBeNull();
  });

  it("says where the Hessian is not recorded, as in earlier logs", () => {
    const figure = sharpnessChart.figure(runFixture(), VIEW, "light");
    expect(figure.data.map(({ name }) => name)).toEqual(["Kₜ (Gauss–Newton)"]);
    expect([figure.note, figure.empty]).toEqual(["Hessian not recorded", null]);
  });

  it("is logarithmic where the limit is far above the start", () => {
    const slow = furtherFixture();
    (slow.started as { largest_stable_eigenvalue: number | null }).largest_stable_eigenvalue = 2e4;
    const figure = sharpnessChart.figure(slow, VIEW, "light");
    expect(figure.layout.yaxis.type).toBe("log");
    expect(figure.layout.yaxis.range[1]).toBeGreaterThan(Math.log10(2e4));
  });
});

it("turning has its two measures apart, between 0 and 1, and names how many modes are compared", () => {
  const figure = turningChart.figure(run, VIEW, "light");
  const symbols = figure.data.map((trace) => (trace["marker"] as { symbol: string }).symbol);
  expect(new Set(symbols).size).toBe(2);
  expect(figure.subtitle).toBe("leading 5 modes, and the target");
  expect(figure.layout.yaxis.range).toEqual([0, 1.02]);
  expect([figure.data[0]?.y[0], figure.data[1]?.y[0]]).toEqual([0.99, 0.4 + 0.02]);
});

it("the effective rank stands beside its start; trace and condition number are told at the pointer", () => {
  const figure = rankChart.figure(run, VIEW, "light");
  expect(figure.layout["shapes"]).toMatchObject([{ y0: 3, y1: 3 }]);
  expect(figure.describe(0, 1)?.rows.slice(2)).toEqual([
    ["effective rank", "3.200"],
    ["trace", "202.0"],
    ["trace, of its start", "101.0\u2009%"],
    ["condition number", "10,000"],
  ]);
});

describe("the fit of learning times", () => {
  it("is drawn thin between its ends, with its slope and error beside theory's", () => {
    const figure = learningTimesChart.figure(run, VIEW, "light");
    expect(named(figure, "fit")).toMatchObject({ x: [2, 20], y: [1.2, 0.12], line: { width: 1 } });
    expect(figure.note).toBe("slope −1.034 ± 0.021 (theory −1) · 3 not reached");
    expect(learningTimesChart.figure(run, { ...VIEW, narrow: true }, "light").note).toBe("slope −1.034 ± 0.021 (theory −1)");
    expect(learningTimesChart.help.measured(run)).toContainEqual({ label: "Eigenvalues in the fit", value: "2.00 to 20.0" });
  });

  it("the prediction falls, without a hook where eigenvalues nearly agree", () => {
    const split = furtherFixture();
    const groups = split.started?.groups ?? [];
    Object.assign(groups[3] ?? {}, { eigenvalue: 4.9, learning_time: 0.4 });
    Object.assign(groups[5] ?? {}, { eigenvalue: 4, learning_time: 0.2 });
    const line = named(learningTimesChart.figure(split, VIEW, "light"), "predicted");
    const y = line?.y as number[];
    expect(line?.x).not.toContain(4.9);
    expect(line?.x).not.toContain(4);
    expect(y.every((time, i) => i === 0 || time < (y[i - 1] ?? 0))).toBe(true);
  });
});

describe("the fits of eigenvalues by frequency", () => {
  it("are apart for odd and even, with their errors", () => {
    const figure = frequencyEigenvalueChart.figure(run, VIEW, "light");
    const lines = figure.data.filter(({ name }) => name === "fit");
    expect(lines.map(({ x }) => x)).toEqual([[1, 4], [1, 4]]);
    expect(lines[0]?.y[1]).toBeCloseTo(100 * 4 ** -2.1, 9);
    expect(figure.note).toBe("exponent odd −2.100 ± 0.030, even −2.200 ± 0.030");
    expect(figure.describe(figure.data.findIndex(({ name }) => name === "odd k"), 1)?.title).toBe("Modes 4 and 5");
  });

  it("are one where one kind is missing, and none where the ends are", () => {
    const few = furtherFixture();
    if (few.started) few.started.frequency_fits = few.started.frequency_fits?.slice(0, 2).map((fit) => ({ ...fit, lowest_eigenvalue: null })) ?? [];
    const figure = frequencyEigenvalueChart.figure(few, VIEW, "light");
    expect(figure.note).toBe("exponent −2.000 ± 0.030");
    expect(named(figure, "fit")).toBeUndefined();
  });

  it("stand beside infinite width, one point a frequency", () => {
    const figure = frequencyEigenvalueChart.figure(run, VIEW, "light");
    const limit = figure.data.filter(({ name }) => name === "infinite width");
    expect(limit.map(({ x }) => x)).toEqual([[1, 3, 5], [2, 4, 6]]);
    expect(limit[0]?.y[0]).toBeCloseTo((1.1 * 100) / 4, 4);
    expect(limit[0]?.["line"]).toMatchObject({ color: SERIES.light.infinite, dash: "2px,3px" });
    expect(figure.describe(0, 1)?.title).toBe("Frequency 3");
    const rows = frequencyEigenvalueChart.help.measured(run).map(({ label, value }) => [label, value]);
    expect(rows).toContainEqual(["K₀, exponent, odd k from 1 to 4", "−2.100 ± 0.030"]);
    expect(rows).toContainEqual(["Infinite width, exponent, odd k from 1 to 4", "−1.900 ± 0.030"]);
  });
});

it("the loss shows infinite width where it is predicted", () => {
  const figure = lossChart.figure(run, VIEW, "light");
  expect(named(figure, "infinite width")?.y[0]).toBeCloseTo(0.9 * (run.started?.laws.gradient_descent.loss[1] ?? NaN), 6);
  expect(figure.legend.map(({ text }) => text)).toContain("infinite width");
  const old = lossChart.figure(runFixture({ further: false }), VIEW, "light");
  expect(old.legend.map(({ text }) => text)).not.toContain("infinite width");
});

it("the loss keeps its axis however far the line of infinite width falls", () => {
  /** Learns all but a thousandth; infinite width goes on by so many decades. */
  const falling = (decades: number) => {
    const one = runFixture();
    const [law, infinite] = [one.started?.laws.gradient_descent, one.started?.infinite];
    if (!law || !infinite?.loss) throw new Error("the fixture has no infinite width");
    law.loss = law.loss.map((value) => Math.max(value, 1e-3));
    for (const frame of one.frames) frame.loss = Math.max(frame.loss, 1e-3);
    infinite.loss = infinite.loss.map((value, i, all) => Math.max(value, 1e-3) * 10 ** ((-decades * i) / all.length));
    return lossChart.figure(one, VIEW, "light").layout.yaxis.range;
  };
  expect(falling(9)).toEqual(falling(0));
});

it("the loss shows what was rehearsed, as far as it came, where it is switched on", () => {
  const rehearsed = runFixture({ rehearsed: 12 });
  const figure = lossChart.figure(rehearsed, VIEW, "light");
  const line = named(figure, "rehearsed");
  expect(line?.x).toEqual(rehearsed.started?.times.slice(1, 12));
  expect(line?.y[0]).toBeCloseTo(2 * (rehearsed.started?.laws.gradient_descent.loss[1] ?? NaN), 6);
  expect(line?.["line"]).toMatchObject({ color: SERIES.light.rehearsed, dash: "12px,3px" });
  expect(figure.legend.map(({ text }) => text)).toEqual(expect.arrayContaining(["rehearsed", "∞"]));
  const off = lossChart.figure(rehearsed, { ...VIEW, predictions: ["frozen"] }, "light");
  expect(named(off, "rehearsed")).toBeUndefined();
  expect(named(lossChart.figure(run, VIEW, "light"), "rehearsed")).toBeUndefined();
});
