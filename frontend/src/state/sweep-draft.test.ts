import { describe, expect, it } from "vitest";
import { Problem } from "../api/problem";
import { presets, schema } from "../test/fixtures";
import { FormState } from "./form.svelte";
import { SweepDraft, WIDTHS } from "./sweep-draft.svelte";

function drafted(): { draft: SweepDraft; form: FormState } {
  const form = new FormState(schema, presets);
  return { draft: new SweepDraft(() => form), form };
}

describe("what to sweep", () => {
  it("begins as the preset's ladder, both scalings, five seeds", () => {
    const { draft } = drafted();
    const request = draft.request();
    expect(draft.runs).toBe(70);
    expect(request?.axes).toEqual([
      { field: "network.width", values: WIDTHS },
      { field: "network.parameterization", values: ["ntk", "mean_field"] },
      { field: "seed", values: [0, 1, 2, 3, 4] },
    ]);
    expect(request?.config.network.activation).toBe("relu");
    expect(request?.config.recording).toMatchObject({ frames: 12, kernel_frames: 12 });
    expect(request?.name).toBe("ReLU, widths 64 to 4,096, 5 seeds");
  });

  it("takes the other base, or the Lab's set-up as it stands", () => {
    const { draft, form } = drafted();
    draft.chooseBase("erf");
    expect(draft.config?.network.activation).toBe("erf");
    draft.chooseBase("lab");
    form.choose("network.depth", 3);
    expect(draft.request()?.config.network.depth).toBe(3);
    const row = form.rows.find((one) => one.path === "network.depth");
    if (!row) throw new Error("no depth");
    form.type(row, "none");
    expect(draft.request()).toBeNull();
    expect(draft.errors.base).toContain("Lab's set-up");
  });

  it("keeps the widths in order, and says what is missing", () => {
    const { draft } = drafted();
    draft.toggleWidth(64);
    draft.toggleWidth(256);
    draft.toggleWidth(64);
    expect(draft.widths).toEqual([64, 128, 512, 1024, 2048, 4096]);
    for (const width of draft.widths) draft.toggleWidth(width);
    expect(draft.errors.widths).toContain("at least one width");
    draft.toggleScaling("ntk");
    expect(draft.scalings).toEqual(["mean_field"]);
    draft.typeSeeds("0");
    expect(draft.errors.seeds).toBe("The number of seeds must be at least 1; you gave 0.");
    expect(draft.valid).toBe(false);
  });

  it("says a refusal beside the field that it names, until that is changed", () => {
    const { draft } = drafted();
    const refusal = (where: string) => new Problem({ status: 422, where, expected: "At most 32 values.", got: "40", remedy: "Take fewer." });
    expect(draft.refuse(refusal("axes.0.values"))).toBe(true);
    expect(draft.errors).toEqual({ widths: "At most 32 values. You gave 40. Take fewer." });
    draft.toggleWidth(64);
    expect(draft.errors).toEqual({});
    expect(draft.refuse(refusal("config.network.width"))).toBe(true);
    expect(draft.errors.base).toBeDefined();
    expect(draft.refuse(refusal(""))).toBe(false);
  });
});
