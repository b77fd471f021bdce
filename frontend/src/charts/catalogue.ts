/** The Lab's six charts, and the further ones behind "More". */
import type { Chart, ChartEntry, ChartId } from "./chart";
import { driftChart } from "./drift";
import { eigenvaluesChart } from "./eigenvalues";
import { frequencyEigenvalueChart } from "./frequency-eigenvalue";
import { functionChart } from "./function";
import { HELP } from "./help";
import { KERNEL_HELP } from "./help-kernel";
import { MORE_HELP } from "./help-more";
import { kernelSliceChart } from "./kernel-slice";
import { learningTimesChart } from "./learning-times";
import { learntChart } from "./learnt";
import { lossChart } from "./loss";
import { modesChart } from "./modes";
import { movingChart } from "./moving";
import { chartWords } from "./parts/words";
import { rankChart } from "./rank";
import { residualFrequencyChart } from "./residual-frequency";
import { residualModeChart } from "./residual-mode";
import { sharpnessChart } from "./sharpness";
import { targetPowerChart } from "./target-power";
import { turningChart } from "./turning";

const HELPS = { ...HELP, ...MORE_HELP, ...KERNEL_HELP };

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
  entry("target-power", targetPowerChart, false, true),
  entry("moving", movingChart, true),
  entry("sharpness", sharpnessChart, true),
  entry("turning", turningChart, true),
  entry("rank", rankChart, true),
  entry("kernel-slice", kernelSliceChart, false),
];
