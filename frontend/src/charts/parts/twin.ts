/** A figure in words: one sentence and a small table, of what the pointer would find on the traces that are drawn. */
import type { Figure, Hover, Trace } from "./figure";

/** More would be read for minutes. */
export const MOST_ROWS = 12;

export interface Twin {
  sentence: string;
  /** Of the table; the first names its rows. */
  columns: string[];
  rows: string[][];
}

/** What of a figure is told. */
export type Told = Pick<Figure, "data" | "describe" | "subtitle" | "note" | "empty">;

const words = {
  name: "what",
  only: (row: string) => `It shows ${row}.`,
  from: (first: string, last: string) => `The first that it shows, ${first}. The last, ${last}.`,
  named: (title: string, numbers: string) => [title, numbers].filter(Boolean).join(": "),
} as const;

/** Evenly spread over all that can be found: as many points of each trace, from its first to its last. */
export function twinOf(figure: Told): Twin {
  const found = figure.empty ? [] : spreadOver(figure);
  const alike = found.every(({ title }) => title === found[0]?.title);
  const labels = [...new Set(found.flatMap(({ rows }) => rows.map(([label]) => label)))];
  const cells = found.map(({ title, rows }) => [...(alike ? [] : [title]), ...labels.map((label) => rows.find(([one]) => one === label)?.[1] ?? "")]);
  return { sentence: sentenceOf(figure, found, alike), columns: alike ? labels : [words.name, ...labels], rows: cells };
}

function sentenceOf({ subtitle, note, empty }: Told, found: Hover[], alike: boolean): string {
  if (empty) return empty;
  const phrase = ({ title, rows }: Hover) => words.named(alike ? "" : title, rows.map((row) => row.join(" ")).join("; "));
  const [first, last] = [found[0], found.at(-1)];
  const numbers = !first || !last ? "" : first === last ? words.only(phrase(first)) : words.from(phrase(first), phrase(last));
  return [subtitle && `${subtitle}.`, numbers, note && `${note}.`].filter(Boolean).join(" ");
}

/** As many points of each trace as there is room for, none of them twice. */
function spreadOver({ data, describe }: Told): Hover[] {
  const traces = data.map((trace, at) => ({ trace, at })).filter(({ trace }) => trace.hoverinfo !== "skip");
  const known = new Map<string, Hover | null>();
  const find = (trace: number, point: number): Hover | null => {
    const key = `${trace} ${point}`;
    if (!known.has(key)) known.set(key, describe(trace, point));
    return known.get(key) ?? null;
  };
  const some = (count: number) => unlike(traces.flatMap(({ trace, at }) => pointsOf(trace, count).map((point) => find(at, point))));
  let kept = some(1);
  if (kept.length > MOST_ROWS) return spread(kept.length, MOST_ROWS).map((at) => kept[at] as Hover);
  for (let count = 2; count <= MOST_ROWS; count += 1) {
    const next = some(count);
    if (next.length > MOST_ROWS) break;
    kept = next;
  }
  return kept;
}

/** Several traces may say the same of a point. */
function unlike(found: (Hover | null)[]): Hover[] {
  const told = found.filter((one): one is Hover => one !== null);
  return [...new Map(told.map((one) => [JSON.stringify([one.title, one.rows]), one])).values()];
}

/** So many of a trace's points that are drawn, as the pointer numbers them; of a heatmap, cells along its diagonal. */
function pointsOf({ x, y, z }: Trace, count: number): number[] {
  if (z) {
    const [rows, columns] = [z.length, Math.min(x.length, z[0]?.length ?? 0)];
    const most = Math.max(rows, columns);
    return rows && columns ? spread(most, count).map((at) => Math.floor((at * rows) / most) * x.length + Math.floor((at * columns) / most)) : [];
  }
  const drawn = Array.from(y.keys()).filter((point) => y[point] != null && x[point] != null);
  return spread(drawn.length, count).map((at) => drawn[at] as number);
}

/** The last alone; else the first, the last, and others evenly between them. */
function spread(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, at) => at);
  return count === 1 ? [length - 1] : Array.from({ length: count }, (_, i) => Math.round((i * (length - 1)) / (count - 1)));
}
