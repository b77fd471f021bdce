import { describe, expect, it } from "vitest";
import type { JsonObject } from "../api/json";
import { defaults, presets, reader } from "../test/fixtures";
import { fromHash, hasConfig, toHash } from "./link";
import { put } from "./schema";

const configs = presets.flatMap((preset) =>
  preset.variants.map((variant) => [`${preset.id}, ${variant.name}`, variant.config as unknown as JsonObject] as const),
);

describe("a link", () => {
  it.each(configs)("of %s brings back the same config", (_, config) => {
    expect(fromHash(reader, toHash(reader, config))).toEqual({ config, problems: [] });
  });

  it("to the defaults holds the seed alone", () => {
    expect(toHash(reader, defaults())).toBe("seed=0");
    expect(hasConfig("#seed=0")).toBe(true);
    expect(hasConfig("")).toBe(false);
  });

  it("holds only what differs, to be read and edited", () => {
    let config = put(defaults(), "network.width", 64);
    config = put(config, "data.points", { kind: "circle", n: 16, hold_out: false });
    expect(toHash(reader, config)).toBe("data.points=circle&data.points.n=16&network.width=64&seed=0");
  });

  it("survives every kind of value", () => {
    let config = put(defaults(), "data.target", { kind: "formula", text: "sin(pi*x) + 0.3*x**2 & 50% #1" });
    config = put(config, "data.norm", 0.1);
    config = put(config, "data.points.include_end", false);
    config = put(config, "training.stop.time", 1e-7);
    config = put(config, "network.encoding", { kind: "fourier", rows: 32, spread: 0.30000000000000004 });
    config = put(config, "seed", 2 ** 53 - 1);
    expect(fromHash(reader, `#${toHash(reader, config)}`)).toEqual({ config, problems: [] });
  });

  it("carries a list of widths, also one that reads like a number", () => {
    for (const widths of [[200, 50, 10], [64, 128]]) {
      const config = put(put(defaults(), "network.width", widths), "network.depth", widths.length);
      expect(fromHash(reader, toHash(reader, config))).toEqual({ config, problems: [] });
    }
  });

  it("keeps the names of a table's columns, whatever they hold", () => {
    const points = { kind: "dataset", sha256: "a".repeat(64), x: ["a, b", "50 % é", "c=d&e", "1%2C"], y: "n = 3" };
    const config = put(put(defaults(), "data.points", points), "data.target", { kind: "dataset" });
    const url = new URL("http://127.0.0.1:8000/lab/");
    url.hash = toHash(reader, config);
    const back = fromHash(reader, new URL(url.href).hash);
    expect(back.problems).toEqual([]);
    expect(back.config["data"]).toMatchObject({ points });
    expect(fromHash(reader, "data.points=dataset&data.points.x=50%,b").config["data"]).toMatchObject({ points: { x: ["50%", "b"] } });
  });

  it("passes through a URL unharmed", () => {
    const config = put(defaults(), "data.target", { kind: "formula", text: 'x < 1 and "ü" + λ' });
    const url = new URL("http://127.0.0.1:8000/lab/");
    url.hash = toHash(reader, config);
    expect(fromHash(reader, new URL(url.href).hash).config).toEqual(config);
  });

  it("says what it cannot read and keeps the defaults there", () => {
    const { config, problems } = fromHash(reader, "#network.width=-4&network.activation=mish&colour=red&data.points=moon&seed=3");
    expect(config).toEqual(put(defaults(), "seed", 3));
    expect(problems).toEqual([
      'The link asks for data.points "moon", which this page does not know.',
      "Width must be at least 1; you gave −4.",
      'The link asks for network.activation "mish", which this page does not know.',
      'The link sets "colour", which this page does not know.',
    ]);
  });
});
