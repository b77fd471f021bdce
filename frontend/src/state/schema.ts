/** Reading the config's JSON schema: references, optional values, unions told apart by `kind`, defaults. */
import type { Json, JsonObject, JsonSchema } from "../api/json";

/** A union's branch: its `kind` and its schema. */
export interface Branch {
  kind: string;
  schema: JsonSchema;
}

export class SchemaReader {
  readonly root: JsonSchema;

  constructor(root: JsonSchema) {
    this.root = root;
  }

  /** Follows `$ref`; what stands beside the reference (title, help, default) wins. */
  resolve(node: JsonSchema): JsonSchema {
    if (!node.$ref) return node;
    const { $ref, ...beside } = node;
    const target = this.root.$defs?.[$ref.split("/").at(-1) ?? ""];
    if (!target) throw new Error(`The form's schema refers to ${$ref}, which it does not have.`);
    return { ...this.resolve(target), ...beside };
  }

  /** `anyOf [X, null]` as X that may be empty; `anyOf [number, list]` as the number, with the list beside it. */
  optional(node: JsonSchema): { schema: JsonSchema; optional: boolean } {
    const { anyOf, ...beside } = this.resolve(node);
    const inner = anyOf?.find((part) => part.type !== "null");
    if (!anyOf || !inner) return { schema: this.resolve(node), optional: false };
    const list = anyOf.find((part) => part.type === "array");
    const schema = { ...this.resolve(inner), ...beside, ...(list && list !== inner ? { list } : {}) };
    return { schema, optional: anyOf.some((part) => part.type === "null") };
  }

  /** The branches of a union, in the schema's order; null where it is none. */
  branches(node: JsonSchema): Branch[] | null {
    const schema = this.resolve(node);
    const key = schema.discriminator?.propertyName;
    if (!schema.oneOf || !key) return null;
    return schema.oneOf.map((part) => {
      const branch = this.resolve(part);
      return { kind: String(branch.properties?.[key]?.const ?? ""), schema: branch };
    });
  }

  /** The default of a node: its own, or put together from its fields. A required value has none and is left out. */
  defaults(node: JsonSchema): Json | undefined {
    const schema = this.resolve(node);
    if (schema.default !== undefined) return structuredClone(schema.default);
    if (schema.const !== undefined) return schema.const;
    if (!schema.properties) return undefined;
    const value: JsonObject = {};
    for (const [name, part] of Object.entries(schema.properties)) {
      const inner = this.defaults(part);
      if (inner !== undefined) value[name] = inner;
    }
    return value;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted path, or undefined. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let here: Json | undefined = value;
  for (const key of path ? path.split(".") : []) {
    if (!isObject(here)) return undefined;
    here = here[key];
  }
  return here;
}

/** The same tree with another value at a dotted path; nothing is changed in place. */
export function put(tree: JsonObject, path: string, value: Json): JsonObject {
  const [key = "", ...rest] = path.split(".");
  const inner = tree[key];
  if (!rest.length) return { ...tree, [key]: value };
  return { ...tree, [key]: put(isObject(inner) ? inner : {}, rest.join("."), value) };
}

/** Whether two trees are the same value, whatever the order of their keys. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => same(a[key], b[key]));
  }
  return a === b;
}
