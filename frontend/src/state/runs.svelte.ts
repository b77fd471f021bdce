/** The list of runs, page by page, and what can be done to a row. */
import { api } from "../api/client";
import type { RunSummary } from "../api/types";
import { nameOf } from "./naming";
import { Paged } from "./paged.svelte";
import type { Toasts } from "./toasts.svelte";
import { words } from "../words";

export class RunsState extends Paged<RunSummary> {
  private readonly toasts: Toasts;
  private readonly changed: (summary: RunSummary) => void;

  /** @param changed Told of every row that changed, so that the run in view keeps its name. */
  constructor(toasts: Toasts, changed: (summary: RunSummary) => void) {
    super();
    this.toasts = toasts;
    this.changed = changed;
  }

  get rows(): RunSummary[] {
    return this.all;
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
      this.all = this.all.filter((row) => row.id !== summary.id);
      this.total -= 1;
      this.toasts.undo(words.deleted(nameOf(summary)), () =>
        void this.attempt(async () => {
          restored(await api.restore(summary.id));
          await this.refresh();
        }),
      );
    });
  }

  protected async page(limit: number, offset: number): Promise<{ rows: RunSummary[]; total: number }> {
    const { runs, total } = await api.runs(limit, offset);
    return { rows: runs, total };
  }

  private replace(summary: RunSummary): void {
    this.all = this.all.map((row) => (row.id === summary.id ? summary : row));
    this.changed(summary);
  }
}
