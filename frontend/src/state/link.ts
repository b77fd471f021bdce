/**
 * Config <-> the URL's hash. Only what differs from the defaults is written, as `path=value`, so that a link is
 * short and can be read and edited: `#data.points=circle&data.points.n=64&network.width=64&seed=3`.
 */
import type { Json, JsonObject, JsonSchema } from "../api/json";
import { plain } from "../format";
import type { Row } from "./fields";
import { at, isObject, same, type SchemaReader } from "./schema";
import { parse } from "./validate";

/** The hash without `#`. The seed is always there: a link to the defaults is a link to a config, too. */
export function toHash(reader: SchemaReader, config: JsonObject): string {
  const parts: string[] = [];
  write(reader, reader.root, config, reader.defaults(reader.root), "", parts);
  if (!parts.some((part) => part.startsWith("seed="))) parts.push(`seed=${at(config, "seed") ?? 0}`);
  return parts.join("&");
}

export interface Linked {
  config: JsonObject;
  /** Sentences about what could not be read; those fields keep their defaults. */
  problems: string[];
}

/** The config of a hash. */
export function fromHash(reader: SchemaReader, hash: string): Linked {
  const entries = new Map(new URLSearchParams(hash.replace(/^#/, "")));
  const linked: Linked = { config: {}, problems: [] };
  linked.config = read(reader, reader.root, reader.defaults(reader.root), "", entries, linked.problems) as JsonObject;
  for (const key of entries.keys()) {
    linked.problems.push(`The link sets "${key}", which this page does not know.`);
  }
  return linked;
}

/** Whether a hash carries a config at all. */
export function hasConfig(hash: string): boolean {
  return hash.replace(/^#/, "").includes("=");
}

function write(reader: SchemaReader, node: JsonSchema, value: Json | undefined, base: Json | undefined, path: string, parts: string[]): void {
  const { schema } = reader.optional(node);
  const branches = reader.branches(schema);
  const kind = at(value, "kind");
  let inner = schema;
  if (branches) {
    inner = branches.find((branch) => branch.kind === kind)?.schema ?? {};
    if (kind !== at(base, "kind")) {
      parts.push(`${path}=${kind}`);
      base = reader.defaults(inner);
    }
  }
  if (inner.properties && isObject(value)) {
    for (const [name, part] of Object.entries(inner.properties)) {
      if (name === "kind") continue;
      write(reader, part, value[name], at(base, name), path ? `${path}.${name}` : name, parts);
    }
  } else if (!branches && !same(value, base) && value !== undefined) parts.push(`${path}=${text(value)}`);
}

function text(value: Json): string {
  // A name in a list is escaped twice, so that its own commas are told from those between.
  if (Array.isArray(value)) return value.map((item) => (typeof item === "string" ? encodeURIComponent(encodeURIComponent(item)) : text(item))).join(",");
  if (typeof value === "number") return String(value);
  // What a hash may carry unescaped stays readable; the rest is escaped.
  return value === null ? "" : encodeURIComponent(String(value)).replace(/%(2C|2F|3A|40)/g, decodeURIComponent);
}

function read(
  reader: SchemaReader, node: JsonSchema, base: Json | undefined, path: string, entries: Map<string, string>, problems: string[],
): Json | undefined {
  const { schema, optional } = reader.optional(node);
  const branches = reader.branches(schema);
  let inner = schema;
  if (branches) {
    const asked = take(entries, path);
    const branch = branches.find((one) => one.kind === (asked ?? at(base, "kind")));
    if (!branch) {
      problems.push(`The link asks for ${path} "${asked}", which this page does not know.`);
      return base;
    }
    inner = branch.schema;
    if (branch.kind !== at(base, "kind")) base = reader.defaults(inner);
  }
  if (inner.properties) {
    const value: JsonObject = {};
    for (const [name, part] of Object.entries(inner.properties)) {
      const found =
        name === "kind"
          ? reader.defaults(part)
          : read(reader, part, at(base, name), path ? `${path}.${name}` : name, entries, problems);
      if (found !== undefined) value[name] = found;
    }
    return value;
  }
  const given = take(entries, path);
  return given === undefined ? base : leaf(schema, optional, path, given, base, problems);
}

function leaf(schema: JsonSchema, optional: boolean, path: string, given: string, base: Json | undefined, problems: string[]): Json | undefined {
  if (schema.type === "boolean") return given === "true";
  if (schema.enum) {
    if (schema.enum.includes(given)) return given;
    problems.push(`The link asks for ${path} "${given}", which this page does not know.`);
    return base;
  }
  if (schema.items?.type === "string") return given ? given.split(",").map(unescaped) : [];
  const kind = schema.type === "array" ? "numbers" : schema.type === "string" ? "text" : (schema.type as "number");
  const row: Row = { path, kind, label: schema.title ?? path, help: "", unit: "", advanced: false, optional, options: [], schema };
  // A link parts a list by commas alone, and writes no number with one.
  const parsed = parse(row, schema.list ? given.replaceAll(",", "; ") : given);
  if (parsed.message === undefined) return parsed.value;
  problems.push(parsed.message);
  return base;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed by hand
  }
}

function take(entries: Map<string, string>, path: string): string | undefined {
  const value = entries.get(path);
  entries.delete(path);
  return value;
}

/** What differs between two configs, as `label value`, for naming a run. */
export function differences(rows: Row[], config: JsonObject, from: JsonObject): string[] {
  return rows
    .filter((row) => row.kind !== "dataset" && row.kind !== "drawing" && !same(at(config, valuePath(row)), at(from, valuePath(row))))
    .map((row) => `${row.label.toLowerCase().replace(/,.*/, "")} ${readable(at(config, valuePath(row)))}`);
}

function valuePath(row: Row): string {
  return row.kind === "union" ? `${row.path}.kind` : row.path;
}

function readable(value: Json | undefined): string {
  if (value == null) return "none";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (Array.isArray(value)) return value.slice(0, 4).map((item) => readable(item)).join(", ");
  return typeof value === "number" ? plain(value) : String(value).slice(0, 24).replace(/_/g, " ");
}
