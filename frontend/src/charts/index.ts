/** The Lab's six charts. */
import { driftChart } from "./drift";
import { eigenvaluesChart } from "./eigenvalues";
import { functionChart } from "./function";
import { HELP } from "./help";
import { learntChart } from "./learnt";
import { lossChart } from "./loss";
import { modesChart } from "./modes";
import type { Chart, ChartEntry, ChartId } from "./types";
import { chartWords } from "./words";

function entry(id: ChartId, chart: Chart, overTime: boolean): ChartEntry {
  return { id, title: chartWords.titles[id], chart, help: HELP[id], overTime };
}

export const CHARTS: ChartEntry[] = [
  entry("function", functionChart, false),
  entry("modes", modesChart, true),
  entry("eigenvalues", eigenvaluesChart, false),
  entry("learnt", learntChart, false),
  entry("loss", lossChart, true),
  entry("drift", driftChart, true),
];
