/** The list of runs, page by page, and what can be done to a row. */
import { api } from "../api/client";
import { Problem } from "../api/problem";
import type { RunSummary } from "../api/types";
import { nameOf } from "./naming";
import type { Toasts } from "./toasts.svelte";
import { words } from "../words";

const PAGE = 20;

export class RunsState {
  rows = $state.raw<RunSummary[]>([]);
  total = $state(0);
  loaded = $state(false);
  problem = $state.raw<Problem | null>(null);

  private readonly toasts: Toasts;
  private readonly changed: (summary: RunSummary) => void;

  /** @param changed Told of every row that changed, so that the run in view keeps its name. */
  constructor(toasts: Toasts, changed: (summary: RunSummary) => void) {
    this.toasts = toasts;
    this.changed = changed;
  }

  /** The newest rows again, as many as are shown. */
  async refresh(): Promise<void> {
    await this.fetch(Math.max(PAGE, this.rows.length), 0, []);
  }

  async more(): Promise<void> {
    await this.fetch(PAGE, this.rows.length, this.rows);
  }

  async rename(id: string, name: string): Promise<void> {
    await this.attempt(async () => this.replace(await api.change(id, { name })));
  }

  async tag(id: string, tags: string[]): Promise<void> {
    await this.attempt(async () => this.replace(await api.change(id, { tags })));
  }

  /** Gone at once; the toast can bring it back. */
  async remove(summary: RunSummary, restored: (summary: RunSummary) => void): Promise<boolean> {
    return await this.attempt(async () => {
      await api.remove(summary.id);
      this.rows = this.rows.filter((row) => row.id !== summary.id);
      this.total -= 1;
      this.toasts.undo(words.deleted(nameOf(summary)), () =>
        void this.attempt(async () => {
          restored(await api.restore(summary.id));
          await this.refresh();
        }),
      );
    });
  }

  private async fetch(limit: number, offset: number, before: RunSummary[]): Promise<void> {
    await this.attempt(async () => {
      const page = await api.runs(limit, offset);
      const known = new Set(before.map((row) => row.id));
      this.rows = [...before, ...page.runs.filter((row) => !known.has(row.id))];
      this.total = page.total;
      this.loaded = true;
    });
  }

  private replace(summary: RunSummary): void {
    this.rows = this.rows.map((row) => (row.id === summary.id ? summary : row));
    this.changed(summary);
  }

  private async attempt(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      this.problem = null;
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
      return false;
    }
  }
}
