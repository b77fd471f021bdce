import { describe, expect, it } from "vitest";
import type { SweepRun } from "../../api/types";
import { reader } from "../../test/fixtures";
import { otherFixture, sweepFixture } from "../../test/sweep-fixture";
import { columnsOf, nameOf, ordered, pressed, type Column } from "./columns";

const labels = (columns: Column[]) => columns.map((column) => column.label);
const texts = (columns: Column[], run: SweepRun | undefined) => (run ? columns.map((column) => column.text(run)) : []);
const ENDS = ["State", "Steps", "Loss", "Prediction", "Distance", "Drift"];

describe("the columns of a sweep's table", () => {
  it("are its axes, called as in the form, then how each run ended", () => {
    expect(labels(columnsOf(sweepFixture(), reader))).toEqual(["Width", "Scaling", "Seed", ...ENDS]);
    expect(labels(columnsOf(otherFixture(), reader))).toEqual(["Activation", "Fraction of the limit", "Biases", ...ENDS]);
  });

  it("name a union by its own label, and a field that is not known by its path", () => {
    const axes = [
      { field: "network.encoding.kind", values: ["none", "fourier"] },
      { field: "network.rbf_gamma", values: [1, 2] },
    ];
    expect(labels(columnsOf(otherFixture({ axes }), reader)).slice(0, 2)).toEqual(["Input encoding", "network.rbf_gamma"]);
    expect(labels(columnsOf(otherFixture(), null))[0]).toBe("network.activation");
  });

  it("show values as the form does, and what there is none of as a dash", () => {
    const sweep = otherFixture();
    const columns = columnsOf(sweep, reader);
    expect(texts(columns, sweep.runs[0])).toEqual(["ReLU", "0.5", "On", "Completed", "60", "0.0100", "Holds", "0.0500", "0.0100"]);
    expect(texts(columns, sweep.runs[1])).toEqual(["ReLU", "4", "On", "Diverged", "12", "–", "Fails", "–", "–"]);
    expect(texts(columns, sweep.runs[2])?.[6]).toBe("Fails");
    expect(texts(columns, sweep.runs[5])).toEqual(["erf", "1.25", "On", "Waiting", "–", "–", "–", "–", "–"]);
  });

  it.each([
    [64, "64"],
    [100_000, "100,000"],
    [0.125, "0.125"],
    [0.1 + 0.2, "0.3"],
    [-0.5, "−0.5"],
    [2.5e-4, "2.50×10⁻⁴"],
    [false, "Off"],
    ["mean_field", "Mean field"],
    ["sin(x)", "sin(x)"],
  ])("%s reads %s", (value, text) => {
    const sweep = otherFixture({ axes: [{ field: "x", values: [value] }] });
    const run = { ...(sweep.runs[0] as SweepRun), values: { x: value } };
    expect(columnsOf(sweep, reader)[0]?.text(run)).toBe(text);
    expect(columnsOf(sweep, reader)[0]?.numeric).toBe(typeof value === "number");
  });

  it("set a run apart by its axes", () => {
    const sweep = sweepFixture();
    expect(nameOf(sweep.runs[5] as SweepRun, columnsOf(sweep, reader))).toBe("Width 256, Scaling NTK, Seed 1");
  });

  it("say at which time the drifts are compared", () => {
    const help = (sweep = sweepFixture()) => columnsOf(sweep, reader).at(-1)?.help;
    expect(help()).toBe("‖Kₜ − K₀‖ / ‖K₀‖ at λ₁t = 300, in all runs");
    expect(help(sweepFixture({ runs: [] }))).toBe("‖Kₜ − K₀‖ / ‖K₀‖");
  });
});

describe("the order of a sweep's table", () => {
  const sweep = otherFixture();
  const columns = columnsOf(sweep, reader);
  const order = (key: string, descending = false) => ordered(sweep.runs, columns, { key, descending }).map((run) => run.index);

  it("is the sweep's own until a column is pressed, and again after its third press", () => {
    expect(ordered(sweep.runs, columns, null)).toEqual(sweep.runs);
    const up = pressed(null, "loss");
    const down = pressed(up, "loss");
    expect([up, down, pressed(down, "loss")]).toEqual([{ key: "loss", descending: false }, { key: "loss", descending: true }, null]);
    expect(pressed(down, "drift")).toEqual({ key: "drift", descending: false });
  });

  it("puts runs without a value last, either way, and keeps the sweep's order among equals", () => {
    expect(order("loss")).toEqual([3, 2, 0, 1, 4, 5]);
    expect(order("loss", true)).toEqual([0, 2, 3, 1, 4, 5]);
    expect(order("training.learning_rate.fraction")).toEqual([0, 3, 2, 5, 1, 4]);
    expect(order("network.activation")).toEqual([3, 4, 5, 0, 1, 2]);
    expect(order("verdict")).toEqual([0, 2, 3, 1, 4, 5]);
    expect(order("network.bias", true)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
