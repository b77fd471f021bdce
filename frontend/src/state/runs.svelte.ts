/** The list of runs, page by page, and what can be done to a row. */
import { api } from "../api/client";
import type { RunSummary, Unreadable } from "../api/types";
import { nameOf } from "./naming";
import { mixed, Paged } from "./paged.svelte";
import type { Toasts } from "./toasts.svelte";
import { words } from "../words";

export function isReadable(row: RunSummary | Unreadable): row is RunSummary {
  return "config" in row;
}

export class RunsState extends Paged<RunSummary | Unreadable> {
  private readonly toasts: Toasts;
  private readonly changed: (summary: RunSummary) => void;

  /** @param changed Told of every row that changed, so that the run in view keeps its name. */
  constructor(toasts: Toasts, changed: (summary: RunSummary) => void) {
    super();
    this.toasts = toasts;
    this.changed = changed;
  }

  get rows(): RunSummary[] {
    return this.all.filter(isReadable);
  }

  /** Also those that this version of the server cannot read. */
  get listed(): (RunSummary | Unreadable)[] {
    return this.all;
  }

  async rename(id: string, name: string): Promise<void> {
    await this.attempt(async () => this.replace(await api.change(id, { name })));
  }

  async tag(id: string, tags: string[]): Promise<void> {
    await this.attempt(async () => this.replace(await api.change(id, { tags })));
  }

  /** Gone at once; the toast can bring it back. */
  async remove(run: RunSummary | Unreadable, restored?: (summary: RunSummary) => void): Promise<boolean> {
    return await this.attempt(async () => {
      await api.remove(run.id);
      this.all = this.all.filter((row) => row.id !== run.id);
      this.total -= 1;
      this.toasts.undo(words.deleted(isReadable(run) ? nameOf(run) : run.name || run.id), () =>
        void this.attempt(async () => {
          const back = await api.restore(run.id);
          if (isReadable(back)) restored?.(back);
          await this.refresh();
        }),
      );
    });
  }

  protected async page(limit: number, offset: number): Promise<{ rows: (RunSummary | Unreadable)[]; total: number }> {
    const { runs, unreadable, total } = await api.runs(limit, offset);
    return { rows: mixed(runs, unreadable), total };
  }

  private replace(summary: RunSummary): void {
    this.all = this.all.map((row) => (row.id === summary.id ? summary : row));
    this.changed(summary);
  }
}
