import { describe, expect, it } from "vitest";
import { Problem } from "../api/problem";
import type { TableReading } from "../api/types";
import { defaults, presets, schema } from "../test/fixtures";
import type { Row } from "./fields";
import { FormState } from "./form.svelte";
import { refusalsOf } from "./refusals";
import { at, put } from "./schema";

const make = () => new FormState(schema, presets);

function row(form: FormState, path: string): Row {
  const found = form.rows.find((one) => one.path === path);
  if (!found) throw new Error(`no row ${path}`);
  return found;
}

describe("typing", () => {
  it("keeps a wrong text, says why, and leaves the config as it was", () => {
    const form = make();
    const width = row(form, "network.width");
    form.type(width, "-4");
    form.leave(width);
    expect(form.text(width)).toBe("-4");
    expect(form.error("network.width")).toBe("Width must be at least 1; you gave −4.");
    expect(form.valid).toBe(false);
    expect(at(form.config, "network.width")).toBe(1024);
  });

  it("takes a right value while it is typed, and tidies it on leaving", () => {
    const form = make();
    const width = row(form, "network.width");
    form.type(width, "-4");
    form.type(width, " 2,048");
    expect(form.text(width)).toBe(" 2,048");
    form.leave(width);
    expect(form.text(width)).toBe("2048");
    expect(form.valid).toBe(true);
    expect(form.hash).toBe("network.width=2048&training.learning_rate=rehearsed&seed=0");
  });

  it("does not count an error of a field that is hidden now", () => {
    const form = make();
    form.type(row(form, "data.points.low"), "left");
    form.branch(row(form, "data.points"), "circle");
    expect(form.valid).toBe(true);
  });
});

describe("another kind", () => {
  it("keeps what both kinds have", () => {
    const form = make();
    form.type(row(form, "data.points.n"), "100");
    form.branch(row(form, "data.points"), "circle");
    expect(at(form.config, "data.points")).toEqual({ kind: "circle", n: 100, hold_out: false });
  });

  it("asks for a table before it can be sent", () => {
    const form = make();
    form.branch(row(form, "data.target"), "dataset");
    expect(at(form.config, "data.points.kind")).toBe("dataset");
    expect(form.valid).toBe(false);
    const data = at(put(form.config, "data.points", { kind: "dataset", sha256: "a".repeat(64), x: ["YEAR"] }), "data");
    const made = { ...(data as object), scale_inputs: "unit", scale_targets: "standardize" } as unknown as TableReading["data"];
    form.useDataset({ data: made, scaled: ["Inputs of 1,700 to 2,008 are scaled."] });
    expect(form.valid).toBe(true);
    expect(at(form.config, "data.scale_inputs")).toBe("unit");
    expect(at(form.config, "data.points.x")).toEqual(["YEAR"]);
    expect(form.scaled).toEqual(["Inputs of 1,700 to 2,008 are scaled."]);
    form.choose("data.scale_inputs", "none");
    expect(form.scaled).toEqual([]);
    form.branch(row(form, "data.points"), "interval");
    expect(at(form.config, "data.target.kind")).toBe("sinusoids");
  });
});

describe("scales", () => {
  it("are switched on with a new formula, which says so; a circle's inputs are left alone", () => {
    const form = make();
    form.branch(row(form, "data.target"), "formula");
    expect(at(form.config, "data.scale_inputs")).toBe("unit");
    expect(at(form.config, "data.scale_targets")).toBe("standardize");
    expect(form.scaled[0]).toContain("Inputs and target are scaled");
    const round = make();
    round.branch(row(round, "data.points"), "circle");
    round.branch(row(round, "data.target"), "formula");
    expect(at(round.config, "data.scale_inputs")).toBe("none");
    expect(round.scaled[0]).toContain("The target is scaled");
    form.set(round.runConfig);
    expect(form.scaled).toEqual([]);
  });

  it("are changed all at once by what a warning asks for, named as their fields are", () => {
    const form = make();
    const changes = { "data.scale_targets": "standardize", "data.norm": 4 };
    expect(form.named(changes)).toBe("Scale the target: Mean 0, deviation 1; Size of the target, ||y||: 4");
    form.change(changes);
    expect(at(form.config, "data.norm")).toBe(4);
    expect(at(form.config, "data.scale_targets")).toBe("standardize");
  });
});

describe("presets", () => {
  const preset = presets[0];
  const variant = preset?.variants[0];
  if (!preset || !variant) throw new Error("no preset");

  it("are recognised in a config", () => {
    const form = make();
    form.set(variant.config);
    expect(form.origin?.preset.id).toBe(preset.id);
    expect(form.edited).toBe(false);
  });

  it("give a run its name, with what was changed", () => {
    const form = make();
    form.set(variant.config);
    const title = preset.title.split(":")[0] ?? "";
    expect(form.name()).toBe(preset.variants.length > 1 ? `${title}: ${variant.title}` : title);
    form.choose("network.width", 33);
    expect(form.edited).toBe(true);
    expect(form.name()).toBe(`${title}, width 33`);
    form.choose("network.depth", 3);
    form.choose("seed", 3);
    expect(form.name()).toBe(`${title}, width 33, hidden layers 3, 1 more`);
  });

  it("are forgotten by a link to something else", () => {
    const form = make();
    form.set(variant.config);
    expect(form.load("#seed=5")).toEqual([]);
    expect(form.origin).toBeNull();
    expect(form.config).toEqual({ ...defaults(), seed: 5 });
  });
});

describe("a refusal of the server", () => {
  const part = { expected: "A number of at least 1.", got: "0", remedy: "Choose a value in this range." };

  it("is said beside its field", () => {
    const refusals = refusalsOf(make(), new Problem({ ...part, where: "data.target.frequencies.1" }));
    expect(refusals).toEqual({
      "data.target.frequencies": "A number of at least 1. You gave 0. Choose a value in this range.",
    });
  });

  it("of several fields is said beside each", () => {
    const errors = [
      { ...part, where: "network.width" },
      { ...part, where: "data.target" },
      { ...part, where: "nowhere" },
    ];
    expect(Object.keys(refusalsOf(make(), new Problem({ errors })))).toEqual(["network.width", "data.target"]);
  });
});

describe("a link to a changed preset", () => {
  const wide = () => presets.find((one) => one.id === "six-frequencies")!.variants[0]!;

  it("keeps the preset's name and words", () => {
    const first = make();
    first.set(wide().config);
    expect(first.from).toBeNull();
    first.choose("network.width", 77);
    expect(first.from).toBe(`six-frequencies/${wide().name}`);
    const second = make();
    second.load(first.hash, first.from);
    expect(second.origin?.preset.id).toBe("six-frequencies");
    expect(second.name()).toBe(first.name());
  });

  it("is one's own set-up where the preset is not known", () => {
    const form = make();
    form.load("network.width=77&seed=0", "no-such/one");
    expect(form.origin).toBeNull();
  });
});
