/** The six charts that are always there, and how they stand in rows; `further.ts` has those that wait to be asked for. */
import type { ChartDefinition } from "./chart";
import { driftChart } from "./drift";
import { eigenvaluesChart } from "./eigenvalues";
import { functionChart } from "./function";
import { learntChart } from "./learnt";
import { lossChart } from "./loss";
import { modesChart } from "./modes";

/** How many of twelve columns a card takes. */
export interface PlacedChart {
  chart: ChartDefinition;
  columns: number;
}

export const COLUMNS = 12;
const [functionColumns, modesColumns] = [5, 7];
const ALL = [functionChart, modesChart, eigenvaluesChart, learntChart, lossChart, driftChart];

/** A row of two, then a row of four. */
export const SIX: PlacedChart[] = ALL.map((chart) => ({
  chart,
  columns: chart === functionChart ? functionColumns : chart === modesChart ? modesColumns : COLUMNS / 4,
}));

/** One under the other the modes come first, and what is learnt before the eigenvalues. */
const LEADING = [modesChart, functionChart, learntChart];
export const SIX_ON_A_PHONE: PlacedChart[] = [...LEADING, ...ALL.filter((chart) => !LEADING.includes(chart))].map((chart) => ({ chart, columns: COLUMNS }));
