import { describe, expect, it } from "vitest";
import { defaults, presets, schema } from "../test/fixtures";
import { FormState } from "./form.svelte";
import { at } from "./schema";

const make = () => new FormState(schema, presets);
const network = (form: FormState) => ["width", "depth", "parameterization", "initialization"].map((name) => at(form.config, `network.${name}`));

describe("fields that go with one another", () => {
  it("a list of widths says the depth, a depth the length of the list", () => {
    const form = make();
    form.choose("network.width", [200, 50, 10]);
    expect(network(form).slice(0, 2)).toEqual([[200, 50, 10], 3]);
    form.choose("network.depth", 4);
    expect(network(form).slice(0, 2)).toEqual([[200, 50, 10, 10], 4]);
    form.choose("network.depth", 2);
    expect(network(form).slice(0, 2)).toEqual([[200, 50], 2]);
    form.choose("network.depth", 1);
    expect(network(form).slice(0, 2)).toEqual([200, 1]);
    form.choose("network.width", [64, 64]);
    expect(network(form).slice(0, 2)).toEqual([64, 2]);
    form.choose("network.width", 32);
    expect(network(form).slice(0, 2)).toEqual([32, 2]);
  });

  it("an initialization of PyTorch or Keras brings its scaling, another scaling takes it back", () => {
    const form = make();
    form.choose("network.initialization", "he");
    expect(network(form).slice(2)).toEqual(["standard", "he"]);
    expect(form.rows.some((row) => row.path === "network.sigma_w")).toBe(false);
    form.choose("network.parameterization", "ntk");
    expect(network(form).slice(2)).toEqual(["ntk", "normal"]);
    expect(form.rows.some((row) => row.path === "network.sigma_w")).toBe(true);
  });

  it("a link with a list alone has its depth", () => {
    const form = make();
    expect(form.load("#network.width=200,50&seed=0")).toEqual([]);
    expect(network(form).slice(0, 2)).toEqual([[200, 50], 2]);
  });

  it("a pasted model's values come at once, whatever is being typed", () => {
    const form = make();
    const width = form.rows.find((row) => row.path === "network.width");
    if (width) form.type(width, "-4");
    form.change({ "network.width": [32, 16], "network.depth": 2, "network.initialization": "torch_linear", "training.loss": "mean" });
    expect(network(form)).toEqual([[32, 16], 2, "standard", "torch_linear"]);
    expect(width && form.text(width)).toBe("32, 16");
    expect(form.valid).toBe(true);
    form.load("#seed=0");
    expect(form.config).toEqual(defaults());
  });
});
