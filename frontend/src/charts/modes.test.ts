import { describe, expect, it } from "vitest";
import { DEFAULT_VIEW as VIEW } from "../run/view";
import { runFixture } from "../test/run-fixture";
import { TOKENS } from "../theme/tokens";
import { modesChart } from "./modes";
import type { Figure, Trace } from "./parts/figure";

const traces = (figure: Figure, name: string) => figure.data.filter((trace) => trace.name === name);
const colours = (trace: Trace | undefined) => (trace?.["marker"] as { color: string[] }).color;

describe("the modes", () => {
  it("draws a line for each group, and all measurements in two traces, one over the other", () => {
    const figure = modesChart.figure(runFixture(), VIEW, "light");
    expect(traces(figure, "predicted")).toHaveLength(8);
    expect(traces(figure, "measured")).toHaveLength(2);
  });

  it("draws a second line for each group where the run was rehearsed, as far as that came", () => {
    const run = runFixture({ rehearsed: 12 });
    const figure = modesChart.figure(run, VIEW, "light");
    const lines = traces(figure, "rehearsed");
    expect(lines).toHaveLength(8);
    expect(lines[2]?.["line"]).toMatchObject({ dash: "12px,3px" });
    expect(Math.max(...lines.flatMap(({ x }) => x.map(Number)))).toBeLessThanOrEqual(run.started?.times[11] ?? NaN);
    const theory = traces(figure, "predicted");
    expect(lines[2]?.y[0]).toBeCloseTo(2 * Number(theory[2]?.y[0]), 5);
    const at = figure.data.indexOf(lines[2] as Trace);
    expect(figure.describe(at, 0)?.rows).toContainEqual(["remaining, rehearsed", expect.any(String)]);
    expect(figure.describe(at, 0)?.title).toBe(figure.describe(figure.data.indexOf(theory[2] as Trace), 0)?.title);
    expect(traces(modesChart.figure(run, { ...VIEW, predictions: [] }, "light"), "rehearsed")).toHaveLength(0);
  });

  it("says which law is drawn, and draws that one", () => {
    const descent = modesChart.figure(runFixture({ law: "gradient_descent" }), VIEW, "light");
    const flow = modesChart.figure(runFixture({ law: "gradient_flow" }), VIEW, "light");
    expect(descent.subtitle).toContain("(1 − ηλᵢ)ᵏ");
    expect(flow.subtitle).toContain("exp(−λᵢ t)");
    const second = (figure: Figure) => traces(figure, "predicted")[2]?.y[0];
    expect(second(flow)).toBeCloseTo(Math.exp(-20 * 0.01), 5);
    expect(second(descent)).toBeCloseTo(1 - 20 * 0.01, 5);
  });

  it("has at most 40 points a mode", () => {
    const run = runFixture();
    const figure = modesChart.figure(run, VIEW, "light");
    const points = figure.data.indexOf(traces(figure, "measured")[0] as Trace);
    const counts = new Map<number, number>();
    for (let i = 0; i < (traces(figure, "measured")[0]?.x.length ?? 0); i += 1) {
      const group = figure.describe(points, i)?.group ?? -1;
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
    expect(counts.size).toBe(7); // η λ₁ = 1: mode 1 is gone at the first step
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(40);
    expect(Math.min(...counts.values())).toBeGreaterThan(3);
  });

  it("makes points faint that the play-head has not reached, and no others", () => {
    const run = runFixture();
    const time = run.frames[30]?.time ?? 0;
    const [all, reached] = traces(modesChart.figure(run, { ...VIEW, time }, "light"), "measured");
    expect(new Set(colours(all).map((colour) => colour.split(",").at(-1)))).toEqual(new Set(["0.25)", "0.1)"]));
    colours(all).forEach((colour, i) => expect(colours(reached)[i]?.startsWith(colour.slice(0, colour.lastIndexOf(",")))).toBe(true));
    all?.x.forEach((x, i) => expect(reached?.y[i]).toBe((x ?? 0) <= time * 1.001 ? all.y[i] : null));
    expect(reached?.y.filter((y) => y === null).length).toBeGreaterThan(20);
    const [whole, allReached] = traces(modesChart.figure(run, VIEW, "light"), "measured");
    expect(allReached?.y).toEqual(whole?.y);
  });

  it("greys a mode that does not count, below the others, and says so", () => {
    const figure = modesChart.figure(runFixture(), VIEW, "light");
    expect(traces(figure, "predicted")[0]?.["line"]).toMatchObject({ color: TOKENS.light.control, width: 1 });
    expect(figure.legend).toEqual([{ mark: "dot", colour: TOKENS.light.control, text: "too small to count" }]);
  });

  it("thickens the selected mode and makes the others faint", () => {
    const lines = traces(modesChart.figure(runFixture(), { ...VIEW, selected: 3 }, "light"), "predicted");
    const loud = lines.filter((line) => line["opacity"] === 1);
    expect(loud).toHaveLength(1);
    expect(loud[0]?.["line"]).toMatchObject({ width: 2.5 });
    expect(lines.filter((line) => line["opacity"] === 0.25)).toHaveLength(7);
  });

  it("counts the modes that are not there", () => {
    expect(modesChart.figure(runFixture(), VIEW, "light").note).toContain("below round-off");
  });

  it("says why points rise, whatever the verdict's cause", () => {
    const note = (rising: number[] | undefined) => {
      const run = runFixture();
      const numbers = { function_error: 0.3, modes_error: 0.1, worst_error: 0.5, worst_modes: [2], drift: 0.5 };
      const verdict = { word: "fails", cause: "kernel_moved", text: "Prediction fails", ...numbers, rising };
      Object.assign(run.frames.at(-1) as object, { verdict });
      return modesChart.figure(run, VIEW, "light").note ?? "";
    };
    expect(note([2])).toContain("Mode 2 rises again by what other modes leak into it");
    expect(note([2, 5])).toContain("Modes 2, 5 rise again");
    expect(note([])).not.toContain("again");
    expect(note(undefined)).not.toContain("again"); // a log of before
  });

  it("draws no mark inside the floor, and names it", () => {
    const run = runFixture();
    (run.started as { coefficient_floor: number }).coefficient_floor = 1e-6;
    const figure = modesChart.figure(run, VIEW, "light");
    const floor = 1e-6 / 0.1;
    for (const trace of [...traces(figure, "measured"), ...traces(figure, "predicted")]) {
      for (const value of trace.y) expect(value ?? 1).toBeGreaterThan(floor);
    }
    expect(traces(figure, "below round-off")).toHaveLength(1);
    expect(figure.layout.yaxis.range[0]).toBeLessThan(Math.log10(floor));
    expect(JSON.stringify(figure.layout["annotations"])).toContain("below round-off");
  });

  it("shows no floor where it is far below the frame", () => {
    expect(traces(modesChart.figure(runFixture(), VIEW, "light"), "below round-off")).toHaveLength(0);
  });

  it("shows whole decades, and further up where a mode grows", () => {
    expect(modesChart.figure(runFixture(), VIEW, "light").layout.yaxis.range).toEqual([-4, 0.08]);
    const grown = modesChart.figure(runFixture({ excursion: 300, law: "gradient_flow" }), VIEW, "light").layout.yaxis.range[1];
    expect(Math.floor(grown)).toBeGreaterThanOrEqual(1);
  });

  it("has straight lines in linear time", () => {
    const figure = modesChart.figure(runFixture({ law: "gradient_flow" }), { ...VIEW, modesAxis: "log-linear" }, "light");
    expect(figure.layout.xaxis.type).toBe("linear");
    const { x, y } = traces(figure, "predicted").at(-1) as Trace;
    const slope = (i: number) => Math.log((y[i + 1] ?? 1) / (y[i] ?? 1)) / ((x[i + 1] ?? 0) - (x[i] ?? 0));
    expect(slope(35)).toBeCloseTo(slope(10), 2);
  });

  it("numbers its lines", () => {
    const labels = traces(modesChart.figure(runFixture(), VIEW, "light"), "labels")[0];
    const texts = (labels?.["text"] as string[]).map((text) => text.trim());
    expect(texts.length).toBeGreaterThan(3);
    expect(texts).toContain("2");
    expect(new Set(texts).size).toBe(texts.length);
  });

  it("leaves out numbers that would run into each other on a phone", () => {
    const places = (view: Partial<typeof VIEW>) => {
      const figure = modesChart.figure(runFixture(), { ...VIEW, ...view }, "light");
      const [low, high] = figure.layout.xaxis.range;
      const at = (traces(figure, "labels")[0]?.x ?? []).map((x) => (Math.log10(x ?? 1) - low) / (high - low)).sort((a, b) => a - b);
      return at.slice(1).map((x, i) => x - (at[i] as number));
    };
    expect(Math.min(...places({ narrow: true }))).toBeGreaterThan(0.08);
    expect(places({ narrow: true }).length).toBeLessThan(places({}).length);
  });

  it("tells number, eigenvalue, frequency and learning time", () => {
    const figure = modesChart.figure(runFixture(), VIEW, "light");
    const hover = figure.describe(2, 0);
    expect(hover?.title).toBe("Modes 2 and 3");
    expect(hover?.group).toBe(1);
    expect(hover?.rows).toContainEqual(["eigenvalue λ", "20.00"]);
    expect(hover?.rows).toContainEqual(["frequency", "1"]);
    expect(hover?.rows).toContainEqual(["learnt, predicted", "t = 0.1151"]);
  });
});
