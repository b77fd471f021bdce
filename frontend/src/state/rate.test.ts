import { describe, expect, it } from "vitest";
import { presets, schema } from "../test/fixtures";
import { FormState } from "./form.svelte";
import { RATE, sameRun, withoutChoice } from "./rate";
import { at, put } from "./schema";
import { SweepDraft } from "./sweep-draft.svelte";

const rehearsed = { kind: "rehearsed", most: 0.5, value: null, growth: null };
const chosen = { ...rehearsed, value: 0.01, growth: 1.5 };

describe("a rehearsed rate", () => {
  it("is that of a new config, and of no preset or link", () => {
    const form = new FormState(schema, presets);
    expect(at(form.config, RATE)).toEqual(rehearsed);
    form.load("#network.width=64&seed=0");
    expect(at(form.config, `${RATE}.kind`)).toBe("auto");
    expect(at(presets[0]?.variants[0]?.config as never, `${RATE}.kind`)).not.toBe("rehearsed");
  });

  it("is the same run before and after the server's choice, but not with another limit", () => {
    const form = new FormState(schema, presets);
    const run = put(form.config, RATE, chosen);
    expect(sameRun(form.config, run)).toBe(true);
    expect(sameRun(form.config, put(form.config, RATE, { ...chosen, most: 0.25 }))).toBe(false);
    expect(at(withoutChoice(run), RATE)).toEqual(rehearsed);
    const given = put(form.config, RATE, { kind: "given", value: 0.1 });
    expect(withoutChoice(given)).toBe(given);
  });

  it("is forgotten once another field is changed", () => {
    const form = new FormState(schema, presets);
    form.set(put(form.config, RATE, chosen));
    expect(at(form.config, RATE)).toEqual(chosen);
    form.choose("network.width", 77);
    expect(at(form.config, RATE)).toEqual(rehearsed);
  });
});

it("is found anew for every run of a study", () => {
  const form = new FormState(schema, presets);
  form.set(put(form.config, RATE, chosen));
  const draft = new SweepDraft(() => form);
  draft.base = "lab";
  expect(draft.request()?.config.training.learning_rate).toEqual(rehearsed);
});

it("takes a number of steps, and no sooner end by time", () => {
  const form = new FormState(schema, presets);
  form.choose("training.stop.time", 2);
  form.takeSteps(1400);
  expect(at(form.config, "training.stop.steps")).toBe(1400);
  expect(at(form.config, "training.stop.time")).toBeNull();
});
