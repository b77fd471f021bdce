/** Every further chart, under the question that it helps to answer: loaded when it is asked for. */
import type { RunState } from "../run/run";
import { COLUMNS, SIX, type PlacedChart } from "./catalogue";
import type { ChartDefinition } from "./chart";
import { bandChart } from "./band";
import { frequencyEigenvalueChart } from "./frequency-eigenvalue";
import { kernelMapChart } from "./kernel-map";
import { kernelModesChart } from "./kernel-modes";
import { kernelSliceChart } from "./kernel-slice";
import { learningTimesChart } from "./learning-times";
import { limitChart } from "./limit";
import { motionChart } from "./motion";
import { movingChart } from "./moving";
import { oneStepChart } from "./one-step";
import { pathChart } from "./path";
import { limitSentence, movedSentence, orderSentence } from "./questions";
import { rankChart } from "./rank";
import { residualFrequencyChart } from "./residual-frequency";
import { residualModeChart } from "./residual-mode";
import { sharpnessChart } from "./sharpness";
import { targetPowerChart } from "./target-power";
import { turningChart } from "./turning";

const FURTHER: readonly ChartDefinition[] = [
  learningTimesChart,
  frequencyEigenvalueChart,
  residualFrequencyChart,
  residualModeChart,
  targetPowerChart,
  pathChart,
  motionChart,
  kernelModesChart,
  oneStepChart,
  kernelSliceChart,
  turningChart,
  sharpnessChart,
  movingChart,
  rankChart,
  bandChart,
  limitChart,
  kernelMapChart,
];

/** Every chart that there is. */
export const CHARTS: readonly ChartDefinition[] = [...SIX.map(({ chart }) => chart), ...FURTHER];

/** A question: its chart, the sentence with this run's numbers, and what is folded away under it. */
export interface Question {
  title: string;
  sentence: (run: RunState) => string;
  lead: ChartDefinition;
  folded: PlacedChart[];
}

export const QUESTIONS: Question[] = [
  asked("order", "Why this order?", orderSentence),
  asked("moved", "Did the kernel move?", movedSentence),
  asked("limit", "What would infinite width do?", limitSentence),
];

/** The question's chart for this run, and what is folded: another one leads where it says so. */
export function answered({ lead, folded }: Question, run: RunState): Pick<Question, "lead" | "folded"> {
  const other = folded.find(({ chart }) => chart.leads?.(run))?.chart;
  return other ? { lead: other, folded: folded.map((placed) => (placed.chart === other ? { ...placed, chart: lead } : placed)) } : { lead, folded };
}

/** The first chart of a section is its question's own. */
function asked(section: ChartDefinition["section"], title: string, sentence: Question["sentence"]): Question {
  const [lead, ...rest] = FURTHER.filter((chart) => chart.section === section);
  if (!lead) throw new Error(`no chart answers ${title}`);
  return { title, sentence, lead, folded: inRows(rest) };
}

/** Rows of three, after one or two of two where threes alone would leave a hole; one alone takes its row. */
function inRows(charts: ChartDefinition[]): PlacedChart[] {
  if (charts.length === 1) return charts.map((chart) => ({ chart, columns: COLUMNS }));
  const wide = charts.length % 3 === 0 ? 0 : charts.length % 3 === 1 ? 4 : 2;
  return charts.map((chart, i) => ({ chart, columns: i < wide ? COLUMNS / 2 : COLUMNS / 3 }));
}
