/** The run in view: its log as it comes in, its row on the server, and the commands that act on it. */
import { api } from "../api/client";
import type { StreamEvent } from "../api/codec";
import { Problem } from "../api/problem";
import { RunStream, type Connection } from "../api/stream";
import type { RunConfig, RunSummary } from "../api/types";
import { emptyRun, reduce, type RunState } from "../run/run";
import { beforePaint } from "./paint";
import { phaseOf, type Closed } from "./phase";

/** How long the former run's charts stay while a new one has nothing to show. */
const HOLD_MS = 600;
/** Longest wait between two drawings while history comes in. */
const HISTORY_MS = 1000;
const QUEUE_POLL_MS = 1000;

export class LabState {
  /** Replaced only when another run is opened; its arrays grow in place, `version` tells when. */
  run = $state.raw<RunState>(emptyRun(""));
  version = $state(0);
  summary = $state.raw<RunSummary | null>(null);
  connection = $state<Connection>("ended");
  closed = $state.raw<Closed | null>(null);
  /** A command that the server refused, in its own words. */
  problem = $state.raw<Problem | null>(null);
  /** A POST is under way. */
  busy = $state(false);
  /** Opened, but its charts are still the former run's. */
  private next = $state.raw<RunState | null>(null);
  readonly phase = $derived.by(() => (void this.version, phaseOf(this.next ?? this.run, this.summary, this.connection, this.closed)));

  private stream: RunStream | null = null;
  private hold: ReturnType<typeof setTimeout> | undefined;
  private poll: ReturnType<typeof setTimeout> | undefined;
  private drawing = false;
  private drawn = 0;
  /** The seq up to which the log is history. */
  private history = 0;

  /** Show this run from its first event on. */
  open(summary: RunSummary): void {
    this.leave();
    this.summary = summary;
    this.problem = null;
    this.follow(emptyRun(summary.id));
  }

  /** Start a run and show it: the socket opens as soon as the server has named it. */
  async train(config: RunConfig, name: string): Promise<boolean> {
    const summary = await this.command(() => api.create(config, name));
    if (summary) this.open(summary);
    return summary !== null;
  }

  async pause(): Promise<void> {
    this.take(await this.command(() => api.pause(this.run.id)));
  }

  /** Let it go on: where it was paused, or from its last checkpoint where it was killed. */
  async resume(): Promise<void> {
    const summary = await this.command(() => api.resume(this.run.id));
    if (summary && this.closed) this.goOn(summary);
    else this.take(summary);
  }

  async cancel(): Promise<void> {
    this.take(await this.command(() => api.cancel(this.run.id)));
  }

  /** Train on, to this many steps in all. The log goes on where it stopped. */
  async extend(steps: number): Promise<void> {
    const summary = await this.command(() => api.extend(this.run.id, steps));
    if (summary) this.goOn(summary);
  }

  /** The run's row was changed elsewhere (renamed, tagged). */
  take(summary: RunSummary | null): void {
    if (summary?.id === this.summary?.id && summary) this.summary = summary;
  }

  /** Forget the run in view; the charts go back to empty. */
  clear(): void {
    this.leave();
    this.summary = null;
    this.show(emptyRun(""));
  }

  /** The log goes on behind an end: it is followed again from its last event on. */
  private goOn(summary: RunSummary): void {
    this.take(summary);
    this.stream?.close();
    this.follow(this.run);
  }

  private async command(send: () => Promise<RunSummary>): Promise<RunSummary | null> {
    this.busy = true;
    this.problem = null;
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
      return null;
    } finally {
      this.busy = false;
    }
  }

  private leave(): void {
    this.stream?.close();
    this.stream = null;
    clearTimeout(this.hold);
    clearTimeout(this.poll);
    this.next = null;
    this.closed = null;
  }

  private follow(run: RunState): void {
    this.closed = null;
    // The last entry of a log may be a checkpoint, which is never sent.
    this.history = (this.summary?.last_seq ?? 0) - 1;
    this.drawn = performance.now();
    if (run !== this.run) {
      this.next = run;
      this.hold = setTimeout(() => this.show(run), this.run.id ? HOLD_MS : 0);
    }
    this.stream = new RunStream(run.id, () => run.lastSeq, {
      event: (event) => this.receive(run, event),
      connection: (state) => (this.connection = state),
      closed: (code, reason) => {
        this.closed = { code, reason };
        this.history = 0;
        void this.refresh();
      },
    });
    this.watchQueue();
  }

  private receive(run: RunState, event: StreamEvent): void {
    const fresh = event.type === "finished" && event.seq > run.lastSeq;
    reduce(run, event);
    if (this.next === run && event.type !== "tick") this.show(run);
    if (fresh) void this.refresh();
    this.draw();
  }

  private show(run: RunState): void {
    clearTimeout(this.hold);
    this.next = null;
    this.run = run;
    this.draw();
  }

  /**
   * Tells the page about new events once a frame, however many came. While history comes in, drawing waits a
   * little: it would only hold up the events that are drawn next.
   */
  private draw(): void {
    if (this.drawing) return;
    this.drawing = true;
    beforePaint(() => {
      this.drawing = false;
      const now = performance.now();
      const following = this.next ?? this.run;
      if (following.lastSeq < this.history && now - this.drawn < HISTORY_MS) return this.draw();
      this.drawn = now;
      this.version += 1;
    });
  }

  private async refresh(): Promise<void> {
    const id = this.summary?.id;
    if (!id) return;
    try {
      this.take(await api.run(id));
    } catch (error) {
      if (!(error instanceof Problem)) throw error; // The socket has told what there is to tell.
    }
  }

  private watchQueue(): void {
    clearTimeout(this.poll);
    if (this.summary?.state !== "queued") return;
    this.poll = setTimeout(() => void this.refresh().then(() => this.watchQueue()), QUEUE_POLL_MS);
  }
}
