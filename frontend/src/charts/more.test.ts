import { describe, expect, it } from "vitest";
import { emptyRun } from "../run/run";
import { DEFAULT_VIEW as VIEW } from "../run/view";
import { runFixture } from "../test/run-fixture";
import { MAGNITUDE, TOKENS } from "../theme/tokens";
import { frequencyEigenvalueChart } from "./frequency-eigenvalue";
import { learningTimesChart } from "./learning-times";
import { BASES, missingBasis } from "./parts/basis";
import type { Figure } from "./parts/figure";
import { residualFrequencyChart } from "./residual-frequency";
import { residualModeChart, rowLabels } from "./residual-mode";

const named = (figure: Figure, name: string) => figure.data.find((trace) => trace.name === name);
const ended = runFixture({ geometry: "circle", finished: true });

describe.each([
  ["frequency", residualFrequencyChart],
  ["mode", residualModeChart],
])("the residual by %s", (_name, chart) => {
  it("has one cell for each row and record, with edges in log time", () => {
    const [heat] = chart.figure(ended, VIEW, "light").data;
    const x = heat?.x as number[];
    expect(heat?.z).toHaveLength(heat?.y.length ?? 0);
    expect(heat?.z?.[0]).toHaveLength(x.length - 1);
    expect(x.every((edge, i) => edge > (x[i - 1] ?? 0))).toBe(true);
    const frame = ended.frames.filter(({ time }) => time > 0)[3];
    expect(x[3]).toBeLessThan(frame?.time ?? 0);
    expect(x[4]).toBeGreaterThan(frame?.time ?? 0);
  });

  it("colours by magnitude, in log10, never below its scale", () => {
    const [heat] = chart.figure(ended, VIEW, "light").data;
    const values = (heat?.z ?? []).flat().filter((value) => value !== null);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(heat?.["zmin"] as number);
    expect(heat?.["colorscale"]).toHaveLength(MAGNITUDE.length);
    expect(chart.figure(ended, VIEW, "dark").legend.map(({ text }) => text)).toEqual(["1", "10⁻²", "10⁻⁴ or less"]);
  });

  it("waits for a record after the start", () => {
    for (const run of [emptyRun(""), runFixture({ frames: 0 }), runFixture({ frames: 1 })]) {
      expect(chart.figure(run, VIEW, "light").empty).toBe("Waiting for the first measurement.");
    }
  });
});

describe("the residual by frequency", () => {
  it("is relative to its start, and leaves weak frequencies blank and counted", () => {
    const figure = residualFrequencyChart.figure(ended, VIEW, "light");
    const [heat] = figure.data;
    expect(heat?.y).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const first = ended.frames.find(({ time }) => time > 0);
    expect(heat?.z?.[2]?.[0]).toBeCloseTo(Math.log10((first?.residual_spectrum[2] ?? NaN) / (ended.frames[0]?.residual_spectrum[2] ?? NaN)), 5);
    expect(heat?.z?.[6]?.every((value) => value === null)).toBe(true);
    expect(figure.note).toBe("3 frequencies too weak to count");
  });

  it("tells the frequency under the pointer, with its own numbers", () => {
    const figure = residualFrequencyChart.figure(ended, VIEW, "light");
    const columns = figure.data[0]?.x.length ?? 0;
    expect(figure.describe(0, 2 * columns)?.title).toBe("Frequency 2");
    expect(figure.describe(0, 6 * columns)).toBeNull();
    expect(figure.describe(0, columns - 1)).toBeNull();
  });

  it("says why there is none", () => {
    expect(residualFrequencyChart.figure(runFixture({ geometry: "points" }), VIEW, "light").empty).toMatch(/not equispaced/);
  });
});

describe("the residual by mode", () => {
  it("has the groups that count, all that are drawn where asked for", () => {
    const figure = residualModeChart.figure(ended, VIEW, "light");
    expect(figure.data[0]?.y).toHaveLength(7);
    expect(figure.note).toBe("1 mode too small to count");
    const all = residualModeChart.figure(ended, { ...VIEW, allModes: true }, "light");
    expect(all.data[0]?.y).toHaveLength(8);
    expect(all.note).toBeNull();
  });

  it("frames the selected row, and finds the group under the pointer", () => {
    const figure = residualModeChart.figure(ended, { ...VIEW, selected: 2 }, "light");
    expect(figure.layout["shapes"]).toMatchObject([{ y0: 1.5, y1: 2.5 }]);
    expect(figure.describe(0, 2 * (figure.data[0]?.x.length ?? 0))).toMatchObject({ title: "Modes 4 and 5", group: 2 });
  });
});

it.each([
  [4, 16, ["1", "2", "3", "4"]],
  [16, 12, ["1", "4", "8", "16"]],
  [40, 16, ["1", "4", "8", "16", "32"]],
])("of %i rows with room for %i numbers, each that is written has room", (rows, most, texts) => {
  const modes = Array.from({ length: rows }, (_, mode) => [mode]);
  expect(rowLabels(modes, most).map(({ text }) => text)).toEqual(texts);
});

describe("the residual in the modes of another kernel", () => {
  it("has the moving kernel's ranks at the times that a kernel was recorded", () => {
    const figure = residualModeChart.figure(ended, { ...VIEW, basis: "moving" }, "light");
    const recorded = ended.kernelFrames.filter(({ time }) => time > 0);
    expect(figure.data[0]?.z?.[0]).toHaveLength(recorded.length);
    expect(figure.data[0]?.z?.[2]?.[1]).toBeCloseTo(Math.log10(recorded[1]?.remaining?.[2] ?? NaN), 5);
    expect(figure.subtitle).toContain("modes of Kₜ");
    expect(figure.describe(0, 2 * (figure.data[0]?.x.length ?? 0))).toMatchObject({ title: "Modes 4 and 5 of Kₜ", group: 2 });
  });

  it("has the limit's own groups, which are no group of the others", () => {
    const figure = residualModeChart.figure(ended, { ...VIEW, basis: "infinite", selected: 2 }, "light");
    expect(figure.data[0]?.z).toHaveLength(5);
    expect(figure.note).toBe("1 mode too small to count");
    expect(figure.subtitle).toContain("modes of Θ");
    expect(figure.layout["shapes"]).toEqual([]);
    expect(figure.describe(0, 0)).toMatchObject({ title: "Mode 1 of Θ", group: null });
    expect(figure.describe(0, 0)?.rows).toContainEqual(["eigenvalue λ, Θ", "110.0"]);
  });

  it("falls back to the first kernel, and says why", () => {
    const before = runFixture({ further: false });
    expect(residualModeChart.figure(before, { ...VIEW, basis: "infinite" }, "light").subtitle).toContain("modes of K₀");
    expect(missingBasis(before, "infinite")).toBe("Left out: the set-up's notices say why.");
    expect(missingBasis(before, "moving")).toBe("This run does not record it");
    expect(missingBasis(runFixture({ kernels: false }), "moving")).toBe("This run records no kernels.");
    expect(BASES.map((basis) => missingBasis(ended, basis))).toEqual([null, null, null]);
  });
});

describe("when each mode is learnt", () => {
  it("draws the prediction by eigenvalue, and no measurement before the end", () => {
    const figure = learningTimesChart.figure(runFixture({ geometry: "circle" }), VIEW, "light");
    const line = named(figure, "predicted");
    line?.x.forEach((eigenvalue, i) => expect(line.y[i]).toBeCloseTo(Math.log(10) / (eigenvalue as number), 6));
    expect(line?.x).toEqual([...(line?.x ?? [])].sort((a, b) => (a as number) - (b as number)));
    expect(named(figure, "measured")?.x).toEqual([]);
    expect(figure.note).toBe("measured when the run ends");
  });

  it("draws what the closing table holds, greys what does not count, and counts what was not reached", () => {
    const figure = learningTimesChart.figure(ended, VIEW, "light");
    const points = named(figure, "measured");
    expect(points?.x).toEqual([100, 20, 5, 100 / 36, 100 / 49]);
    expect(points?.y[1]).toBeCloseTo((1.1 * Math.log(10)) / 20, 6);
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(TOKENS.light.control.slice(at, at + 2), 16));
    expect((points?.["marker"] as { color: string[] }).color[4]).toContain(`${red},${green},${blue}`);
    expect(figure.note).toBe("3 not reached");
    expect(figure.legend.map(({ text }) => text)).toContain("too small to count");
    expect(figure.describe(1, 1)?.title).toBe("Modes 2 and 3");
  });

  it("has the play-head across, and fades what lies beyond it", () => {
    const figure = learningTimesChart.figure(ended, { ...VIEW, time: 0.3 }, "light");
    expect(named(figure, "play-head")?.y).toEqual([0.3, 0.3]);
    const colours = (named(figure, "measured")?.["marker"] as { color: string[] }).color;
    expect(colours.map((colour) => colour.endsWith(",1)"))).toEqual([true, true, false, false, false]);
  });
});

describe("eigenvalues by frequency", () => {
  it("marks odd and even frequencies of a circle apart, and leaves 0 out, counted", () => {
    const figure = frequencyEigenvalueChart.figure(runFixture({ geometry: "circle", finished: true, further: false }), VIEW, "light");
    expect(named(figure, "odd k")?.x).toEqual([1, 3, 5, 7, 9]);
    expect(named(figure, "even k")?.x).toEqual([6, 8, 10]);
    expect((named(figure, "even k")?.["marker"] as { symbol: string }).symbol).not.toBe((named(figure, "odd k")?.["marker"] as { symbol: string }).symbol);
    expect(figure.note).toBe("1 mode of frequency 0 left out");
    expect(figure.describe(0, 1)?.title).toBe("Modes 4 and 5");
  });

  it("has one kind of mark on an interval", () => {
    const figure = frequencyEigenvalueChart.figure(runFixture({ further: false }), VIEW, "light");
    expect(figure.data).toHaveLength(1);
    expect(figure.legend).toEqual([]);
  });

  it("says why it is empty", () => {
    expect(frequencyEigenvalueChart.figure(runFixture({ geometry: "plane" }), VIEW, "light").empty).toBe("The modes of these points have no single frequency.");
  });
});
