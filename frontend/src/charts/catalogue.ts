/** Every chart, in order, and how they stand in rows: the only file that knows them all. */
import type { ChartDefinition } from "./chart";
import { driftChart } from "./drift";
import { eigenvaluesChart } from "./eigenvalues";
import { frequencyEigenvalueChart } from "./frequency-eigenvalue";
import { functionChart } from "./function";
import { kernelSliceChart } from "./kernel-slice";
import { learningTimesChart } from "./learning-times";
import { learntChart } from "./learnt";
import { lossChart } from "./loss";
import { modesChart } from "./modes";
import { movingChart } from "./moving";
import { rankChart } from "./rank";
import { residualFrequencyChart } from "./residual-frequency";
import { residualModeChart } from "./residual-mode";
import { sharpnessChart } from "./sharpness";
import { targetPowerChart } from "./target-power";
import { turningChart } from "./turning";

export const CHARTS: readonly ChartDefinition[] = [
  functionChart,
  modesChart,
  eigenvaluesChart,
  learntChart,
  lossChart,
  driftChart,
  learningTimesChart,
  frequencyEigenvalueChart,
  residualFrequencyChart,
  residualModeChart,
  targetPowerChart,
  movingChart,
  sharpnessChart,
  turningChart,
  rankChart,
  kernelSliceChart,
];

/** How many of twelve columns a card takes. */
export interface PlacedChart {
  chart: ChartDefinition;
  columns: number;
}

const COLUMNS = 12;
const [functionColumns, modesColumns] = [5, 7];

/** A row of two, then a row of four. */
export const SIX: PlacedChart[] = of("six").map((chart) => ({
  chart,
  columns: chart === functionChart ? functionColumns : chart === modesChart ? modesColumns : COLUMNS / 4,
}));

/** One under the other the modes come first, and what is learnt before the eigenvalues. */
const LEADING = [modesChart, functionChart, learntChart];
export const SIX_ON_A_PHONE: PlacedChart[] = [...LEADING, ...of("six").filter((chart) => !LEADING.includes(chart))].map((chart) => ({ chart, columns: COLUMNS }));

/** The further cards: under a heading each, rows of three, after one or two of two where threes alone would leave a hole. */
export const FURTHER: { title: string; cards: PlacedChart[] }[] = [
  { title: "Spectral bias", cards: inRows(of("bias")) },
  { title: "When the kernel moves", cards: inRows(of("motion")) },
];

function of(section: ChartDefinition["section"]): ChartDefinition[] {
  return CHARTS.filter((chart) => chart.section === section);
}

function inRows(charts: ChartDefinition[]): PlacedChart[] {
  const wide = charts.length % 3 === 0 ? 0 : charts.length % 3 === 1 ? 4 : 2;
  return charts.map((chart, i) => ({ chart, columns: i < wide ? COLUMNS / 2 : COLUMNS / 3 }));
}
