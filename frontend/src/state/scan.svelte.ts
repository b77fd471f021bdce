/** A scan before training: which field, which values, what has come of them; asked for until it is there. */
import { api } from "../api/client";
import type { JsonObject } from "../api/json";
import type { Problem } from "../api/problem";
import type { AxisValue, RunConfig, Scan } from "../api/types";
import { Asking } from "./asking";
import type { FormState } from "./form.svelte";
import { baseOf, readValues, scanFields, typed, type ScanField } from "./scan-fields";
import { withoutChoice } from "./rate";
import { at, same } from "./schema";

const AGAIN_MS = 400;

export class ScanState {
  answer = $state.raw<Scan | null>(null);
  /** Asked for, and not there yet. */
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  /** The field that is chosen. */
  path = $state("network.width");
  text = $state("");
  private readonly asking = new Asking();
  /** What the answer is of. */
  private asked = $state.raw<{ field: ScanField; base: JsonObject; values: AxisValue[] } | null>(null);
  private readonly form: FormState;

  readonly fields = $derived.by(() => scanFields(this.form));
  readonly field = $derived.by(() => [...this.fields.often, ...this.fields.others].find(({ path }) => path === this.path) ?? (this.fields.often[0] as ScanField));
  readonly read = $derived(readValues(this.text));
  readonly valid = $derived.by(() => this.read.values !== undefined && this.form.valid);
  /** What the charts are of: what was asked, or what would be. */
  readonly question = $derived.by(() => ({ label: (this.asked?.field ?? this.field).label, values: this.asked?.values ?? this.read.values ?? [] }));
  /** The set-up has changed since, in another field than the one that was scanned. */
  readonly stale = $derived.by(() => {
    if (!this.asked || !this.answer) return false;
    const { field, base } = this.asked;
    const now = baseOf(this.form.config, field);
    return !same(without(now, field.path), without(base, field.path));
  });
  /** The value that the set-up has, where all else is as it was asked. */
  readonly present = $derived.by((): AxisValue | null => {
    if (!this.asked) return null;
    const { field, base } = this.asked;
    if (!same(without(withoutChoice(this.form.config), field.path), without(base, field.path))) return null;
    const value = at(this.form.config, field.path);
    return typeof value === "number" || typeof value === "string" || typeof value === "boolean" ? value : null;
  });

  constructor(form: FormState) {
    this.form = form;
    this.text = typed(this.field.values);
  }

  choose(path: string): void {
    this.path = path;
    this.text = typed(this.field.values);
  }

  /** The field at this path or the first below it, with the values that it had where it is chosen already. */
  about(path: string): void {
    const field = [...this.fields.often, ...this.fields.others].find((one) => one.path === path || one.path.startsWith(`${path}.`));
    if (field && field.path !== this.path) this.choose(field.path);
  }

  /** Look at the values, the newest question alone. */
  ask(): void {
    const { values } = this.read;
    if (!values || !this.form.valid) return;
    const field = this.field;
    const base = baseOf(this.form.config, field);
    this.asked = { field, base, values };
    this.answer = null;
    this.problem = null;
    this.busy = true;
    const asked = { config: base as unknown as RunConfig, field: field.path, values };
    this.asking.start((signal) => this.receive(asked, signal), (problem) => this.fail(problem));
  }

  /** Nobody wants it any more. */
  stop(): void {
    this.asking.stop();
    this.busy = false;
  }

  /** The set-up takes a value of the answer. */
  take(value: AxisValue): void {
    if (!this.asked) return;
    this.form.change({ ...this.asked.field.needs, [this.asked.field.path]: value });
  }

  private async receive(asked: Parameters<typeof api.scan>[0], signal: AbortSignal): Promise<number | null> {
    const answer = await api.scan(asked, signal);
    if (signal.aborted) return null;
    this.answer = answer;
    this.problem = null;
    this.busy = answer.status === "running";
    return this.busy ? AGAIN_MS : null;
  }

  private fail(problem: Problem): void {
    this.problem = problem;
    this.busy = problem.unreachable;
  }
}

/** Without what stands at the path; a part of a union that is gone is none. */
function without(config: JsonObject, path: string): JsonObject {
  const copy = structuredClone(config);
  const above = path.split(".").slice(0, -1).join(".");
  const last = path.split(".").at(-1) ?? "";
  const parent = above ? at(copy, above) : copy;
  if (typeof parent === "object" && parent !== null && !Array.isArray(parent)) delete parent[last];
  return copy;
}
