/** The form: a config's JSON schema and value -> sections of rows, ready to be drawn. */
import type { Json, JsonObject, JsonSchema } from "../api/json";
import { at, isObject, type SchemaReader } from "./schema";

export type RowKind = "integer" | "number" | "numbers" | "integers" | "text" | "switch" | "choice" | "union" | "dataset" | "drawing";

export interface Row {
  /** Dotted, from the config's root; for a union, of the union itself. */
  path: string;
  kind: RowKind;
  label: string;
  help: string;
  unit: string;
  advanced: boolean;
  /** May be left empty. */
  optional: boolean;
  /** Values of a choice, kinds of a union. */
  options: string[];
  schema: JsonSchema;
}

export interface Section {
  key: string;
  title: string;
  rows: Row[];
  /** Folded away until asked for. */
  more: Row[];
}

/** The sections of the form for this config; which rows there are depends on the unions' kinds and on `show_if`. */
export function sections(reader: SchemaReader, config: JsonObject): Section[] {
  const found: Section[] = [];
  const loose: Row[] = [];
  for (const [key, node] of Object.entries(reader.resolve(reader.root).properties ?? {})) {
    const schema = reader.resolve(node);
    const rows = [...rowsOf(reader, node, config, key, false)];
    if (!schema.properties) loose.push(...rows);
    else {
      const [plain, more] = [rows.filter((row) => !row.advanced), rows.filter((row) => row.advanced)];
      found.push({ key, title: schema.title ?? key, rows: plain, more });
    }
  }
  // A field that belongs to no section (the seed) stands at the end of the last section that shows any.
  found.findLast((section) => section.rows.length)?.rows.push(...loose);
  return found;
}

function* rowsOf(reader: SchemaReader, node: JsonSchema, config: JsonObject, path: string, folded: boolean): Generator<Row> {
  const { schema, optional } = reader.optional(node);
  const advanced = folded || schema.advanced === true;
  const branches = reader.branches(schema);
  const row: Row = {
    path,
    kind: "text",
    label: schema.title ?? path,
    help: schema.description ?? "",
    unit: schema.unit ?? "",
    advanced,
    optional,
    options: [],
    schema,
  };
  if (branches) {
    yield { ...row, kind: "union", options: branches.map((branch) => branch.kind) };
    const kind = at(config, `${path}.kind`);
    const branch = branches.find((one) => one.kind === kind);
    if (branch) yield* inner(reader, branch.schema, config, path, advanced);
  } else if (schema.properties) yield* inner(reader, schema, config, path, advanced);
  else yield { ...row, kind: kindOf(schema), options: (schema.enum ?? []).map(String) };
}

function* inner(reader: SchemaReader, schema: JsonSchema, config: JsonObject, path: string, folded: boolean): Generator<Row> {
  const siblings = at(config, path);
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    const { show_if, with_table, with_drawing } = reader.resolve(part);
    if (name === "kind" || with_table || with_drawing || !shown(show_if, siblings)) continue;
    yield* rowsOf(reader, part, config, `${path}.${name}`, folded);
  }
}

function shown(condition: JsonSchema["show_if"], siblings: Json | undefined): boolean {
  if (!condition || !isObject(siblings)) return true;
  return Object.entries(condition).every(([name, wanted]) => {
    const value = siblings[name] ?? null;
    return Array.isArray(wanted) ? wanted.includes(value) : wanted === value;
  });
}

function kindOf(schema: JsonSchema): RowKind {
  if (schema.drawing) return "drawing";
  if (schema.enum) return "choice";
  if (schema.type === "boolean") return "switch";
  if (schema.type === "integer" || schema.type === "number") return schema.type;
  if (schema.type === "array") return schema.items?.type === "integer" ? "integers" : "numbers";
  return schema.pattern?.includes("64") ? "dataset" : "text";
}
