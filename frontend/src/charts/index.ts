/** The Lab's six charts, and the further ones behind "More". */
import { driftChart } from "./drift";
import { eigenvaluesChart } from "./eigenvalues";
import { frequencyEigenvalueChart } from "./frequency-eigenvalue";
import { functionChart } from "./function";
import { HELP } from "./help";
import { MORE_HELP } from "./help-more";
import { kernelSliceChart } from "./kernel-slice";
import { learningTimesChart } from "./learning-times";
import { learntChart } from "./learnt";
import { lossChart } from "./loss";
import { modesChart } from "./modes";
import { residualFrequencyChart } from "./residual-frequency";
import { residualModeChart } from "./residual-mode";
import type { Chart, ChartEntry, ChartId } from "./types";
import { chartWords } from "./words";

const HELPS = { ...HELP, ...MORE_HELP };

function entry(id: ChartId, chart: Chart, overTime: boolean, ofModes = false): ChartEntry {
  return { id, title: chartWords.titles[id], chart, help: HELPS[id], overTime, ofModes };
}

export const CHARTS: ChartEntry[] = [
  entry("function", functionChart, false),
  entry("modes", modesChart, true, true),
  entry("eigenvalues", eigenvaluesChart, false, true),
  entry("learnt", learntChart, false, true),
  entry("loss", lossChart, true),
  entry("drift", driftChart, true),
];

export const MORE_CHARTS: ChartEntry[] = [
  entry("residual-frequency", residualFrequencyChart, true),
  entry("residual-mode", residualModeChart, true, true),
  entry("learning-times", learningTimesChart, false, true),
  entry("frequency-eigenvalue", frequencyEigenvalueChart, false, true),
  entry("kernel-slice", kernelSliceChart, false),
];
