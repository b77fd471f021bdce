/** What a scan's charts are called, what they say of themselves, and their other words. */
import type { Help } from "./chart";
import { RAHAMAN, TANCIK } from "./parts/sources";

export type ScanChart = "spectrum" | "reach" | "error";

export const scanChartWords = {
  waiting: "Choose a field and its values, then scan.",
  working: "Looking at the first value.",
  nothing: "Nothing was found at these values.",
  noError: "The target is not known between these points.",
  rank: "mode i",
  eigenvalue: "λᵢ",
  learnt: "learnt",
  rehearsed: "by rehearsal",
  kernel: "by K₀",
  any: "any wave, by K₀",
  end: "learnt up to here",
  waves: "waves of the target up to",
  anyUpTo: "any wave up to",
  modes: "modes learnt",
  frequency: "frequency",
  errorAtEnd: "mean squared error at the last step",
  /** Beside a short axis; the subtitle has its whole name. */
  error: "error",
  held: "Predicted held-out error",
  takes: "takes this value",
  on: "on",
  off: "off",
} as const;

interface ScanDefinition {
  title: string;
  help: Pick<Help, "text" | "formulas" | "sources">;
}

export const SCAN_CHARTS: Record<ScanChart, ScanDefinition> = {
  spectrum: {
    title: "Eigenvalues, value by value",
    help: {
      text:
        "The eigenvalues of the kernel before the first step, largest first. A steep fall means that late modes take very long, a flat one that everything is learnt at once, noise too. " +
        "The mark on a curve is the last mode that K₀ learns within the asked steps.",
      formulas: [String.raw`K_0 q_i = \lambda_i q_i`, String.raw`(1-\eta\lambda_i)^{\text{steps}} \le \varepsilon`],
      sources: [TANCIK],
    },
  },
  reach: {
    title: "Learnt within the steps",
    help: {
      text:
        "Up to which frequency all waves of the target are learnt within the asked steps: filled marks by rehearsal, open ones by the kernel at the start. " +
        "The dashed line is up to where a wave of any whole frequency would be, by the kernel at the start. Where inputs have no waves, the number of modes learnt.",
      formulas: [String.raw`|r_k| \le \varepsilon\,|y_k|`],
      sources: [RAHAMAN],
    },
  },
  error: {
    title: "Predicted held-out error",
    help: {
      text:
        "The mean squared error at the last step on points that are not trained on, as training would measure it: filled marks by rehearsal, open ones by the kernel at the start. " +
        "Too small a scale underfits, too large a one is wild between the points.",
      formulas: [String.raw`\overline{\left(f(x) - y(x)\right)^2}`],
      sources: [TANCIK],
    },
  },
};
