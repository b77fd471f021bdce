/** The width studies: their list, the one in view as it grows, and the commands that act on it. */
import { api } from "../api/client";
import { Problem } from "../api/problem";
import type { Sweep, SweepRequest, SweepRow, Unreadable } from "../api/types";
import { sweepWords } from "../words-sweep";
import { mixed, Paged } from "./paged.svelte";
import { UNDO_MS, type Toasts } from "./toasts.svelte";

const POLL_MS = 1000;
const STUDIED = ["network.width", "network.parameterization", "seed"];

export class SweepsState extends Paged<SweepRow | Unreadable> {
  /** The study in view. */
  sweep = $state.raw<Sweep | null>(null);
  /** The server was asked about the study in view and did not answer. */
  silent = $state(false);
  /** A command is under way. */
  busy = $state(false);
  readonly running = $derived(this.sweep?.state === "running");
  /** What it differs in is what a width study is made of: it has charts and slopes. */
  readonly studied = $derived(this.sweep?.axes.every((axis) => STUDIED.includes(axis.field)) !== false);
  /** Deleted on this page, not yet on the server: until then it can be undone. */
  private leaving = $state.raw<Map<string, ReturnType<typeof setTimeout>>>(new Map());
  /** Also those that this version of the server cannot read. */
  readonly listed = $derived(this.all.filter((row) => !this.leaving.has(row.id)));
  readonly rows = $derived(this.listed.filter((row): row is SweepRow => "config" in row));
  private readonly toasts: Toasts;
  private asking = false;

  constructor(toasts: Toasts) {
    super();
    this.toasts = toasts;
  }

  /** The list, and in view the study of this id, or the newest. */
  async start(id = ""): Promise<void> {
    await this.refresh();
    const wanted = id || this.sweep?.id || this.rows[0]?.id;
    if (wanted) await this.open(wanted);
  }

  async open(id: string): Promise<void> {
    await this.attempt(async () => this.take(await api.sweep(id)));
  }

  /** Start a study and show it; the problem says why it was refused. */
  async run(request: SweepRequest): Promise<boolean> {
    const begun = await this.command(async () => this.take(await api.createSweep(request)));
    if (begun) void this.refresh();
    return begun;
  }

  async cancel(): Promise<void> {
    const { sweep } = this;
    if (sweep) await this.command(async () => this.take(await api.cancelSweep(sweep.id)));
  }

  async resume(): Promise<void> {
    const { sweep } = this;
    if (sweep) await this.command(async () => this.take(await api.resumeSweep(sweep.id)));
  }

  /** Looks again and again; returns a function that stops. */
  follow(): () => void {
    void this.look();
    const timer = setInterval(() => void this.look(), POLL_MS);
    return () => clearInterval(timer);
  }

  /** Gone at once; the server is told when the undo has passed, since it cannot bring a study back. */
  remove(row: SweepRow | Unreadable): void {
    const timer = setTimeout(() => void this.forget(row.id), UNDO_MS);
    this.leaving = new Map(this.leaving).set(row.id, timer);
    if (this.sweep?.id === row.id) {
      this.sweep = null;
      const next = this.rows[0];
      if (next) void this.open(next.id);
    }
    this.toasts.undo(sweepWords.deleted(row.name || row.id), () => {
      clearTimeout(timer);
      this.stay(row.id);
      if ("config" in row) void this.open(row.id);
    });
  }

  private async forget(id: string): Promise<void> {
    await this.attempt(async () => void (await api.removeSweep(id)));
    await this.refresh();
    this.stay(id);
  }

  private stay(id: string): void {
    const rest = new Map(this.leaving);
    rest.delete(id);
    this.leaving = rest;
  }

  protected async page(limit: number, offset: number): Promise<{ rows: (SweepRow | Unreadable)[]; total: number }> {
    const { sweeps, unreadable, total } = await api.sweeps(limit, offset);
    return { rows: mixed(sweeps, unreadable), total };
  }

  private async look(): Promise<void> {
    const { sweep } = this;
    if (!sweep || this.asking) return;
    this.asking = true;
    try {
      const seen = await api.sweep(sweep.id);
      // Another may have been opened meanwhile.
      if (this.sweep?.id === seen.id) this.take(seen);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 0) this.silent = true;
      else {
        this.problem = error;
        this.sweep = null;
      }
    } finally {
      this.asking = false;
    }
  }

  private take(sweep: Sweep): void {
    this.sweep = sweep;
    this.silent = false;
  }

  private async command(act: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    const done = await this.attempt(act);
    this.busy = false;
    return done;
  }
}
