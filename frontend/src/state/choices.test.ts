import { describe, expect, it } from "vitest";
import { defaults, presets, schema } from "../test/fixtures";
import { chooseTarget, nearest, RATES, rateOf, shownTarget, TARGETS, WIDTHS } from "./choices";
import { FormState } from "./form.svelte";
import { at, put } from "./schema";

const form = () => new FormState(schema, presets);

describe("the choices of Watch", () => {
  it.each(TARGETS.filter((id) => id !== "pasted").map((id) => [id]))("set %s as a target that the form knows again", (id) => {
    const here = form();
    chooseTarget(here, id);
    expect(shownTarget(here.config)).toBe(id);
    expect(here.valid).toBe(true);
  });

  it("keep points that can carry a curve, and leave those that cannot", () => {
    const here = form();
    const before = at(here.config, "data.points");
    chooseTarget(here, "square");
    expect(at(here.config, "data.points")).toEqual(before);
    here.choose("data.points", { kind: "random", n: 64, d: 2, distribution: "normal" });
    chooseTarget(here, "six");
    expect(at(here.config, "data.points.kind")).toBe("circle");
  });

  it("know a target of one's own, and a rate of one's own", () => {
    const other = put(defaults(), "data.target", { kind: "chirp", start: 1, end: 8 });
    expect(shownTarget(other)).toBeNull();
    expect(rateOf(other)).toEqual({ fraction: 0.5, value: null });
    expect(rateOf(put(other, "training.learning_rate", { kind: "given", value: 0.02 }))).toEqual({ fraction: null, value: 0.02 });
  });

  it("find the place on a slider that is nearest", () => {
    expect(WIDTHS[nearest(WIDTHS, 1000)]).toBe(1024);
    expect(RATES[nearest(RATES, 0.25)]).toBe(0.3);
  });
});

it("leaves a table with its rows, its scales and what was held out of it", () => {
  const here = form();
  const data = { points: { kind: "dataset", sha256: "a".repeat(64) }, target: { kind: "dataset" }, scale_inputs: "unit", scale_targets: "standardize" };
  here.useDataset({ data, scaled: [] } as never);
  here.choose("data.hold_out", { kind: "range", column: "year", low: 0, high: 1 });
  expect(shownTarget(here.config)).toBe("pasted");
  chooseTarget(here, "square");
  expect(["points.kind", "scale_inputs", "scale_targets", "hold_out.kind"].map((path) => at(here.config, `data.${path}`))).toEqual(["circle", "none", "none", "none"]);
});
