/** (15) How many modes share the kernel's trace; trace and condition number at the pointer, since their units differ. */
import { number, percent } from "../format";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { SERIES, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { layoutOf, levelLine, risingAxis, timeAxis } from "./parts/axes";
import type { Figure } from "./parts/figure";
import { describeKernelFrame, kernelEmpty, kernelMarks, valuesOf } from "./parts/kernel-marks";
import { BARATIN } from "./parts/sources";
import { chartWords } from "./parts/words";

const INTERVAL = 500;

const words = {
  subtitle: "exp(entropy of λ / Σλ) of Kₜ",
  rankAxis: "effective rank",
  trace: "trace",
  traceStart: "of its start",
  condition: "condition number",
} as const;

const help: Help = {
  text:
    "How many modes share the kernel's trace: 1 where one eigenvalue holds it all, the number of points where all are equal. The thin " +
    "line is its start. A falling rank is a kernel that spends itself on fewer directions. The condition number is that of the modes above " +
    "round-off; trace and condition number stand beside each point under the pointer.",
  formulas: [
    String.raw`\exp\Bigl(-\sum_i p_i \ln p_i\Bigr), \qquad p_i = \frac{\lambda_i}{\sum_j \lambda_j}`,
    String.raw`\operatorname{tr} K_t = \sum_i \lambda_i, \qquad \kappa = \frac{\lambda_1}{\min\{\lambda_i : \lambda_i > n u \lambda_1\}}`,
  ],
  sources: [BARATIN],
  measured: rankNumbers,
};

export const rankChart: ChartDefinition = {
  id: "rank",
  title: "Effective rank",
  section: "moved",
  help,
  figure,
  overTime: true,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const measured = SERIES[theme].measured;
  const marks = kernelMarks(run, view, theme, { name: words.rankAxis, colour: measured, value: (frame) => frame.effective_rank });
  const first = run.kernelFrames[0]?.time === 0 ? run.kernelFrames[0] : undefined;
  const start = first?.effective_rank ?? null;
  return {
    data: started ? [marks.trace] : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:rank`,
      x: timeAxis(started, "log", 0.03),
      y: risingAxis(Math.max(start ?? 0, ...valuesOf(marks)), 2),
      xTitle: view.narrow ? chartWords.timeShort : chartWords.time,
      yTitle: words.rankAxis,
      large: true,
      rotated: true,
      headroom: true,
      shapes: start === null ? [] : [levelLine(start, measured)],
    }),
    subtitle: words.subtitle,
    legend: [
      { mark: "dot", colour: measured, text: chartWords.measured },
      ...(start === null ? [] : [{ mark: "thin" as const, colour: measured, text: chartWords.start }]),
    ],
    note: null,
    empty: kernelEmpty(run, (frame) => frame.effective_rank),
    interval: INTERVAL,
    describe: (_trace, point) => {
      const frame = marks.frames[point];
      return describeKernelFrame(rankChart.title, frame, [
        [words.rankAxis, number(frame?.effective_rank, 4)],
        [words.trace, number(frame?.trace, 4)],
        [`${words.trace}, ${words.traceStart}`, percent(first?.trace && frame?.trace ? frame.trace / first.trace : null)],
        [words.condition, number(frame?.condition_number, 4)],
      ]);
    },
  };
}

function rankNumbers(run: RunState): Measured[] {
  if (!run.started) return [];
  const [first, last] = [run.kernelFrames[0], run.kernelFrames.at(-1)];
  const pair = (label: string, value: (frame: NonNullable<typeof first>) => number | null | undefined) => [
    { label: `${label} at the start`, value: number(first && value(first)) },
    { label: `${label} now`, value: number(last && value(last)) },
  ];
  return [...pair("Effective rank", (frame) => frame.effective_rank), ...pair("Trace", (frame) => frame.trace), ...pair("Condition number", (frame) => frame.condition_number)];
}
