/** Rows that the server gives page by page, and what it refused last. */
import { Problem } from "../api/problem";

const PAGE = 20;

/** Readable rows and the others as one list, newest first. */
export function mixed<Row extends { created_at: number }, Other extends { created_at: number }>(rows: Row[], others: Other[]): (Row | Other)[] {
  return [...rows, ...others].sort((a, b) => b.created_at - a.created_at);
}

export abstract class Paged<Row extends { id: string }> {
  /** The list has come once. */
  loaded = $state(false);
  /** What the server refused last, in its own words. */
  problem = $state.raw<Problem | null>(null);
  total = $state(0);
  protected all = $state.raw<Row[]>([]);
  /** How many there are beyond the list. */
  readonly left = $derived(Math.max(0, this.total - this.all.length));

  protected abstract page(limit: number, offset: number): Promise<{ rows: Row[]; total: number }>;

  /** The newest rows again, as many as are shown. */
  async refresh(): Promise<void> {
    await this.fetch(Math.max(PAGE, this.all.length), 0, []);
  }

  async more(): Promise<void> {
    await this.fetch(PAGE, this.all.length, this.all);
  }

  /** Tells whether it was done; a refusal stays until something succeeds. */
  protected async attempt(act: () => Promise<void>): Promise<boolean> {
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

  private async fetch(limit: number, offset: number, before: Row[]): Promise<void> {
    await this.attempt(async () => {
      const { rows, total } = await this.page(limit, offset);
      const known = new Set(before.map((row) => row.id));
      this.all = [...before, ...rows.filter((row) => !known.has(row.id))];
      this.total = total;
      this.loaded = true;
    });
  }
}
