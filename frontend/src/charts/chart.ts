/** What a chart is: its figure, a pure function of the run and the view, and what its card says and offers. */
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import type { Theme } from "../theme/tokens";
import type { Figure } from "./parts/figure";

export interface ChartDefinition {
  id: string;
  title: string;
  /** The six that are always there; why this order; did the kernel move; what infinite width would do. */
  section: "six" | "order" | "moved" | "limit";
  help: Help;
  /** No DOM, no Svelte, no Plotly. */
  figure: (run: RunState, view: View, theme: Theme) => Figure;
  /** For such a run it answers its section's question in the place of the section's first. */
  leads?: (run: RunState) => boolean;
  /** x is time: the play-head is drawn. */
  overTime?: true;
  /** What keys walk along, and for rows the pointer too: modes, or the rows of the kernel that are recorded. */
  picks?: "modes" | "rows";
  switches?: SwitchId[];
  /** The eigenvector of the mode that is pointed at or selected, in a corner of the plot. */
  inset?: "eigenvector";
  /** Its subtitle needs two lines. */
  tall?: true;
  /** Dark marks lie under the play-head, which needs a rim to be seen. */
  haloed?: true;
}

/** What a card can offer: how modes are drawn, which predictions, whose modes split the residual. */
export type SwitchId = "modes" | "predictions" | "basis";

/** The (?) of a card. */
export interface Help {
  /** One or two sentences. */
  text: string;
  /** TeX. */
  formulas: string[];
  sources: { text: string; href: string }[];
  /** How well the formula holds in this run. */
  measured: (run: RunState) => Measured[];
}

export interface Measured {
  label: string;
  value: string;
}
