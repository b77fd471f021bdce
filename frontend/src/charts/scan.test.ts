import { describe, expect, it } from "vitest";
import type { AxisValue, Scan, ScanAnswer, ScanFinding } from "../api/types";
import { twinOf } from "./parts/twin";
import { foundOf, scanFigure, valueText } from "./scan";

const WIDE = { narrow: false };

function found(changes: Partial<ScanFinding> = {}): ScanFinding {
  return {
    by: "rehearsal", reason: null, ranks: [1, 2, 3, 4], eigenvalues: [8, 4, 1, 1e-20], noise_floor: 1e-12, learning_rate: 0.1, steps: 300, modes: 4,
    modes_learnt: 2, waves: [], frequency: 3, reach: 2, held_out_error: 0.01, held_out_by: "rehearsal", drift: 0.1, ended: "horizon", ...changes,
  };
}

function answer(value: AxisValue, changes: Partial<ScanFinding> | null = {}): ScanAnswer {
  return { value, found: changes && found(changes), error: changes ? null : "Width must be at least 1.", sentence: "" };
}

function scanned(answers: ScanAnswer[]): { scan: Scan; asked: { label: string; values: AxisValue[] } } {
  const scan: Scan = { status: "ready", field: "network.width", total: answers.length, part: 1, answers, sentence: null };
  return { scan, asked: { label: "Width", values: answers.map(({ value }) => value) } };
}

describe("eigenvalues, value by value", () => {
  it("draws what is above round-off, with a mark at the last mode that is learnt", () => {
    const { scan, asked } = scanned([answer(16), answer(64, { modes_learnt: 0 }), answer(256, { ended: "diverges" })]);
    const figure = scanFigure("spectrum", asked, scan, false, WIDE, "light");
    expect(figure.data.map((trace) => [trace.name, trace.x.length])).toEqual([["16", 3], ["64", 3], ["256", 3], ["learnt up to here", 1]]);
    expect(figure.data[3]).toMatchObject({ x: [2], y: [4] });
    expect(figure.answerOf(3, 0)?.value).toBe(16);
    expect(figure.answerOf(1, 2)?.value).toBe(64);
  });

  it("gives a value its colour among all that were asked, whatever failed before it", () => {
    const { scan, asked } = scanned([answer(1), answer(-1, null), answer(4)]);
    const [first, last] = foundOf(asked, scan, "light");
    expect([first?.colour, last?.colour]).toEqual(["#c57807", "#002362"]);
    expect(foundOf({ ...asked, values: [1, -1, 4, 8] }, scan, "light")[1]?.colour).not.toBe("#002362");
  });
});

describe("learnt within the steps", () => {
  it("fills what is rehearsed and leaves open what K₀ says, at the values' own places", () => {
    const { scan, asked } = scanned([answer(16), answer(256, { by: "kernel", frequency: 5 })]);
    const { data, layout, legend } = scanFigure("reach", asked, scan, false, WIDE, "light");
    expect(data[1]).toMatchObject({ x: [16, 256], y: [3, 5], marker: { symbol: ["circle", "circle-open"] } });
    expect(data[0]).toMatchObject({ y: [2, 2] });
    expect(layout.xaxis).toMatchObject({ type: "log", ticktext: ["16", "256"] });
    expect(legend.map(({ text }) => text)).toEqual(["by rehearsal", "by K₀", "any wave, by K₀"]);
  });

  it("tells modes where inputs have no waves, and words in their order", () => {
    const { scan, asked } = scanned([answer("relu", { frequency: null, reach: null }), answer("tanh", { frequency: null, reach: null, modes_learnt: 4 })]);
    const { data, layout } = scanFigure("reach", asked, scan, false, WIDE, "light");
    expect(data[1]).toMatchObject({ x: [0, 1], y: [2, 4] });
    expect(layout.xaxis).toMatchObject({ type: "linear", tickvals: [0, 1], ticktext: ["relu", "tanh"] });
  });
});

describe("the predicted error", () => {
  it("stands where there is one; a click finds its value", () => {
    const { scan, asked } = scanned([answer(1, { held_out_error: null }), answer(2, { held_out_error: 0.02, held_out_by: "kernel" })]);
    const figure = scanFigure("error", asked, scan, false, WIDE, "dark");
    expect(figure.data[1]).toMatchObject({ x: [2], y: [0.02], marker: { symbol: ["circle-open"] } });
    expect(figure.answerOf(1, 0)?.value).toBe(2);
    expect(figure.answerOf(0, 0)).toBeNull();
    expect(figure.describe(1, 0)?.rows).toContainEqual(["Predicted held-out error", "0.02000"]);
  });

  it("says why it is empty", () => {
    const { scan, asked } = scanned([answer(1, { held_out_error: null })]);
    expect(scanFigure("error", asked, scan, false, WIDE, "light").empty).toContain("not known");
    expect(scanFigure("error", asked, null, false, WIDE, "light").empty).toContain("then scan");
    expect(scanFigure("error", asked, null, true, WIDE, "light").empty).toContain("first value");
    expect(scanFigure("error", asked, scanned([answer(0, null)]).scan, false, WIDE, "light").empty).toContain("Nothing");
  });
});

it("writes values as people do", () => {
  expect([true, "relu", 4096, 0.1].map(valueText)).toEqual(["on", "relu", "4,096", "0.1"]);
});

it("tells the values' numbers to those who cannot see them, and not what a click does", () => {
  const { scan, asked } = scanned([answer(16), answer(64, { reach: 5, held_out_error: 0.25 })]);
  for (const chart of ["spectrum", "reach", "error"] as const) {
    const twin = twinOf(scanFigure(chart, asked, scan, false, WIDE, "light"));
    expect(twin.columns).toEqual(["what", "λ₁", "waves of the target up to", "any wave up to", "modes learnt", "Predicted held-out error"]);
    expect(twin.rows).toEqual([["16", "8.000", "3", "2", "2 of 4", "0.01000"], ["64", "8.000", "3", "5", "2 of 4", "0.2500"]]);
  }
});
