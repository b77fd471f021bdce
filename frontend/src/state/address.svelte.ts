/** The page's address: it says what is seen, and a link that is opened is shown. */
import { api } from "../api/client";
import { Problem } from "../api/problem";
import type { RunSummary } from "../api/types";
import { words } from "../words";
import type { Depth } from "./depth";
import type { FormState } from "./form.svelte";
import type { LabState } from "./lab.svelte";
import { hasConfig } from "./link";
import type { PlayheadState } from "./playhead.svelte";
import { asJson, sameRun } from "./rate";
import type { Route } from "./route.svelte";
import type { RunsState } from "./runs.svelte";
import { at } from "./schema";
import type { Surroundings } from "./surroundings.svelte";
import type { Toasts } from "./toasts.svelte";
import { readLink, writeLink, type ViewLink } from "./view-link";
import type { ViewState } from "./view.svelte";

/** What an address says of a page, and does with it. */
interface Addressed {
  readonly surroundings: Surroundings;
  readonly route: Route;
  readonly toasts: Toasts;
  readonly lab: LabState;
  readonly runs: RunsState;
  readonly playhead: PlayheadState;
  readonly charts: ViewState;
  readonly isRunShown: boolean;
  readonly watchesOnly: boolean;
  form: FormState | null;
  depth: Depth;
  more: boolean;
  show(run: RunSummary, fill: boolean): void;
  standAt(time: number): void;
}

/** Between two changes of the address: browsers refuse more than 100 in 30 s. */
const WRITE_MS = 400;

export class Address {
  /** Why the run of a link is not shown. */
  absent = $state("");
  private writing: ReturnType<typeof setTimeout> | undefined;
  private written = -Infinity;
  /** The link that is being opened. */
  private opened: ViewLink | null = null;
  /** One that came before the page had a form. */
  private waiting: ViewLink | null = null;
  private readonly page: Addressed;

  constructor(page: Addressed) {
    this.page = page;
  }

  /** The link of what is seen, without `#`. */
  readonly hash: string = $derived.by(() => (this.page.form ? writeLink(this.viewed(this.page.form)) : ""));

  async copy(): Promise<void> {
    const { toasts, form } = this.page;
    try {
      await navigator.clipboard.writeText(this.link());
      toasts.say(at(form?.config, "data.points.kind") === "dataset" ? words.copiedTable : words.copied);
    } catch {
      toasts.say(words.notCopied);
    }
  }

  /** The address bar follows what is seen, without filling the history. */
  write(): void {
    clearTimeout(this.writing);
    const wait = this.written + WRITE_MS - performance.now();
    if (wait > 0) this.writing = setTimeout(() => this.write(), wait);
    else if (this.page.form && this.page.route.page === "lab" && location.hash.slice(1) !== this.hash) {
      this.written = performance.now();
      history.replaceState(null, "", this.link());
    }
  }

  /** A link was pasted into the address bar of this page. */
  async changed(): Promise<void> {
    const link = readLink(location.hash);
    if (link.depth) this.page.depth = link.depth;
    this.settle(link);
    if (!this.page.form) this.waiting = link;
    else if (writeLink(link) !== this.hash) await this.arrive(this.page.form, link);
  }

  /** What a link says that needs no run: so at once, and never after what the reader chose while the run was fetched. */
  settle({ theme, more, scale }: ViewLink): void {
    if (theme) this.page.surroundings.showTheme(theme);
    this.page.more = more;
    this.page.playhead.scale = scale;
  }

  /** Show what a settled link says; without one, the newest run. */
  async arrive(form: FormState, link: ViewLink): Promise<void> {
    const config = hasConfig(link.rest);
    if (config && link.rest !== form.hash) {
      const problems = form.load(link.rest, link.preset);
      if (problems.length) this.page.toasts.say(problems.slice(0, 2).join(" "));
    }
    this.opened = link;
    const { run, absent } = await this.opening(form, link);
    if (this.opened !== link) return; // Another was pasted meanwhile.
    const { waiting } = this;
    this.waiting = null;
    if (waiting) return this.arrive(form, waiting);
    this.page.form = form;
    // What a changed preset is called is the link's to say: the run's config does not know.
    const same = config && run && sameRun(form.config, asJson(run.config));
    const shown = this.page.lab.summary;
    // A link of a config alone leaves the run in view where it is no other's.
    if (run && run.id !== shown?.id && (same || link.run || !shown)) this.page.show(run, !same && (!config || run.id === link.run));
    this.absent = absent;
    this.look(link);
  }

  private link(): string {
    const url = new URL(location.href);
    url.hash = this.hash;
    return url.href;
  }

  /** The link's run, or that of its config where there is one; else, for who only watches, the one that trains, or the newest. */
  private async opening(form: FormState, { run, rest }: ViewLink): Promise<{ run?: RunSummary | undefined; absent: string }> {
    const own = run && (await this.runOf(run));
    if (own) return { run: own, absent: "" };
    const { rows } = this.page.runs;
    const config = hasConfig(rest);
    const same = config ? rows.find((row) => sameRun(asJson(row.config), form.config)) : undefined;
    const training = this.page.watchesOnly ? rows.find((row) => row.state === "running") : undefined;
    if (!run) return { run: same ?? training ?? rows[0], absent: "" };
    if (same) this.page.toasts.say(words.sameElsewhere);
    if (same || !config) return { run: same ?? rows[0], absent: same ? "" : words.absentAlone };
    return { absent: words.absent };
  }

  /** null: this server has no such run. */
  private async runOf(id: string): Promise<RunSummary | null> {
    try {
      return this.page.runs.rows.find((row) => row.id === id) ?? (await api.run(id));
    } catch (error) {
      if (error instanceof Problem && !error.unreachable) return null;
      throw error;
    }
  }

  /** As the sender of the link had it before him. */
  private look({ selected, ranges, time, run, rest }: ViewLink): void {
    const { page } = this;
    page.charts.change({ selected });
    page.charts.zoomAll(ranges);
    if (time !== null) page.standAt(time);
    // What is no more than a depth, say, leaves the head where it stands.
    else if ((run || hasConfig(rest)) && !page.playhead.playing) page.playhead.live();
  }

  private viewed(form: FormState): ViewLink {
    const { playhead, charts, surroundings, lab, isRunShown, depth, more } = this.page;
    return {
      run: isRunShown ? (lab.summary?.id ?? null) : null,
      depth,
      preset: form.from,
      // It changes with every picture while it is played.
      time: isRunShown && !playhead.playing ? playhead.time : null,
      scale: playhead.scale,
      selected: charts.selected,
      more,
      theme: surroundings.themeChosen ? surroundings.theme : null,
      ranges: charts.ranges,
      rest: form.hash,
    };
  }
}
