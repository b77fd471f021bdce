/** Everything the page holds, wired together once. */
import { api } from "../api/client";
import type { JsonObject } from "../api/json";
import { Problem } from "../api/problem";
import type { RunSummary, Session, Suggestion } from "../api/types";
import { emptyRun, type RunState } from "../run/run";
import { watchWords } from "../watch/words";
import { PHASES, words } from "../words";
import { Address } from "./address.svelte";
import { SILENT_MS } from "./asking";
import { keepDepth, keptDepth, type Depth } from "./depth";
import { FormState } from "./form.svelte";
import type { KeyTargets } from "./keys";
import { LabState } from "./lab.svelte";
import { isAlive } from "./phase";
import { PlayheadState } from "./playhead.svelte";
import { PreviewState } from "./preview.svelte";
import { asJson, sameRun } from "./rate";
import { refusalsOf } from "./refusals";
import { Route, type PageName } from "./route.svelte";
import { RunsState } from "./runs.svelte";
import type { ScanState } from "./scan.svelte";
import { Surroundings } from "./surroundings.svelte";
import { SweepDraft } from "./sweep-draft.svelte";
import { SweepsState } from "./sweeps.svelte";
import { Toasts } from "./toasts.svelte";
import { readLink } from "./view-link";
import { ViewState } from "./view.svelte";
import { wavesOf } from "./waves";
import { WatchState } from "./watch.svelte";

/** A set-up has no record to play. */
const UNTRAINED = { run: emptyRun(""), growing: false };

export class PageState {
  readonly surroundings = new Surroundings();
  readonly route = new Route();
  readonly toasts = new Toasts();
  readonly lab = new LabState();
  readonly preview = new PreviewState();
  readonly runs = new RunsState(this.toasts, (summary) => this.lab.take(summary));
  readonly sweeps = new SweepsState(this.toasts);
  readonly draft = new SweepDraft(() => this.form);
  readonly playhead: PlayheadState = new PlayheadState(() => {
    void this.lab.version;
    const alive = { run: this.lab.run, growing: isAlive(this.lab.phase) };
    const shown = this.rehearsed ? { run: this.rehearsed, growing: false } : alive;
    if (this.depth !== "watch") return shown;
    return { ...(this.isDraft && !this.rehearsed ? UNTRAINED : shown), stretch: this.watch.span };
  });
  readonly watch: WatchState = new WatchState(
    () => {
      void this.lab.version;
      return { run: this.shown, rehearsed: this.rehearsed !== null, draft: this.isDraft, untrained: !this.isRunShown, preview: this.preview.answer, scale: this.playhead.scale };
    },
    // A caption stays for a while as the head plays; where it stands still, what has just happened is said at once.
    () => ({ now: this.playhead.now, speed: this.playhead.playing ? this.playhead.speed : 0, ahead: this.playhead.ahead }),
  );
  readonly address: Address = new Address(this);
  /** Of the Lab: its story, or its instruments. */
  depth = $state<Depth>(readLink(location.hash).depth ?? keptDepth() ?? "watch");
  readonly charts = new ViewState(() => ({ time: this.playhead.time, narrow: this.surroundings.narrow, zoom: this.surroundings.zoom }));
  /** Who this browser is to the server; with a viewer's token the page starts and changes nothing. */
  session = $state.raw<Session>({ role: "open", person: "" });
  readonly watchesOnly = $derived(this.session.role === "viewer");
  /** null until the server has told what a config is. */
  form = $state.raw<FormState | null>(null);
  /** Why the page could not start. */
  problem = $state.raw<Problem | null>(null);
  /** The further charts are shown in the place of the six. */
  more = $state(false);
  /** A scan before training stands in the place of the charts. */
  scanning = $state(false);
  /** As it was left; null before it is asked for. */
  scan = $state.raw<ScanState | null>(null);
  /** Why the study could not be run, where no field is to blame. */
  studyProblem = $state("");
  /** The recorded run begins to play by itself, once. */
  private autoplay = $state(false);
  private seen: JsonObject | null = null;

  readonly isRunShown = $derived.by(() =>
    this.form && this.lab.summary ? sameRun(this.form.config, asJson(this.lab.summary.config)) : false,
  );

  /** What is set up is not the run in view, or that run has nothing to show yet. */
  readonly isDraft = $derived.by(() => {
    void this.lab.version;
    return !this.isRunShown || this.lab.run.id !== this.lab.summary?.id || !this.lab.run.started;
  });

  /** What is set up, as it would begin, rehearsed: shown in the place of a run until there is one. */
  readonly rehearsed: RunState | null = $derived.by(() => {
    const { rehearsed } = this.preview;
    return this.isDraft && rehearsed && rehearsed.config === this.form?.runConfig ? rehearsed.run : null;
  });

  /** What the charts show. */
  readonly shown: RunState = $derived.by(() => this.rehearsed ?? this.lab.run);

  /** What the training itself is doing, which has its own pace: in a word or two. */
  readonly trainingState = $derived.by(() => {
    void this.lab.version;
    const { phase, run, summary } = this.lab;
    if (this.isDraft && phase !== "queued" && phase !== "starting") return "";
    if (summary?.recorded) return watchWords.recorded;
    if (phase === "completed" && run.finished) return watchWords.trained(run.finished.wall_seconds);
    return phase === "training" ? words.percentDone(run.tick?.step ?? run.frames.at(-1)?.step ?? 0, run.started?.steps.at(-1) ?? 1) : PHASES[phase];
  });

  /** The preview's answers of the target's waves, where it is of what is shown. */
  readonly waves = $derived.by(() => {
    const answer = this.preview.answer;
    if (!answer?.spectrum) return [];
    if (this.rehearsed) return wavesOf(answer);
    return this.lab.summary && sameRun(asJson(answer.config), asJson(this.lab.summary.config)) ? wavesOf(answer) : [];
  });

  async start(): Promise<void> {
    this.problem = null;
    const link = readLink(this.route.page === "lab" ? location.hash : "");
    this.address.settle(link);
    try {
      const [schema, presets, session] = await Promise.all([api.schema(), api.presets(), api.session(), this.runs.refresh()]);
      this.session = session;
      const form = new FormState(schema, presets);
      await this.address.arrive(form, link);
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
    this.address.absent = "";
    this.charts.change({ selected: null });
    this.charts.ranges = {};
    this.playhead.live();
    this.lab.open(run);
    this.autoplay = run.recorded && !this.surroundings.reducedMotion;
  }

  /** The six charts, or the further ones. */
  showCharts(more: boolean): void {
    this.more = more;
    this.scanning = false;
  }

  /** @param path At or above the field whose values are looked at; without it the field that was looked at last. */
  async openScan(path?: string): Promise<void> {
    const { ScanState } = await import("./scan.svelte");
    if (!this.form) return;
    this.scan ??= new ScanState(this.form);
    if (path) this.scan.about(path);
    this.scanning = true;
  }

  /** Watch or Measure, remembered from now on. */
  go(depth: Depth): void {
    this.depth = depth;
    keepDepth(depth);
  }

  /** What the page's keys act on. */
  keyTargets(help: () => void): KeyTargets {
    return { head: this.playhead, moments: this.watch.moments, help, otherDepth: () => this.go(this.depth === "watch" ? "measure" : "watch") };
  }

  /** Go to a page; each finds its own state again, and its own hash. */
  open(name: PageName): void {
    this.route.go(name, name === "lab" ? this.address.hash : name === "sweep" ? this.sweeps.sweep?.id : "");
  }

  /** Run the study of the draft; tells whether it has begun. */
  async runStudy(): Promise<boolean> {
    const request = this.draft.request();
    if (!request || this.sweeps.busy || this.watchesOnly) return false;
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

  /** A link was pasted into the address bar, to whatever page. */
  async linkChanged(): Promise<void> {
    const id = location.hash.slice(1);
    if (this.route.page === "lab") await this.address.changed();
    else if (this.route.page === "sweep" && id && id !== this.sweeps.sweep?.id) await this.sweeps.open(id);
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
    if (!this.autoplay || this.lab.run.id !== this.lab.summary?.id || this.lab.run.frames.length < 2) return;
    this.autoplay = false;
    this.playhead.play();
  }

  /** The rehearsal of a set-up that is not trained is there: it is looked at from its end, or played by Watch, once. */
  foreseen(): void {
    if (!this.rehearsed || !this.form || this.isRunShown || (this.seen && sameRun(this.seen, this.form.config))) return;
    this.seen = this.form.config;
    this.playhead.live();
    if (this.depth === "watch" && !this.surroundings.reducedMotion) this.playhead.play();
  }

  async train(): Promise<void> {
    const form = this.form;
    if (!form?.trainable || this.lab.busy || this.watchesOnly) return;
    const sent = await this.lab.train(form.runConfig, form.name());
    if (sent) {
      this.address.absent = "";
      this.charts.change({ selected: null });
      this.playhead.live();
      // Watch goes at a pace that eyes can follow, however fast the training is, and waits for it at the start.
      this.autoplay = this.depth === "watch" && !this.surroundings.reducedMotion;
      if (this.autoplay) this.playhead.time = 0;
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

  /** The run in view as plain PyTorch, to the clipboard. */
  async copyPytorch(id: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(await api.pytorch(id));
      this.toasts.say(words.copiedPytorch);
    } catch (error) {
      this.toasts.say(error instanceof Problem ? error.sentence : words.notCopiedPytorch);
    }
  }

  /** The head stands there, as a link says, and does not begin to play. */
  standAt(time: number): void {
    this.autoplay = false;
    this.playhead.pause();
    this.playhead.time = time;
  }

  /** A refusal that names fields is said beside them; tells whether it does. */
  refuse(problem: Problem | null): boolean {
    if (this.form) this.form.refusals = problem ? refusalsOf(this.form, problem) : {};
    return Object.keys(this.form?.refusals ?? {}).length > 0;
  }
}
