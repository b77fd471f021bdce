/** The numbers behind a verdict as a reader likes them. The verdict itself is the server's. */
import type { Verdict } from "../../api/types";
import { number, percent } from "../../format";

export const verdictWords = {
  title: "How far the prediction holds",
  open: (text: string) => `${text}: show the numbers`,
  about: "Of this run so far, against what the kernel at its start predicts.",
  rule: "It holds below 5 %, 5 % and 20 %; it roughly holds below 20 % and 20 %, whatever one group does.",
  short: { holds: "Holds", "roughly holds": "Roughly holds", fails: "Fails" },
  causes: {
    kernel_moved: "The prediction that takes up the kernel as it moves is off by less than half as much: the kernel's motion is the cause.",
    leakage: "A mode alone only falls. This one rose after it had fallen: what it holds then comes from other modes, as the kernel's eigenvectors turn.",
  },
} as const;

const LIMITS = { function: [0.05, 0.2], modes: [0.05, 0.2], worst: [0.2, Infinity] } as const;

export interface VerdictFigure {
  name: string;
  formula: string;
  value: string;
  limits: string;
  /** Above the limit up to which the prediction holds. */
  over: boolean;
}

export function figuresOf(verdict: Verdict): VerdictFigure[] {
  const compared = (name: string, formula: string, value: number | null, [holds, roughly]: readonly [number, number]): VerdictFigure => ({
    name,
    formula,
    value: value === null ? "nothing to compare yet" : share(value),
    limits: roughly === Infinity ? `limit ${100 * holds} %` : `limits ${100 * holds} %, ${100 * roughly} %`,
    over: value !== null && value >= holds,
  });
  const { worst_modes: modes } = verdict;
  const worst = modes.length === 1 ? `mode ${modes[0]}` : `modes ${modes[0]} ${modes.length === 2 ? "and" : "to"} ${modes.at(-1)}`;
  const figures = [
    compared("The function", "largest ‖r − r̂‖ / ‖r(0)‖ of all records", verdict.function_error, LIMITS.function),
    compared("The modes", "median of |m − m̂| / max(|m|, |m̂|, ε)", verdict.modes_error, LIMITS.modes),
    compared(modes.length ? `The worst: ${worst}` : "The worst group", "largest of the same", verdict.worst_error, LIMITS.worst),
  ];
  if (verdict.rehearsed_error != null) {
    figures.push(compared("The rehearsal", "the function's error, of what was rehearsed", verdict.rehearsed_error, LIMITS.function));
  }
  if (verdict.drift === null) return figures;
  return [...figures, { name: "The kernel's drift", formula: "largest ‖Kₜ − K₀‖ / ‖K₀‖", value: share(verdict.drift), limits: "", over: false }];
}

/** Percent while that is readable. */
function share(value: number): string {
  return value < 100 ? percent(value) : `${number(value)} times`;
}
