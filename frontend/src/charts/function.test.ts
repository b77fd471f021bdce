import { describe, expect, it } from "vitest";
import { DEFAULT_VIEW as VIEW, type View } from "../run/view";
import { runFixture } from "../test/run-fixture";
import { SERIES } from "../theme/tokens";
import { functionChart } from "./function";
import type { Figure } from "./parts/figure";
import { missingPrediction, PREDICTIONS } from "./parts/predictions";

const named = (figure: Figure, name: string) => {
  const trace = figure.data.find((one) => one.name === name);
  if (!trace) throw new Error(`no trace "${name}"`);
  return trace;
};

describe("the function", () => {
  it("draws the frame at the play-head, measured solid and predicted dashed, the data on top", () => {
    const run = runFixture({ excursion: 2 });
    const frame = run.frames[30];
    const figure = functionChart.figure(run, { ...VIEW, time: frame?.time ?? 0 }, "light");
    expect(named(figure, "network").y).toEqual([...(frame?.function ?? [])]);
    expect(named(figure, "K₀").y).toEqual([...(frame?.predicted.frozen.function ?? [])]);
    expect(named(figure, "network")["line"]).toMatchObject({ width: 2.5, color: SERIES.light.measured });
    expect(named(figure, "K₀")["line"]).toMatchObject({ width: 2, color: SERIES.light.frozen, dash: expect.stringContaining("px") });
    expect(figure.data.at(-1)?.name).toBe("data");
    expect(figure.subtitle).toContain("t = ");
  });

  it("marks the points that are held out, and draws no target that only they know", () => {
    const run = runFixture();
    const started = run.started;
    if (!started?.grid_target) throw new Error("no target");
    const known = started.grid_target.slice();
    Object.assign(started, { held_out: [3, 5] });
    const figure = functionChart.figure(run, VIEW, "light");
    expect(named(figure, "held out").x).toEqual([started.grid.values[3], started.grid.values[5]]);
    expect(named(figure, "held out").y).toEqual([known[3], known[5]]);
    expect(named(figure, "target").y.some((value) => value !== null)).toBe(true);
    const at = figure.data.findIndex((one) => one.name === "held out");
    expect(figure.describe(at, 1)?.title).toBe("held out");
    expect(figure.describe(at, 1)?.rows[0]?.[1]).toBe(functionChart.figure(run, VIEW, "light").describe(1, 5)?.rows[0]?.[1]);
    Object.assign(started, { grid_target: known.map((value, i) => (i === 3 || i === 5 ? value : NaN)) });
    const table = functionChart.figure(run, VIEW, "light");
    expect(named(table, "target").y.every((value) => value === null)).toBe(true);
    expect(table.legend.map((item) => item.text)).not.toContain("target");
    expect(table.legend.map((item) => item.text)).toContain("held out");
  });

  it("has a table's headings on its axes", () => {
    const run = runFixture();
    const points = { kind: "dataset", sha256: "0", x: ["YEAR"], y: "SUNACTIVITY" };
    Object.assign(run.started ?? {}, { config: { data: { points, target: { kind: "dataset" } } } });
    const shown = () => JSON.stringify(functionChart.figure(run, VIEW, "light").layout);
    expect(shown()).toMatch(/"text":"YEAR"/);
    expect(shown()).toMatch(/"text":"SUNACTIVITY"/);
    points.x.push("MONTH");
    expect(shown()).not.toMatch(/YEAR|SUNACTIVITY/);
  });

  it("never blends two frames", () => {
    const run = runFixture();
    const [before, after] = [run.frames[30], run.frames[31]];
    const between = ((before?.time ?? 0) + (after?.time ?? 0)) / 2;
    expect(named(functionChart.figure(run, { ...VIEW, time: between }, "light"), "network").y).toEqual([...(before?.function ?? [])]);
  });

  it("closes the curve on a circle, and draws it against the angle", () => {
    const figure = functionChart.figure(runFixture({ geometry: "circle" }), VIEW, "light");
    const curve = named(figure, "network");
    expect(curve.x.at(-1)).toBeCloseTo((curve.x[0] ?? 0) + 2 * Math.PI, 5);
    expect(curve.y.at(-1)).toBe(curve.y[0]);
    expect(figure.layout.xaxis["ticktext"]).toEqual(["0", "π/2", "π", "3π/2", "2π"]);
    expect(figure.subtitle).toContain("θ");
  });

  it("starts with f at time 0, before any frame", () => {
    const run = runFixture({ frames: 0 });
    expect(named(functionChart.figure(run, VIEW, "light"), "network").y).toEqual([...(run.started?.grid_start ?? [])]);
  });

  it("leaves the target out of the legend where it is not known", () => {
    const legend = functionChart.figure(runFixture({ heldOut: false }), VIEW, "light").legend.map((item) => item.text);
    expect(legend).not.toContain("target");
  });

  it("cuts a wild excursion and says how large it is", () => {
    const figure = functionChart.figure(runFixture({ excursion: 1000 }), VIEW, "light");
    expect(figure.layout.yaxis.range[1]).toBeLessThan(5);
    expect(figure.note).toMatch(/max \|f\| = 9\d\d/);
    expect(functionChart.figure(runFixture(), VIEW, "light").note).toBeNull();
  });

  it("tells position, target, measurement and prediction under the pointer", () => {
    const figure = functionChart.figure(runFixture(), VIEW, "light");
    expect(figure.describe(1, 3)?.rows.map(([label]) => label)).toEqual(["x", "target", "network", "K₀"]);
    expect(figure.describe(3, 0)?.rows.map(([label]) => label)).toEqual(["x", "y", "network"]);
  });
});

describe("the predictions that can be switched", () => {
  const all: View = { ...VIEW, predictions: ["frozen", "moving", "infinite", "ensemble"] };

  it("are drawn each in its own style, with the network's distance beside the name", () => {
    const run = runFixture();
    const figure = functionChart.figure(run, all, "light");
    const dashes = ["K₀", "Kₜ", "∞"].map((name) => (named(figure, name)["line"] as { dash: string }).dash);
    expect(new Set(dashes).size).toBe(3);
    expect(named(figure, "∞").y).toEqual([...(run.frames.at(-1)?.predicted.infinite?.function ?? [])]);
    expect(figure.legend.map(({ text }) => text).slice(3)).toEqual(["K₀ 2.1\u2009%", expect.stringMatching(/^Kₜ \(t = [\d,]+\) 1\.1\u2009%$/), "∞ 5.0\u2009%", "Band 30.0\u2009%"]);
    expect(figure.describe(2, 3)?.rows.map(([label]) => label)).toEqual(["x", "target", "network", "K₀", "Kₜ", "∞", "Band"]);
    expect(functionChart.figure(run, { ...VIEW, predictions: [] }, "light").data.map(({ name }) => name)).toEqual(["target", "network", "data"]);
  });

  it("takes the moving kernel's newest record at or before the play-head, and says its time only where it is another", () => {
    const run = runFixture();
    const [third, fourth] = [run.kernelFrames[3], run.kernelFrames[4]];
    const between = functionChart.figure(run, { ...all, time: ((third?.time ?? 0) + (fourth?.time ?? 0)) / 2 }, "light");
    expect(named(between, "Kₜ").y).toEqual([...(third?.moving?.function ?? [])]);
    const at = functionChart.figure(run, { ...all, time: third?.time ?? 0 }, "light");
    expect(at.legend.map(({ text }) => text)).toContain("Kₜ 1.1\u2009%");
  });

  it("has a band of two standard deviations either side, under every line", () => {
    const run = runFixture();
    const [band] = functionChart.figure(run, all, "light").data;
    const mean = run.frames.at(-1)?.predicted.ensemble?.function as Float32Array;
    expect(band?.name).toBe("Band");
    expect(band?.["fillcolor"]).toMatch(/,0\.18\)$/);
    expect(band?.y[2]).toBeCloseTo((mean[2] ?? NaN) + 0.6, 5);
    expect(band?.y.at(-3)).toBeCloseTo((mean[2] ?? NaN) - 0.6, 5);
  });

  it("play what was rehearsed where nothing is trained yet, and measurement runs over it", () => {
    const run = runFixture({ rehearsed: 40, frames: 2 });
    const rate = run.started?.learning_rate ?? NaN;
    const ahead = { ...all, predictions: ["rehearsed" as const], time: rate * 5.5 }; // half-way between the nodes of steps 1 and 10
    const figure = functionChart.figure(run, ahead, "light");
    expect(named(figure, "Rehearsed").y[0]).toBeCloseTo(1.5, 5);
    expect(figure.legend.map(({ text }) => text)).toContain("Rehearsed (t = 0.0550)");
    expect(named(functionChart.figure(run, { ...ahead, time: 100 * rate }, "light"), "Rehearsed").y[0]).toBeLessThanOrEqual(3);
    const trained = runFixture({ rehearsed: 40, frames: 30 });
    expect(named(functionChart.figure(trained, ahead, "light"), "Rehearsed").y[0]).toBe(7);
    expect(functionChart.figure(trained, ahead, "light").legend.map(({ text }) => text)).toContain("Rehearsed 2.0\u2009%");
    const before = runFixture({ rehearsed: 40, frames: 0, kernels: false });
    expect(named(functionChart.figure(before, ahead, "light"), "Rehearsed").y[0]).toBeCloseTo(1.5, 5);
  });

  it("is the rehearsal alone of what is not trained: no network, no prediction that only a record has", () => {
    const draft = runFixture({ rehearsed: 40, frames: 0, kernels: false });
    const figure = functionChart.figure(draft, { ...all, predictions: [...all.predictions, "rehearsed"] }, "light");
    expect(named(figure, "Rehearsed").y[0]).toBeCloseTo(3, 5); // its last node
    expect(named(figure, "network").y.every((value) => value === null)).toBe(true);
    expect(figure.legend.map(({ text }) => text)).toEqual(["data", "target", expect.stringMatching(/^Rehearsed \(t = /)]);
    const unrehearsed = functionChart.figure(runFixture({ frames: 0, kernels: false }), all, "light");
    expect(unrehearsed.legend.map(({ text }) => text)).toContain("network"); // at its start
  });

  it.each(["plane", "points"] as const)("stand in the network's place over a %s, where nothing is trained yet", (geometry) => {
    const draft = runFixture({ geometry, rehearsed: 40, frames: 0, kernels: false });
    const figure = functionChart.figure(draft, VIEW, "light");
    const values = (geometry === "plane" ? named(figure, "rehearsed").z?.flat() : figure.data[1]?.y) ?? [];
    expect(new Set(values)).toEqual(new Set([3])); // its last node
    expect(figure.subtitle).toContain("t = 12.6");
  });

  it("are left out where the run has none, with the reason", () => {
    const before = runFixture({ further: false });
    expect(functionChart.figure(before, all, "light").legend.map(({ text }) => text).slice(3)).toEqual(["K₀"]);
    expect(PREDICTIONS.map((id) => missingPrediction(before, id))).toEqual([
      null,
      "This run was not rehearsed.",
      "This run records no prediction of the moving kernel.",
      "Left out: the set-up's notices say why.",
      "Left out: the set-up's notices say why.",
    ]);
    expect(missingPrediction(runFixture({ centered: true }), "ensemble")).toMatch(/^This run starts from zero: .* off for a band\.$/);
    expect(missingPrediction(runFixture({ kernels: false }), "moving")).toBe("This run records no kernels.");
  });

  it.each(["plane", "points"] as const)("have their distances alone over a %s", (geometry) => {
    const run = runFixture({ geometry });
    const figure = functionChart.figure(run, all, "light");
    expect(figure.legend.filter(({ mark }) => mark === "none").map(({ text }) => text)).toContain("∞ 5.0\u2009%");
    expect(figure.data.map(({ name }) => name)).toEqual(functionChart.figure(run, VIEW, "light").data.map(({ name }) => name));
  });
});

describe("with two inputs", () => {
  it("draws network, target and difference on one scale with zero in the middle", () => {
    const figure = functionChart.figure(runFixture({ geometry: "plane" }), VIEW, "dark");
    const maps = figure.data.filter((trace) => trace.type === "heatmap");
    expect(maps.map((map) => map.name)).toEqual(["network", "target", "difference"]);
    expect(new Set(maps.map((map) => JSON.stringify([map["zmin"], map["zmax"]]))).size).toBe(1);
    for (const map of maps) expect(map["zmin"]).toBe(-(map["zmax"] as number));
    const [network, target, difference] = maps.map((map) => map.z?.[2]?.[4] ?? NaN) as [number, number, number];
    expect(difference).toBeCloseTo(network - target, 6);
  });

  it("lays the grid's rows along x₂ and its columns along x₁", () => {
    const run = runFixture({ geometry: "plane" });
    const map = functionChart.figure(run, VIEW, "light").data[0];
    expect(map?.x[1]).toBeCloseTo(1 / 5, 6);
    expect(map?.y[5]).toBeCloseTo(1, 6);
    expect(map?.z?.[1]?.[2]).toBe(run.frames.at(-1)?.function[8]);
  });

  it("compares with the prediction where the target is not known", () => {
    const figure = functionChart.figure(runFixture({ geometry: "plane", heldOut: false }), VIEW, "light");
    expect(figure.data.map((trace) => trace.name)).toEqual(["network", "predicted", "difference", "data"]);
  });

  it("compares with the prediction where only held-out points after its cells know the target", () => {
    const run = runFixture({ geometry: "plane" });
    const { started } = run;
    if (!started?.grid_target) throw new Error("no target");
    const cells = started.grid_target.length;
    Object.assign(started, { held_out: [cells], grid_target: Float32Array.of(...new Float32Array(cells).fill(NaN), 2) });
    expect(functionChart.figure(run, VIEW, "light").data.map((trace) => trace.name)).toEqual(["network", "predicted", "difference", "data"]);
  });

  it("is drawn ten times a second, a curve thirty times", () => {
    expect(functionChart.figure(runFixture({ geometry: "plane" }), VIEW, "light").interval).toBe(100);
    expect(functionChart.figure(runFixture(), VIEW, "light").interval).toBe(33);
  });
});

it("says how large a curve is that its frame cuts, on whichever side", () => {
  for (const factor of [40, -50]) {
    const run = runFixture();
    run.started!.grid_start.fill(factor < 0 ? 100 : -100); // the frame has room on the other side
    run.frames.at(-1)!.function.fill(factor);
    expect(functionChart.figure(run, VIEW, "light").note).toBe(`max |f| = ${Math.abs(factor)}.0`);
    expect(functionChart.figure(run, { ...VIEW, time: 0.5 }, "light").note).toBeNull();
  }
});

describe("with more inputs", () => {
  it("draws f against the target beside the diagonal, on axes alike", () => {
    const run = runFixture({ geometry: "points" });
    const figure = functionChart.figure(run, VIEW, "light");
    expect(named(figure, "training points").x).toEqual([...(run.started?.targets ?? [])]);
    expect(named(figure, "training points").y).toEqual([...(run.frames.at(-1)?.fitted ?? [])]);
    expect(figure.layout.xaxis.range).toEqual(figure.layout.yaxis.range);
    expect(named(figure, "target").x).toEqual(figure.layout.xaxis.range);
  });
});
