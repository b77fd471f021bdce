/** What a run is called where it has no name of its own: what it learns, and with what. */
import type { RunConfig, RunSummary } from "../api/types";
import { plain } from "../format";
import { valueName } from "../words";

export function nameOf(run: Pick<RunSummary, "name" | "config">): string {
  return run.name || describe(run.config);
}

export function describe(config: RunConfig): string {
  const { target } = config.data;
  const { activation, width, depth } = config.network;
  const what =
    target.kind === "sinusoids"
      ? `Frequencies ${list(target.frequencies)}`
      : target.kind === "formula"
        ? shortened(target.text)
        : valueName(target.kind);
  return `${what}: ${valueName(activation)}, ${Array.isArray(width) ? width.map(plain).join("–") : `${depth} × ${plain(width)}`}`;
}

function list(values: number[]): string {
  return values.length > 4 ? `${values.slice(0, 3).join(", ")} … ${values.at(-1)}` : values.join(", ");
}

function shortened(text: string): string {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
