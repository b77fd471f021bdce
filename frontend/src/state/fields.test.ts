import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../api/json";
import { defaults, reader, schema } from "../test/fixtures";
import { sections } from "./fields";
import { put, SchemaReader } from "./schema";

const paths = (config = defaults()) =>
  Object.fromEntries(sections(reader, config).map((one) => [one.key, one.rows.map((row) => row.path)]));

describe("sections", () => {
  it("lays out the config's own parts, the seed with the last that shows any field", () => {
    expect(sections(reader, defaults()).map((one) => one.title)).toEqual(["Target", "Network", "Training", "Recording"]);
    expect(paths()["training"]).toEqual([
      "training.learning_rate",
      "training.learning_rate.fraction",
      "training.loss",
      "training.stop.steps",
      "training.stop.time",
      "seed",
    ]);
  });

  it("shows the fields of the union's branch that is chosen", () => {
    const circle = put(defaults(), "data.points", { kind: "circle", n: 64, hold_out: false });
    expect(paths(circle)["data"]).toContain("data.points.n");
    expect(paths(circle)["data"]).not.toContain("data.points.low");
  });

  it("folds advanced fields away, those of inner parts too", () => {
    const data = sections(reader, defaults()).find((one) => one.key === "data");
    expect(data?.more.map((row) => row.path)).toContain("data.points.include_end");
    expect(data?.rows.map((row) => row.path)).not.toContain("data.points.include_end");
  });

  it("hides a field that has no effect", () => {
    expect(paths()["data"]).toContain("data.target.phases");
    expect(paths(put(defaults(), "data.target.draw", "phases"))["data"]).not.toContain("data.target.phases");
  });

  it("gives label, unit and help from the schema", () => {
    const phases = sections(reader, defaults()).flatMap((one) => one.rows).find((row) => row.path === "data.target.phases");
    expect(phases).toMatchObject({ label: "Phases", unit: "rad", help: "One for each frequency, or a single one for all." });
  });

  it("draws a schema that it has never seen", () => {
    const other: JsonSchema = {
      properties: {
        part: { $ref: "#/$defs/Part", title: "Part" },
      },
      $defs: { Part: { properties: { deep: { properties: { on: { type: "boolean", title: "On", default: true } } } } } },
    };
    const strange = new SchemaReader(other);
    const found = sections(strange, { part: { deep: { on: true } } });
    expect(found[0]?.rows.map((row) => [row.path, row.kind])).toEqual([["part.deep.on", "switch"]]);
  });

  it("says so when the schema refers to what it does not have", () => {
    expect(() => new SchemaReader(schema).resolve({ $ref: "#/$defs/Nothing" })).toThrow(/Nothing/);
  });
});
