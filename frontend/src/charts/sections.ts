/** The order of the further cards: two wide ones, then three, under a heading. */
import { MORE_CHARTS } from "./catalogue";
import type { ChartEntry, ChartId } from "./chart";
import { moreWords } from "./parts/words-more";

/** Of the kernel as it is at the start; all others tell of its motion. */
const BIAS: ChartId[] = ["learning-times", "frequency-eigenvalue", "residual-frequency", "residual-mode", "target-power"];
const COLUMNS = 6;

export interface ChartSection {
  title: string;
  /** How many of six columns each card takes. */
  cards: { chart: ChartEntry; columns: number }[];
}

export const SECTIONS: ChartSection[] = [
  section(moreWords.spectralBias, BIAS.flatMap((id) => MORE_CHARTS.filter((chart) => chart.id === id))),
  section(moreWords.kernelMoves, MORE_CHARTS.filter(({ id }) => !BIAS.includes(id))),
];

function section(title: string, charts: ChartEntry[]): ChartSection {
  // Threes, after one or two rows of two where threes alone would leave a hole.
  const wide = charts.length % 3 === 0 ? 0 : charts.length % 3 === 1 ? 4 : 2;
  return { title, cards: charts.map((chart, i) => ({ chart, columns: i < wide ? COLUMNS / 2 : COLUMNS / 3 })) };
}
