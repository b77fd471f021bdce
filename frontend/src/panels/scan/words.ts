/** What the scan's panel says; the sentences of its answers are the server's. */
import { whole } from "../../format";

export const scanWords = {
  title: "Scan before training",
  intro: "One field over several values: what each would learn within the asked steps, by rehearsal, without training.",
  field: "Field",
  often: "Often asked",
  others: "Other fields",
  values: "Values",
  scan: "Scan",
  stop: "Stop",
  close: "Back to the charts",
  progress: (done: number, total: number) => `${whole(done)} of ${whole(total)} values`,
  stale: "The set-up has changed since: scan again.",
  take: "Take",
  takeThis: (value: string) => `Take ${value} into the set-up`,
  taken: "in the set-up",
  table: "Value by value",
  value: "Value",
  says: "What it would do",
  invalid: "The set-up has fields that need another value.",
} as const;
