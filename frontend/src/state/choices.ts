/** The few choices that Watch offers of a config. */
import type { Json, JsonObject } from "../api/json";
import { firstDrawing } from "./drawn";
import type { FormState } from "./form.svelte";
import { at } from "./schema";

/** In the order of the buttons. */
export const TARGETS = ["six", "square", "drawn", "formula", "pasted"] as const;
export type TargetId = (typeof TARGETS)[number];

export const WIDTHS = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
/** Of the largest stable rate; beyond it training blows up, which is worth a look, too. */
export const RATES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1, 1.2, 1.5];

const CIRCLE: JsonObject = { kind: "circle", n: 32, hold_out: false };
const SIX: JsonObject = {
  kind: "sinusoids",
  frequencies: [1, 2, 3, 4, 5, 6],
  amplitudes: [1, 0.8, 0.6, 0.5, 0.4, 0.3],
  phases: [0.3, 0.6, 0.9, 1.2, 1.5, 1.8],
  draw: "none",
};
/** A first formula, in what the points are called: on a circle x is a coordinate of the plane. */
const FORMULAS: Record<string, string> = {
  circle: "sin(theta) + 0.5*cos(3*theta)",
  interval: "sin(pi*x) + 0.5*cos(3*pi*x)",
};
const CHOICES: Record<TargetId, JsonObject> = {
  six: SIX,
  square: { kind: "step", at: 0 },
  drawn: { kind: "drawn" },
  formula: { kind: "formula" },
  pasted: { kind: "dataset" },
};

/** Which of them a config has; null for another one. */
export function shownTarget(config: JsonObject): TargetId | null {
  const kind = at(config, "data.target.kind");
  const id = TARGETS.find((one) => CHOICES[one]["kind"] === kind) ?? null;
  if (id !== "six") return id;
  const frequencies = at(config, "data.target.frequencies");
  return JSON.stringify(frequencies) === JSON.stringify(SIX["frequencies"]) ? "six" : null;
}

/** The target, on the points that there are where they can carry it. Numbers come with points of their own. */
export function chooseTarget(form: FormState, id: TargetId): void {
  if (shownTarget(form.config) === id || id === "pasted") return;
  if (!(pointsOf(form.config) in FORMULAS)) {
    form.choose("data.points", CIRCLE);
    // What was held out and scaled were a table's rows.
    for (const part of ["scale_inputs", "scale_targets"]) form.choose(`data.${part}`, "none");
    form.choose("data.hold_out", { kind: "none" });
  }
  form.choose("data.target", targetFor(form.config, id));
}

function targetFor(config: JsonObject, id: TargetId): JsonObject {
  if (id === "drawn") return firstDrawing(config);
  return id === "formula" ? { ...CHOICES[id], text: FORMULAS[pointsOf(config)] ?? "" } : CHOICES[id];
}

export function pointsOf(config: JsonObject): string {
  return String(at(config, "data.points.kind"));
}

export function widthOf(config: JsonObject): number {
  return Number(at(config, "network.width"));
}

/** As a part of the limit, or as a number of its own. */
export function rateOf(config: JsonObject): { fraction: number | null; value: number | null } {
  const [fraction, value] = ["fraction", "value"].map((name) => numberOf(at(config, `training.learning_rate.${name}`)));
  return { fraction: fraction ?? null, value: value ?? null };
}

/** The place in a list of ascending values that is nearest, in ratio. */
export function nearest(values: readonly number[], value: number): number {
  const off = (one: number) => Math.abs(Math.log(one / value));
  return values.reduce((best, one, i) => (off(one) < off(values[best] as number) ? i : best), 0);
}

function numberOf(value: Json | undefined): number | null {
  return typeof value === "number" ? value : null;
}
