/** What the next width study is to be: a set-up, and the widths, scalings and seeds it is trained with. */
import type { Problem } from "../api/problem";
import type { RunConfig, Scaling, SweepAxis, SweepRequest } from "../api/types";
import { valueName } from "../words";
import { sweepWords, type BaseName } from "../words-sweep";
import type { Row } from "./fields";
import type { FormState } from "./form.svelte";
import { withoutChoice } from "./rate";
import { parse } from "./validate";

export type DraftField = "base" | "widths" | "seeds" | "scalings";

export const WIDTHS = [64, 128, 256, 512, 1024, 2048, 4096];
export const STUDY_SCALINGS: Scaling[] = ["ntk", "mean_field"];
/** As many values as an axis of the server takes. */
const MOST_SEEDS = 32;
const PRESET = "width-ladder";
/** A study looks at few moments of many runs. */
const RECORDS = { frames: 12, kernel_frames: 12 };
const SEEDS: Row = {
  path: "seeds",
  kind: "integer",
  label: "The number of seeds",
  help: "",
  unit: "",
  advanced: false,
  optional: false,
  options: [],
  schema: { type: "integer", minimum: 1, maximum: MOST_SEEDS },
};
/** The axes as they are sent: the runs of one width follow one another, so that its mean is there early. */
const FIELDS: DraftField[] = ["widths", "scalings", "seeds"];

export class SweepDraft {
  base = $state<BaseName>("relu");
  widths = $state.raw<number[]>(WIDTHS);
  scalings = $state.raw<Scaling[]>(STUDY_SCALINGS);
  /** As it is typed. */
  seedsText = $state("5");
  /** Sentences of the server about what was sent last. */
  private refusals = $state.raw<Partial<Record<DraftField, string>>>({});

  private readonly form: () => FormState | null;
  readonly config = $derived.by(() => this.configOf());
  private readonly parsedSeeds = $derived(parse(SEEDS, this.seedsText));
  readonly seeds = $derived(this.parsedSeeds.message === undefined ? Number(this.parsedSeeds.value) : 0);
  /** Why it cannot be run as it is, by field. */
  readonly errors = $derived.by(() => ({ ...this.refusals, ...this.wrong() }));
  readonly valid = $derived.by(() => this.form() !== null && Object.keys(this.wrong()).length === 0);
  readonly runs = $derived(this.widths.length * this.scalings.length * this.seeds);

  /** @param form The Lab's form, which has the presets and its own set-up. */
  constructor(form: () => FormState | null) {
    this.form = form;
  }

  chooseBase(base: BaseName): void {
    this.base = base;
    this.refusals = {};
  }

  typeSeeds(text: string): void {
    this.seedsText = text;
    this.refusals = {};
  }

  toggleWidth(width: number): void {
    this.widths = toggled(this.widths, width, WIDTHS);
    this.refusals = {};
  }

  toggleScaling(scaling: Scaling): void {
    this.scalings = toggled(this.scalings, scaling, STUDY_SCALINGS);
    this.refusals = {};
  }

  /** What is sent; null while something is wrong. */
  request(): SweepRequest | null {
    if (!this.config || !this.valid) return null;
    const axes: SweepAxis[] = [
      { field: "network.width", values: this.widths },
      { field: "network.parameterization", values: this.scalings },
      { field: "seed", values: Array.from({ length: this.seeds }, (_, seed) => seed) },
    ];
    const [from = 0, to = 0] = [this.widths[0], this.widths.at(-1)];
    return {
      name: sweepWords.name(valueName(this.config.network.activation), from, to, this.seeds),
      config: { ...this.config, recording: { ...this.config.recording, ...RECORDS } },
      axes,
    };
  }

  /** A refusal that names a field is said beside it; tells whether it does. */
  refuse(problem: Problem | null): boolean {
    const refusals: Partial<Record<DraftField, string>> = {};
    for (const { where, sentence } of problem?.parts ?? []) {
      const axis = /^axes\.(\d+)/.exec(where)?.[1];
      const field = axis === undefined ? (where ? "base" : undefined) : FIELDS[Number(axis)];
      if (field) refusals[field] ??= sentence;
    }
    this.refusals = refusals;
    return Object.keys(refusals).length > 0;
  }

  private wrong(): Partial<Record<DraftField, string>> {
    const wrong: Partial<Record<DraftField, string>> = {};
    if (this.form() && !this.config) wrong.base = this.base === "lab" ? sweepWords.labInvalid : sweepWords.noPreset;
    if (!this.widths.length) wrong.widths = sweepWords.noWidth;
    if (!this.scalings.length) wrong.scalings = sweepWords.noScaling;
    if (this.parsedSeeds.message !== undefined) wrong.seeds = this.parsedSeeds.message;
    return wrong;
  }

  private configOf(): RunConfig | null {
    const form = this.form();
    if (!form) return null;
    // Every run of a study finds a rate of its own.
    if (this.base === "lab") return form.valid ? (withoutChoice(form.config) as unknown as RunConfig) : null;
    const preset = form.presets.find((one) => one.id === PRESET);
    return preset?.variants.find((variant) => variant.name.startsWith(`${this.base}-`))?.config ?? null;
  }
}

/** With the value or without it, in the order of all. */
function toggled<Value>(chosen: Value[], value: Value, all: Value[]): Value[] {
  return all.filter((one) => chosen.includes(one) !== (one === value));
}
