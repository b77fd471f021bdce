/** (15) How many modes share the kernel's trace; trace and condition number at the pointer, since their units differ. */
import { number, percent } from "../format";
import { SERIES } from "../theme/tokens";
import type { Chart } from "./chart";
import { layoutOf, levelLine, risingAxis, timeAxis } from "./parts/axes";
import { describeKernelFrame, kernelEmpty, kernelMarks, valuesOf } from "./parts/kernel-marks";
import { chartWords } from "./parts/words";
import { moreWords } from "./parts/words-more";

const INTERVAL = 500;

export const rankChart: Chart = (run, view, theme) => {
  const { started } = run;
  const measured = SERIES[theme].measured;
  const marks = kernelMarks(run, view, theme, { name: moreWords.rankAxis, colour: measured, value: (frame) => frame.effective_rank });
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
      yTitle: moreWords.rankAxis,
      large: true,
      rotated: true,
      headroom: true,
      shapes: start === null ? [] : [levelLine(start, measured)],
    }),
    subtitle: moreWords.rankSubtitle,
    legend: [
      { mark: "dot", colour: measured, text: chartWords.measured },
      ...(start === null ? [] : [{ mark: "thin" as const, colour: measured, text: chartWords.start }]),
    ],
    note: null,
    empty: kernelEmpty(run, (frame) => frame.effective_rank),
    interval: INTERVAL,
    describe: (_trace, point) => {
      const frame = marks.frames[point];
      return describeKernelFrame(chartWords.titles.rank, frame, [
        [moreWords.rankAxis, number(frame?.effective_rank, 4)],
        [moreWords.trace, number(frame?.trace, 4)],
        [`${moreWords.trace}, ${moreWords.traceStart}`, percent(first?.trace && frame?.trace ? frame.trace / first.trace : null)],
        [moreWords.condition, number(frame?.condition_number, 4)],
      ]);
    },
  };
};
