/** Everything the page holds, wired together once. */
import { api } from "../api/client";
import type { JsonObject } from "../api/json";
import { Problem } from "../api/problem";
import type { RunConfig, RunSummary, Suggestion } from "../api/types";
import { words } from "../words";
import { FormState } from "./form.svelte";
import { LabState } from "./lab.svelte";
import { hasConfig } from "./link";
import { isAlive } from "./phase";
import { PlayheadState } from "./playhead.svelte";
import { PreviewState, SILENT_MS } from "./preview.svelte";
import { sameRun } from "./rate";
import { Route, type PageName } from "./route.svelte";
import { RunsState } from "./runs.svelte";
import { Surroundings } from "./surroundings.svelte";
import { SweepDraft } from "./sweep-draft.svelte";
import { SweepsState } from "./sweeps.svelte";
import { Toasts } from "./toasts.svelte";
import { ViewState } from "./view.svelte";
import { wavesOf } from "./waves";

export class PageState {
  readonly surroundings = new Surroundings();
  readonly route = new Route();
  readonly toasts = new Toasts();
  readonly lab = new LabState();
  readonly preview = new PreviewState();
  readonly runs = new RunsState(this.toasts, (summary) => this.lab.take(summary));
  readonly sweeps = new SweepsState(this.toasts);
  readonly draft = new SweepDraft(() => this.form);
  readonly playhead = new PlayheadState(() => {
    void this.lab.version;
    return { run: this.lab.run, growing: isAlive(this.lab.phase) };
  });
  readonly charts = new ViewState(() => ({ time: this.playhead.time, narrow: this.surroundings.narrow }));
  /** null until the server has told what a config is. */
  form = $state.raw<FormState | null>(null);
  /** Why the page could not start. */
  problem = $state.raw<Problem | null>(null);
  /** The further charts are shown in the place of the six. */
  more = $state(false);
  /** Why the study could not be run, where no field is to blame. */
  studyProblem = $state("");
  /** The recorded run begins to play by itself, once. */
  private autoplay = $state(false);

  readonly isRunShown = $derived.by(() =>
    this.form && this.lab.summary ? sameRun(this.form.config, asJson(this.lab.summary.config)) : false,
  );

  /** The preview's answers of the target's waves, where it is of the run in view. */
  readonly waves = $derived.by(() => {
    const answer = this.preview.answer;
    if (!answer?.spectrum || !this.lab.summary) return [];
    return sameRun(asJson(answer.config), asJson(this.lab.summary.config)) ? wavesOf(answer) : [];
  });

  async start(): Promise<void> {
    this.problem = null;
    try {
      const [schema, presets] = await Promise.all([api.schema(), api.presets(), this.runs.refresh()]);
      const form = new FormState(schema, presets);
      const linked = this.route.page === "lab" && hasConfig(location.hash);
      if (linked) this.readLink(form);
      this.form = form;
      const run = this.opening(form, linked);
      if (run) this.show(run, !linked);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
      if (error.unreachable) setTimeout(() => void this.start(), SILENT_MS);
    }
  }

  /** The server answers: what was said of its silence is no longer true. */
  reached(): void {
    if (this.lab.problem?.unreachable) this.lab.problem = null;
  }

  /** Open a run; the form takes its config unless a link has set it. */
  show(run: RunSummary, fill = true): void {
    if (fill) this.form?.set(run.config);
    this.charts.change({ selected: null });
    this.playhead.live();
    this.lab.open(run);
    this.autoplay = run.recorded && !this.surroundings.reducedMotion;
  }

  /** Go to a page; each finds its own state again, and its own hash. */
  open(name: PageName): void {
    this.route.go(name, name === "lab" ? this.form?.hash : this.sweeps.sweep?.id);
  }

  /** Run the study of the draft; tells whether it has begun. */
  async runStudy(): Promise<boolean> {
    const request = this.draft.request();
    if (!request || this.sweeps.busy) return false;
    const begun = await this.sweeps.run(request);
    this.studyProblem = this.draft.refuse(this.sweeps.problem) ? "" : (this.sweeps.problem?.sentence ?? "");
    this.sweeps.problem = null;
    return begun;
  }

  /** The address bar follows the study in view, without filling the history. */
  writeSweep(): void {
    const id = this.sweeps.sweep?.id;
    if (id && location.hash.slice(1) !== id) history.replaceState(null, "", `${location.pathname}${location.search}#${id}`);
  }

  /** A link to another study was pasted into the address bar. */
  sweepLinkChanged(): void {
    const id = location.hash.slice(1);
    if (id && id !== this.sweeps.sweep?.id) void this.sweeps.open(id);
  }

  /** Open a run by its id, in the Lab. */
  async openRun(id: string): Promise<void> {
    try {
      this.show(await api.run(id));
      this.open("lab");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.toasts.say(error.sentence);
    }
  }

  /** Called when the run in view has grown. */
  grown(): void {
    if (!this.autoplay || this.lab.run.frames.length < 2) return;
    this.autoplay = false;
    this.playhead.play();
  }

  async train(): Promise<void> {
    const form = this.form;
    if (!form?.trainable || this.lab.busy) return;
    const sent = await this.lab.train(form.runConfig, form.name());
    if (sent) {
      this.charts.change({ selected: null });
      this.autoplay = false;
      this.playhead.live();
      void this.runs.refresh();
    } else if (this.lab.problem?.unreachable) this.preview.ask(form.runConfig); // asks until there is an answer
    else if (this.refuse(this.lab.problem)) this.lab.problem = null;
  }

  /** The run in view with some fields changed, at once. */
  async trainChanged(changes: Suggestion["changes"]): Promise<void> {
    if (!this.form || !this.lab.summary) return;
    this.form.set(this.lab.summary.config);
    this.form.change(changes);
    await this.train();
  }

  async remove(run: RunSummary): Promise<void> {
    const inView = run.id === this.lab.summary?.id;
    if (!(await this.runs.remove(run, (back) => inView && this.show(back))) || !inView) return;
    const other = this.runs.rows[0];
    if (other) this.show(other);
    else this.lab.clear();
  }

  async copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.link());
      this.toasts.say(words.copied);
    } catch {
      this.toasts.say(words.notCopied);
    }
  }

  /** The run in view as plain PyTorch, to the clipboard. */
  async copyPytorch(id: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(await api.pytorch(id));
      this.toasts.say(words.copiedPytorch);
    } catch (error) {
      this.toasts.say(error instanceof Problem ? error.sentence : words.notCopiedPytorch);
    }
  }

  link(): string {
    const url = new URL(location.href);
    url.hash = this.form?.hash ?? "";
    return url.href;
  }

  /** The address bar follows the form, without filling the history. */
  writeLink(): void {
    if (this.form && location.hash.slice(1) !== this.form.hash) history.replaceState(null, "", this.link());
  }

  /** A link was pasted into the address bar of this page. */
  linkChanged(): void {
    if (this.form && hasConfig(location.hash) && location.hash.slice(1) !== this.form.hash) this.readLink(this.form);
  }

  private readLink(form: FormState): void {
    const problems = form.load(location.hash);
    if (problems.length) this.toasts.say(problems.slice(0, 2).join(" "));
  }

  /** The run of the link's config where there is one, else the newest. */
  private opening(form: FormState, isLinked: boolean): RunSummary | undefined {
    const linked = this.runs.rows.find((row) => sameRun(asJson(row.config), form.config));
    return (isLinked ? linked : undefined) ?? this.runs.rows[0];
  }

  /** A refusal that names fields is said beside them; tells whether it does. */
  refuse(problem: Problem | null): boolean {
    if (!this.form) return false;
    this.form.refusals = problem ? refusalsOf(this.form, problem) : {};
    return Object.keys(this.form.refusals).length > 0;
  }
}

/** Sentences by row: each belongs to the longest row path that its `where` begins with. */
export function refusalsOf(form: FormState, problem: Problem): Record<string, string> {
  const refusals: Record<string, string> = {};
  const paths = form.rows.map((row) => row.path).sort((a, b) => b.length - a.length);
  for (const { where, sentence } of problem.parts) {
    const path = paths.find((path) => where === path || where.startsWith(`${path}.`));
    if (path) refusals[path] ??= sentence;
  }
  return refusals;
}

function asJson(config: RunConfig): JsonObject {
  return config as unknown as JsonObject;
}
