/** The form's draft of a config: valid values in `config`, what is typed wrongly in `texts` and `errors`. */
import type { Json, JsonObject, JsonSchema } from "../api/json";
import type { Preset, RunConfig, Suggestion, TableReading, Variant } from "../api/types";
import { valueName, words } from "../words";
import { sections, type Row } from "./fields";
import { fitted } from "./fit";
import { differences, fromHash, toHash } from "./link";
import { RATE, withoutChoice } from "./rate";
import { at, put, same, SchemaReader, isObject } from "./schema";
import { parse, show } from "./validate";

const SCALES = ["data.scale_inputs", "data.scale_targets"];

/** Where the draft came from: a preset's variant. */
export interface Origin {
  preset: Preset;
  variant: Variant;
}

export class FormState {
  readonly reader: SchemaReader;
  config = $state.raw<JsonObject>({});
  presets = $state.raw<Preset[]>([]);
  origin = $state.raw<Origin | null>(null);
  /** Sentences of this page, by path: values that no run can use. */
  errors = $state.raw<Record<string, string>>({});
  /** Sentences of the server about the last config it saw, by path. */
  refusals = $state.raw<Record<string, string>>({});
  /** What a new table or formula has switched on, in sentences; nothing once it is changed by hand. */
  scaled = $state.raw<string[]>([]);
  /** The table that the form is about, as it was read. */
  table = $state.raw<TableReading | null>(null);
  /** The row that is pointed at or edited: its help is shown. */
  pointed = $state.raw<Row | null>(null);
  /** What is typed in fields whose text is not their value's own. */
  texts = $state.raw<Record<string, string>>({});

  readonly sections = $derived.by(() => sections(this.reader, this.config));
  readonly rows = $derived(this.sections.flatMap((section) => [...section.rows, ...section.more]));
  /** Errors of rows that are there; a hidden row's error does not count. */
  readonly wrong = $derived(this.rows.filter((row) => this.errors[row.path] !== undefined));
  readonly valid = $derived(this.wrong.length === 0 && !this.missing());
  /** What the server refuses can be asked about again, but not trained. */
  readonly trainable = $derived(this.valid && Object.keys(this.refusals).length === 0);
  readonly hash = $derived.by(() => toHash(this.reader, this.config));
  readonly edited = $derived(this.origin !== null && !same(this.config, asJson(this.origin.variant.config)));

  constructor(schema: JsonSchema, presets: Preset[]) {
    this.reader = new SchemaReader(schema);
    this.presets = presets;
    // A new config's rate is rehearsed; what the schema calls default is that of old configs and links.
    this.config = this.reader.defaults(schema) as JsonObject;
    const rate = this.rows.find(({ path, kind }) => path === RATE && kind === "union");
    if (rate) this.branch(rate, "rehearsed");
  }

  get runConfig(): RunConfig {
    return this.config as unknown as RunConfig;
  }

  /** Replace the whole draft. */
  set(config: RunConfig | JsonObject, origin: Origin | null = this.originOf(config)): void {
    this.config = asJson(config);
    this.origin = origin;
    this.errors = {};
    this.refusals = {};
    this.texts = {};
    this.scaled = [];
  }

  /** The config of a link, and the preset that it was changed from; returns sentences about what could not be read. */
  load(hash: string, from: string | null = null): string[] {
    const linked = fromHash(this.reader, hash);
    this.set(fitted(linked.config, "network.width"));
    this.origin ??= this.variantOf(from);
    return linked.problems;
  }

  /** Typing in a row. */
  type(row: Row, text: string): void {
    this.texts = { ...this.texts, [row.path]: text };
    const parsed = parse(row, text);
    if (parsed.message !== undefined) this.errors = { ...this.errors, [row.path]: parsed.message };
    else this.choose(row.path, parsed.value);
  }

  /** Leaving a row: a right value is shown in its own way, a wrong one stays as it was typed. */
  leave(row: Row): void {
    if (this.errors[row.path] === undefined) this.texts = without(this.texts, row.path);
  }

  /** A value that is known to be right. */
  choose(path: string, value: Json): void {
    if (SCALES.includes(path)) this.scaled = [];
    this.errors = without(this.errors, path);
    this.refusals = without(this.refusals, path);
    const config = fitted(put(this.config, path, value), path);
    // A rate that was chosen for another config is none of this one.
    this.config = path.startsWith(RATE) ? config : withoutChoice(config);
  }

  /** So many steps, and no sooner end by time. */
  takeSteps(steps: number): void {
    this.choose("training.stop.steps", steps);
    this.choose("training.stop.time", null);
    this.texts = without(without(this.texts, "training.stop.steps"), "training.stop.time");
  }

  /** Another kind of a union: fields of the same name keep their values. */
  branch(row: Row, kind: string): void {
    const chosen = this.reader.branches(row.schema)?.find((one) => one.kind === kind);
    if (!chosen) return;
    const before = at(this.config, row.path);
    const fresh = this.reader.defaults(chosen.schema) as JsonObject;
    for (const [name, value] of Object.entries(isObject(before) ? before : {})) {
      if (name !== "kind" && name in (chosen.schema.properties ?? {})) fresh[name] = value;
    }
    this.choose(row.path, fresh);
    this.fitTarget(row.path, kind);
  }

  /** Train on an uploaded table, as inputs and as target, scaled where that was found to be needed. */
  useDataset({ data, scaled }: Pick<TableReading, "data" | "scaled">): void {
    if (!data) return;
    for (const part of ["points", "target", "scale_inputs", "scale_targets"] as const) this.choose(`data.${part}`, data[part] as Json);
    this.texts = without(this.texts, "data.points.sha256");
    this.errors = without(this.errors, "data.points.sha256");
    this.scaled = scaled;
  }

  /** Set several values at once, by their paths: what a warning asks for, or a pasted model says. */
  change(changes: Record<string, unknown>): void {
    for (const [path, value] of Object.entries(changes)) {
      this.choose(path, value as Json);
      this.texts = without(this.texts, path);
    }
  }

  /** Changes as their fields are labelled: "Scale the inputs: To [−1, 1]". */
  named(changes: Suggestion["changes"]): string {
    const every = this.sections.flatMap((section) => [...section.rows, ...section.more]);
    const label = (path: string) => every.find((row) => row.path === path)?.label ?? path;
    return Object.entries(changes).map(([path, value]) => `${label(path)}: ${typeof value === "string" ? valueName(value) : String(value)}`).join("; ");
  }

  text(row: Row): string {
    return this.texts[row.path] ?? show(row, at(this.config, row.path));
  }

  error(path: string): string | undefined {
    return this.errors[path] ?? this.refusals[path];
  }

  /** The preset's variant that was changed, as a link has it; null for none, and where nothing was. */
  get from(): string | null {
    return this.origin && this.edited ? `${this.origin.preset.id}/${this.origin.variant.name}` : null;
  }

  /** How a run of this draft is called: its preset's first words, and the variant or what was changed. */
  name(): string {
    if (!this.origin) return "";
    const { preset, variant } = this.origin;
    const title = preset.title.split(":")[0] ?? preset.title;
    const changed = differences(this.rows, this.config, asJson(variant.config));
    if (!changed.length) return preset.variants.length > 1 ? `${title}: ${variant.title}` : title;
    const more = changed.length > 2 ? [...changed.slice(0, 2), `${changed.length - 2} more`] : changed;
    return [title, ...more].join(", ").slice(0, 120);
  }

  /** The preset and variant that a config is equal to. */
  originOf(config: RunConfig | JsonObject): Origin | null {
    for (const preset of this.presets) {
      for (const variant of preset.variants) {
        if (same(asJson(variant.config), asJson(config))) return { preset, variant };
      }
    }
    return null;
  }

  /** A formula may have any inputs and any size: a network is made for those around 1. */
  private scale(): void {
    const round = ["circle", "arcs"].includes(String(at(this.config, "data.points.kind")));
    if (!round) this.choose("data.scale_inputs", "unit");
    this.choose("data.scale_targets", "standardize");
    this.scaled = [words.scaledFormula(round)];
  }

  private variantOf(from: string | null): Origin | null {
    const [id, name] = from?.split("/") ?? [];
    const preset = this.presets.find((one) => one.id === id);
    const variant = preset?.variants.find((one) => one.name === name);
    return preset && variant ? { preset, variant } : null;
  }

  private missing(): boolean {
    return this.rows.some((row) => row.kind === "dataset" && at(this.config, row.path) === undefined);
  }

  /** A table's y needs the table's inputs, and the other way round there is nothing else to learn at first. */
  private fitTarget(path: string, kind: string): void {
    const target = at(this.config, "data.target.kind");
    if (path === "data.points" && kind === "dataset") this.choose("data.target", { kind: "dataset" });
    if (path === "data.points" && kind !== "dataset" && target === "dataset") {
      const target = this.reader.defaults(this.reader.root) as JsonObject;
      this.choose("data.target", at(target, "data.target") ?? null);
    }
    if (path === "data.target" && kind === "formula") this.scale();
    if (path === "data.target" && kind === "dataset") {
      const points = at(this.config, "data.points");
      if (at(points, "kind") !== "dataset") this.choose("data.points", { kind: "dataset" });
    }
  }
}

function asJson(config: RunConfig | JsonObject): JsonObject {
  return config as unknown as JsonObject;
}

function without<T>(map: Record<string, T>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = map;
  return rest;
}
