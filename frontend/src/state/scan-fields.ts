/** Which fields a scan offers, with values that are worth looking at, and how they are typed and read. */
import type { Json, JsonObject } from "../api/json";
import type { AxisValue } from "../api/types";
import type { Row } from "./fields";
import type { FormState } from "./form.svelte";
import { RATE, withoutChoice } from "./rate";
import { at, put } from "./schema";

/** As many as the server takes. */
export const MOST_VALUES = 32;
const SCANNED: Row["kind"][] = ["integer", "number", "choice", "switch"];

export interface ScanField {
  /** The label in the list. */
  label: string;
  path: string;
  values: readonly AxisValue[];
  /** What else must be so for the field to be there: the encoding's kind, a rate as a part of its limit. */
  needs: Record<string, Json>;
}

const SPREADS = [0.5, 1, 2, 4, 8, 16, 32];
const OCTAVES = [1, 2, 3, 4, 5, 6, 8];
const PARTS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.95, 1.2];
const FACTORS = [0.25, 0.5, 1, 2, 4];

/** Those that people ask about first, then every other field of this set-up that holds one value. */
export function scanFields(form: FormState): { often: ScanField[]; others: ScanField[] } {
  const often = oftenAsked(form);
  const taken = new Set(often.map((field) => field.path));
  const others = form.rows
    .filter((row) => SCANNED.includes(row.kind) && !taken.has(row.path) && !row.path.startsWith(RATE))
    .map((row): ScanField => ({ label: row.label, path: row.path, values: around(row, at(form.config, row.path)), needs: {} }));
  return { often, others };
}

function oftenAsked(form: FormState): ScanField[] {
  const { config } = form;
  const field = (label: string, path: string, values: readonly AxisValue[], needs: Record<string, Json> = {}): ScanField => ({
    label,
    path,
    values: withPresent(values, at(put2(config, needs), path)),
    needs,
  });
  const width = at(config, "network.width");
  const given = at(config, `${RATE}.kind`) === "given";
  const rate = at(config, `${RATE}.value`);
  return [
    field("Width", "network.width", [16, 64, 256, 1024], Array.isArray(width) ? { "network.width": width[0] as Json } : {}),
    field("Weight scale, σ_w", "network.sigma_w", [0.5, 1, 2, 4, 8]),
    field("Spread of Fourier features", "network.encoding.spread", SPREADS, encoding(form, "fourier")),
    field("Octaves of the positional encoding", "network.encoding.octaves", OCTAVES, encoding(form, "positional")),
    given && typeof rate === "number"
      ? field("Learning rate, η", `${RATE}.value`, FACTORS.map((factor) => figures(factor * rate)))
      : field("Learning rate, as a part of 2/λ₁", `${RATE}.fraction`, PARTS, at(config, `${RATE}.kind`) === "auto" ? {} : { [RATE]: { kind: "auto", fraction: 0.5 } }),
    field("Hidden layers", "network.depth", [1, 2, 3, 4], Array.isArray(width) ? { "network.width": width[0] as Json } : {}),
    field("Activation", "network.activation", ["relu", "tanh", "erf", "gelu", "sin"]),
  ];
}

/** The encoding of this kind, with its defaults, where the set-up has another. */
function encoding(form: FormState, kind: string): Record<string, Json> {
  if (at(form.config, "network.encoding.kind") === kind) return {};
  const row = form.rows.find(({ path, kind }) => path === "network.encoding" && kind === "union");
  const branch = row && form.reader.branches(row.schema)?.find((one) => one.kind === kind);
  return branch ? { "network.encoding": form.reader.defaults(branch.schema) ?? { kind } } : { "network.encoding": { kind } };
}

/** What is held fixed: the set-up with what the field needs, and without a rate that was chosen for another. */
export function baseOf(config: JsonObject, field: ScanField): JsonObject {
  return withoutChoice(put2(config, field.needs));
}

function put2(config: JsonObject, needs: Record<string, Json>): JsonObject {
  return Object.entries(needs).reduce((made, [path, value]) => put(made, path, value), config);
}

/** The set-up's own value is looked at too; numbers stand in order. */
function withPresent(values: readonly AxisValue[], present: Json | undefined): readonly AxisValue[] {
  if ((typeof present !== "number" && typeof present !== "string") || values.includes(present)) return values;
  const all = [...values, present];
  return all.every((value) => typeof value === "number") ? all.sort((a, b) => a - b) : all;
}

/** Values around the set-up's own: its halves and doubles within the field's limits, or all that it can be. */
function around({ kind, options, schema }: Row, present: Json | undefined): readonly AxisValue[] {
  if (kind === "switch") return [false, true];
  if (kind === "choice") return options.slice(0, MOST_VALUES);
  const number = typeof present === "number" && present !== 0 ? present : 1;
  const low = schema.minimum ?? -Infinity;
  const high = schema.maximum ?? Infinity;
  const all = FACTORS.map((factor) => (kind === "integer" ? Math.round(factor * number) : figures(factor * number)));
  return [...new Set(all.filter((value) => value >= low && value <= high))];
}

function figures(value: number): number {
  return Number(value.toPrecision(4));
}

/** As it is typed: with commas between the values. */
export function typed(values: readonly AxisValue[]): string {
  return values.map(String).join(", ");
}

/** What was typed; or a sentence that says what would be right and what came. */
export function readValues(text: string): { values: AxisValue[]; message?: undefined } | { values?: undefined; message: string } {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  const values = parts.map(readValue);
  const twice = values.find((value, at) => values.indexOf(value) < at);
  if (!parts.length) return { message: "Give at least one value; there is none." };
  if (parts.length > MOST_VALUES) return { message: `Give at most ${MOST_VALUES} values; you gave ${parts.length}.` };
  if (twice !== undefined) return { message: `Give every value once; you gave ${String(twice)} again.` };
  return { values };
}

function readValue(text: string): AxisValue {
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text.replace(/[−–]/g, "-"));
  return Number.isFinite(number) ? number : text;
}
