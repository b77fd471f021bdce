/** What was typed -> a value, or a sentence that says what would be right and what came. */
import type { Json, JsonSchema } from "../api/json";
import { number, plain, whole } from "../format";
import type { Row } from "./fields";

export type Parsed = { value: Json; message?: undefined } | { value?: undefined; message: string };

/** Reads a row's text. Commas, semicolons or spaces part a list; a true minus is as good as a hyphen. */
export function parse(row: Row, text: string): Parsed {
  const trimmed = text.trim();
  switch (row.kind) {
    case "integer":
    case "number":
      if (row.schema.list && /[\s;]/.test(trimmed.replace(/[\s;]+$/, ""))) return parseList({ ...row, schema: row.schema.list }, trimmed);
      if (!trimmed) return row.optional ? { value: null } : { message: `${row.label} must be a number; it is empty.` };
      return parseNumber(trimmed, row.schema, row.kind, `${row.label} must be`);
    case "integers":
    case "numbers":
      return parseList(row, trimmed);
    default:
      return parseText(row, trimmed);
  }
}

/** A value as it stands in its field. */
export function show(row: Row, value: Json | undefined): string {
  if (value == null) return "";
  if (Array.isArray(value)) return value.map((item) => show(row, item)).join(", ");
  return typeof value === "number" ? plain(value) : String(value);
}

function parseNumber(text: string, schema: JsonSchema, kind: string, must: string): Parsed {
  const value = Number(text.replace(/[−–]/g, "-").replace(/(?<=\d),(?=\d{3}\b)/g, ""));
  const given = `; you gave ${text}.`;
  if (text === "" || !Number.isFinite(value)) return { message: `${must} a number${given}` };
  if (kind === "integer" && !Number.isInteger(value)) return { message: `${must} a whole number${given}` };
  const limit = outside(value, schema);
  if (!limit) return { value };
  const setting = schema.setting && limit.startsWith("at most") ? ` The server's setting ${schema.setting} says so.` : "";
  return { message: `${must} ${limit}; you gave ${plain(value)}.${setting}` };
}

function outside(value: number, schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined && value < minimum) return `at least ${bound(minimum)}`;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return `above ${bound(exclusiveMinimum)}`;
  if (maximum !== undefined && value > maximum) return `at most ${bound(maximum)}`;
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) return `below ${bound(exclusiveMaximum)}`;
  return "";
}

function bound(limit: number): string {
  return Number.isInteger(limit) && Math.abs(limit) < 1e9 ? whole(limit) : number(limit);
}

function parseList(row: Row, text: string): Parsed {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  const { minItems = 0, maxItems = Infinity, items = {} } = row.schema;
  if (parts.length < minItems) return { message: `${row.label} must have at least ${minItems} ${values(minItems)}; you gave ${parts.length || "none"}.` };
  if (parts.length > maxItems) return { message: `${row.label} must have at most ${maxItems} values; you gave ${parts.length}.` };
  const list: Json[] = [];
  for (const part of parts) {
    const one = parseNumber(part, items, items.type === "integer" ? "integer" : "number", `${row.label}: each must be`);
    if (one.message !== undefined) return one;
    list.push(one.value);
  }
  return { value: list };
}

function parseText(row: Row, text: string): Parsed {
  const { minLength = 0, maxLength = Infinity, pattern } = row.schema;
  if (row.kind === "dataset" && !text) return { message: "Upload or paste a table first." };
  if (text.length < minLength) return { message: `${row.label} must not be empty.` };
  if (text.length > maxLength) return { message: `${row.label} must have at most ${maxLength} characters; you gave ${text.length}.` };
  if (pattern && !new RegExp(pattern, "u").test(text)) return { message: `${row.label} is not of the form it must have.` };
  return { value: text };
}

function values(count: number): string {
  return count === 1 ? "value" : "values";
}
