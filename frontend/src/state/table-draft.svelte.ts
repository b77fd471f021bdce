/** A table that is looked at, and not yet kept: how the server understands it, and what was chosen. */
import { api, type TableChoices } from "../api/client";
import { Problem } from "../api/problem";
import type { TableReading } from "../api/types";
import type { FormState } from "./form.svelte";

interface Looked {
  file: Blob;
  name: string;
  choices: TableChoices;
  reading: TableReading;
}

export class TableDraft {
  looked = $state.raw<Looked | null>(null);
  busy = $state(false);
  problem = $state<string | null>(null);
  private asked = 0;

  /** Show a table, read with some choices; rows with gaps are left out at first, and counted. */
  async look(file: Blob, name: string, choices: TableChoices = { missing: "drop" }): Promise<void> {
    const mine = ++this.asked;
    if (this.looked) this.looked = { ...this.looked, choices }; // the next change is one of these, not of those that were answered last
    await this.doing(async () => {
      const reading = await api.readTable(file, choices);
      if (mine === this.asked) this.looked = { file, name, choices, reading };
    });
  }

  /** The same table, with other choices. */
  async change(choices: TableChoices): Promise<void> {
    if (this.looked) await this.look(this.looked.file, this.looked.name, choices);
  }

  /** Train on it from now on; tells whether the server has it. */
  async keep(form: FormState): Promise<boolean> {
    const looked = this.looked;
    if (!looked) return false;
    return await this.doing(async () => {
      await api.upload(looked.file, looked.name, looked.choices);
      form.useDataset(looked.reading);
    });
  }

  private async doing(act: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    try {
      await act();
      return true;
    } catch (error) {
      this.problem = tableProblem(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

/** With the line that is meant. */
export function tableProblem(error: unknown): string {
  if (!(error instanceof Problem)) throw error;
  const line = error.where.match(/line .*/)?.[0];
  return line ? `L${line.slice(1)}: ${error.sentence}` : error.sentence;
}
