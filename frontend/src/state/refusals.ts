/** What the server refuses, beside the fields that it names. */
import type { Problem } from "../api/problem";
import type { FormState } from "./form.svelte";

/** Sentences by row: each belongs to the longest row path that its `where` begins with. */
export function refusalsOf(form: FormState, problem: Problem): Record<string, string> {
  const refusals: Record<string, string> = {};
  const paths = form.rows.map((row) => row.path).sort((a, b) => b.length - a.length);
  for (const { where, sentence } of problem.parts) {
    const path = paths.find((path) => where === path || where.startsWith(`${path}.`));
    if (path) refusals[path] ??= sentence;
  }
  return refusals;
}
