import { describe, expect, it } from "vitest";
import { sweepFixture } from "../test/sweep-fixture";
import { SERIES } from "../theme/tokens";
import type { Figure } from "./parts/figure";
import { guideOf, widthFigure, widthNumbers } from "./width";

const WIDE = { narrow: false };
const named = (figure: Figure, name: string) => figure.data.find((trace) => trace.name === name);

describe("the guide of theory", () => {
  const slope = (at: [number, number], expected: number | null) => {
    const found = sweepFixture().study?.slopes[0];
    if (!found) throw new Error("no slope");
    return { ...found, at_lowest: at[0], at_highest: at[1], expected };
  };

  it("has the slope of theory on log-log axes and meets the fit in the middle", () => {
    const guide = guideOf(slope([0.1, 0.025], -0.75));
    if (!guide) throw new Error("no guide");
    const [low, high] = guide.y;
    expect(Math.log(high / low) / Math.log(256 / 64)).toBeCloseTo(-0.75, 12);
    expect(Math.sqrt(low * high)).toBeCloseTo(Math.sqrt(0.1 * 0.025), 12);
    expect(guide.x).toEqual([64, 256]);
  });

  it("is the fit itself where both have one slope", () => {
    expect(guideOf(slope([0.2, 0.1], -0.5))?.y[0]).toBeCloseTo(0.2, 12);
  });

  it("is not drawn where theory says nothing", () => {
    expect(guideOf(slope([0.1, 0.05], null))).toBeNull();
  });
});

describe("the figure of a width study", () => {
  it("draws every run, the means with their errors, the fit and the guide, per scaling", () => {
    const figure = widthFigure("drift", sweepFixture(), WIDE, "light");
    expect(figure.data.map((trace) => trace.name)).toEqual([
      "NTK: a single run", "NTK: theory", "NTK: fit", "NTK",
      "mean field: a single run", "mean field: theory", "mean field: fit", "mean field",
    ]);
    expect(named(figure, "NTK: a single run")?.y).toEqual([0.1, 0.1, 0.025, 0.025]);
    expect(named(figure, "NTK")).toMatchObject({ y: [0.1, 0.025], error_y: { array: [0.001, 0.001] }, marker: { color: SERIES.light.measured, symbol: "circle" } });
    expect(named(figure, "mean field")).toMatchObject({ marker: { color: SERIES.light.frozen, symbol: "diamond" } });
    expect(named(figure, "NTK: fit")).toMatchObject({ x: [64, 256], y: [0.1, 0.025] });
    expect(figure.legend.map((item) => item.text)).toEqual(["NTK", "mean field", "fit", "theory"]);
    expect(figure.subtitle).toContain("λ₁t = 300");
  });

  it("has logarithmic axes over all widths of the study, with the widths as ticks", () => {
    const { layout } = widthFigure("distance", sweepFixture({ runs: [], study: null, state: "running" }), WIDE, "light");
    expect(layout.xaxis).toMatchObject({ type: "log", tickvals: [64, 256], ticktext: ["64", "256"] });
    expect(layout.xaxis.range[0]).toBeLessThan(Math.log10(64));
    expect(layout.xaxis.range[1]).toBeGreaterThan(Math.log10(256));
    expect(layout.yaxis.type).toBe("log");
  });

  it("takes what is on no axis from what all runs have in common", () => {
    const whole = sweepFixture();
    const axes = whole.axes.filter((axis) => axis.field === "network.width");
    const runs = whole.runs
      .filter((run) => run.values["network.parameterization"] === "ntk" && run.values["seed"] === 0)
      .map((run) => ({ ...run, values: { "network.width": run.values["network.width"] ?? 0 } }));
    const figure = widthFigure("drift", { ...whole, axes, runs }, WIDE, "light");
    expect(named(figure, "NTK: a single run")).toMatchObject({ x: [64, 256], y: [0.1, 0.025] });
    expect(figure.describe(0, 1)).toMatchObject({ title: "Width 256, NTK", rows: expect.arrayContaining([["seed", "0"]]) });
  });

  it("keeps the scalings apart only where there are two", () => {
    const both = widthFigure("distance", sweepFixture(), WIDE, "light");
    expect(named(both, "NTK")?.x[0]).toBeLessThan(64);
    expect(named(both, "mean field")?.x[0]).toBeGreaterThan(64);
    const axes = sweepFixture().axes.map((axis) => (axis.field === "network.parameterization" ? { ...axis, values: ["ntk"] } : axis));
    expect(named(widthFigure("distance", sweepFixture({ axes }), WIDE, "light"), "NTK")?.x).toEqual([64, 256]);
  });

  it("knows the run of a single point, and none behind a mean", () => {
    const figure = widthFigure("distance", sweepFixture(), WIDE, "light");
    expect(figure.runOf(0, 1)).toBe("run-1");
    expect(figure.describe(0, 1)).toMatchObject({ title: "Width 64, NTK", rows: [["seed", "1"], ["distance", "0.1500"]], click: "opens the run in the Lab" });
    const means = figure.data.findIndex((trace) => trace.name === "NTK");
    expect(figure.runOf(means, 0)).toBeNull();
    expect(figure.describe(means, 0)?.rows).toContainEqual(["mean of", "2"]);
    expect(figure.describe(1, 0)).toBeNull();
  });

  it("leaves out what no logarithm can show, and counts it", () => {
    const sweep = sweepFixture();
    sweep.runs[0] = { ...(sweep.runs[0] as (typeof sweep.runs)[0]), drift: 0 };
    const figure = widthFigure("drift", sweep, WIDE, "light");
    expect(named(figure, "NTK: a single run")?.y).toHaveLength(3);
    expect(figure.note).toBe("1 at zero, not drawn");
  });

  it("says what it waits for", () => {
    expect(widthFigure("drift", sweepFixture({ runs: [], study: null, state: "running" }), WIDE, "dark").empty).toBe("Waiting for the first run to complete.");
    expect(widthFigure("drift", sweepFixture({ runs: [], study: null }), WIDE, "dark").empty).toBe("No run has measured it.");
    expect(widthFigure("drift", sweepFixture(), WIDE, "dark").empty).toBeNull();
  });
});

it("the (?) tells slopes beside theory, and the widest network's means", () => {
  expect(widthNumbers(sweepFixture(), "drift")).toEqual([
    { label: "Slope, NTK (theory −3/4)", value: "−1.000 ± 0.020" },
    { label: "Slope, mean field (theory 0)", value: "0.000 ± 0.020" },
    { label: "At width 256, NTK", value: "0.0250 ± 0.0010" },
    { label: "At width 256, mean field", value: "0.3000 ± 0.0010" },
  ]);
  expect(widthNumbers(null, "drift")).toEqual([]);
});
