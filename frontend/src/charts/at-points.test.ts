import { describe, expect, it } from "vitest";
import type { Started } from "../api/codec";
import type { RunState } from "../run/run";
import { DEFAULT_VIEW as VIEW } from "../run/view";
import { runFixture } from "../test/run-fixture";
import { answered, QUESTIONS } from "./further";
import { kernelMapChart } from "./kernel-map";
import { kernelModesChart } from "./kernel-modes";
import { motionChart } from "./motion";
import { arrowsOf, oneStepChart } from "./one-step";
import { entryAt, rowsOf } from "./parts/at-points";
import { pathChart } from "./path";

const further = runFixture({ geometry: "interval", further: true, finished: true });
const older = runFixture({ geometry: "interval", further: false });

describe("the upper triangle", () => {
  it("is read on both sides of the diagonal", () => {
    const kernel = [11, 12, 13, 22, 23, 33];
    expect(rowsOf(kernel, 3)).toEqual([[11, 12, 13], [12, 22, 23], [13, 23, 33]]);
    expect(entryAt(3, 2, 1)).toBe(entryAt(3, 1, 2));
  });
});

describe("the whole kernel", () => {
  it("stands at the start, at the play-head and at infinite width, on one signed scale", () => {
    const { data, describe: found } = kernelMapChart.figure(further, VIEW, "light");
    expect(data.map(({ name }) => name.slice(0, 2))).toEqual(["K₀", "Kₜ", "Θ,"]);
    expect(new Set(data.map((trace) => `${trace["zmin"]} ${trace["zmax"]}`)).size).toBe(1);
    expect(data[0]?.["zmin"]).toBe(-(data[0]?.["zmax"] as number));
    expect(data[0]?.z?.[2]?.[5]).toBe(data[0]?.z?.[5]?.[2]);
    expect(found(0, 8 + 2)?.title).toBe("Points 2 and 3");
  });

  it("has square cells: each map's two axes are of one scale, within its room", () => {
    const { layout } = kernelMapChart.figure(further, VIEW, "light");
    for (const n of ["", "2", "3"]) {
      expect(layout[`yaxis${n}`]).toMatchObject({ scaleanchor: `x${n}`, scaleratio: 1, constrain: "domain" });
      expect(layout[`xaxis${n}`]).toMatchObject({ constrain: "domain" });
    }
  });

  it("names its axis once, under the middle map", () => {
    const { layout } = kernelMapChart.figure(further, VIEW, "light");
    const titles = ["xaxis", "xaxis2", "xaxis3"].map((axis) => (layout[axis] as { title: { text: string } }).title.text);
    expect(titles).toEqual(["", "point j, with i upwards", ""]);
  });
});

describe("modes of the kernel now", () => {
  it("draws those of the start as dashes under those of the play-head", () => {
    const { data, legend } = kernelModesChart.figure(further, VIEW, "light");
    expect(data).toHaveLength(10);
    expect(data[0]).toMatchObject({ name: "Mode 1 of K₀", line: { dash: "5px,4px" } });
    expect(data[5]).toMatchObject({ name: "Mode 1 of Kₜ", line: { dash: "solid" } });
    expect(legend.map(({ text }) => text)).toEqual(["1", "2", "3", "4", "5"]);
  });
});

describe("one step on one point", () => {
  it("moves each point by the entry times the pull, drawn a round number of times as long", () => {
    const { started, frames } = further;
    if (!started?.at_points || !frames[0]) throw new Error("not recorded");
    const arrows = arrowsOf(started as Started, started.at_points, frames[0], 5, 2);
    expect(arrows.by[5]).toBeCloseTo(10 * 0.002, 6);
    expect(arrows.by[4]).toBeCloseTo(10 * Math.cos(0.5) * 0.002, 6);
    expect(arrows.times).toBe(20);
    expect((arrows.to[5] as number) - (arrows.from[5] as number)).toBeCloseTo(20 * 0.02, 5);
  });

  it("gives a head to arrows that are longer than one", () => {
    const { data } = oneStepChart.figure(further, { ...VIEW, slice: 3 }, "light");
    const sizes = (data[1]?.["marker"] as { size: number[] }).size;
    const lengths = (data[1]?.y as number[]).map((tip, i) => Math.abs(tip - (data[2]?.y[i] as number)));
    expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(0);
    expect(Math.min(...lengths.filter((_, i) => sizes[i]))).toBeGreaterThan(Math.max(...lengths.filter((_, i) => !sizes[i])));
  });

  it("says so where nothing is left to learn, and enlarges no round-off", () => {
    const still = (frame: RunState["kernelFrames"][0]) => (frame.at_points ? { ...frame, at_points: { ...frame.at_points, pull: frame.at_points.pull.map(() => 1e-20) } } : frame);
    const figure = oneStepChart.figure({ ...further, kernelFrames: further.kernelFrames.map(still) }, VIEW, "light");
    expect([figure.subtitle, figure.note]).toEqual([expect.stringMatching(/^x₀ = /), "nothing is left to learn: a step moves f by 1.54×10⁻¹⁹ at most"]);
    expect(figure.data[1]?.y).toEqual(figure.data[2]?.y);
  });

  it("keeps every arrow inside the frame", () => {
    for (const run of [further, runFixture({ geometry: "circle", further: true })]) {
      const { data, layout } = oneStepChart.figure(run, { ...VIEW, slice: 3 }, "light");
      for (const tip of data[1]?.y ?? []) {
        expect(tip).toBeGreaterThan(layout.yaxis.range[0]);
        expect(tip).toBeLessThan(layout.yaxis.range[1]);
      }
    }
  });

  it("steps on the point that is pointed at", () => {
    const at = (slice: number) => oneStepChart.figure(further, { ...VIEW, slice }, "light").data[3]?.x[0];
    expect(at(0)).not.toBe(at(1));
  });
});

describe("the path of two points", () => {
  const two = (): RunState => {
    const run = runFixture({ geometry: "interval", further: true, finished: true });
    if (!run.started) throw new Error("not started");
    const path = { shape: [2, 2], values: Float32Array.from([0, 0, 1, 2]) };
    const ellipse = { shape: [3, 2], values: Float32Array.from([4, 0, 0, 2, 4, 0]) };
    const at_points = run.started.at_points ? { ...run.started.at_points, ellipse } : null;
    return { ...run, started: { ...run.started, targets: Float32Array.from([1, 2]), path, at_points }, kernelFrames: [], frames: run.frames.map((frame, i) => ({ ...frame, fitted: Float32Array.from([i / 100, i / 50]) })) };
  };

  it("has the measured path, the predicted one and the ellipse around the network", () => {
    const { data, empty } = pathChart.figure(two(), VIEW, "light");
    expect(empty).toBeNull();
    expect(data.map(({ name }) => name)).toEqual(["ellipse of Kₜ", "by K₀", "measured", "target y"]);
    const last = data[2]?.x.at(-1) as number;
    expect((data[0]?.x[0] as number) - last).toBeCloseTo(0.25 * Math.sqrt(5), 5);
  });

  it("leads its question, which folds the chart that did", () => {
    const [order] = QUESTIONS;
    if (!order) throw new Error("no question");
    expect(answered(order, two()).lead.id).toBe("path");
    expect(answered(order, two()).folded.at(-1)?.chart.id).toBe("learning-times");
    expect(answered(order, further).lead.id).toBe("learning-times");
  });

  it("says where there is none", () => {
    expect(pathChart.figure(further, VIEW, "light").empty).toContain("two training points");
  });
});

describe("kernel and parameters", () => {
  it("draws both, and of an older log the kernel alone", () => {
    expect(motionChart.figure(further, VIEW, "light").data.map(({ x }) => x.length > 0)).toEqual([true, true]);
    expect(motionChart.figure(older, VIEW, "light").data.map(({ x }) => x.length > 0)).toEqual([true, false]);
  });
});

it.each([kernelMapChart, kernelModesChart, oneStepChart])("an older log has not measured $id", (chart) => {
  expect(chart.figure(older, VIEW, "light").empty).toContain("earlier version");
});
