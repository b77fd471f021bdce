/** (14) Whether the leading modes of K_t still span what K_0's do, and how much of K_t points along the target. */
import { number } from "../format";
import { SERIES, TOKENS } from "../theme/tokens";
import type { Chart } from "./chart";
import { layoutOf, timeAxis } from "./parts/axes";
import { describeKernelFrame, kernelEmpty, kernelMarks } from "./parts/kernel-marks";
import { chartWords } from "./parts/words";
import { moreWords } from "./parts/words-more";

const INTERVAL = 500;

export const turningChart: Chart = (run, view, theme) => {
  const { started } = run;
  const [measured, text] = [SERIES[theme].measured, TOKENS[theme].text];
  const kinds = started
    ? [
        kernelMarks(run, view, theme, { name: moreWords.overlap, colour: measured, value: (frame) => frame.subspace_overlap }),
        kernelMarks(run, view, theme, { name: moreWords.alignment, colour: text, value: (frame) => frame.target_alignment, symbol: "square-open" }),
      ]
    : [];
  const modes = run.kernelFrames.find((frame) => frame.leading_modes != null)?.leading_modes ?? null;
  return {
    data: kinds.map(({ trace }) => trace),
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:turning`,
      x: timeAxis(started, "log", 0.03),
      y: { type: "linear", range: [0, 1.02] },
      xTitle: view.narrow ? chartWords.timeShort : chartWords.time,
      yTitle: moreWords.turningAxis,
      large: true,
      rotated: true,
      headroom: true,
    }),
    subtitle: moreWords.turningSubtitle(modes),
    legend: [
      { mark: "dot", colour: measured, text: moreWords.overlap },
      { mark: "frame", colour: text, text: moreWords.alignment },
    ],
    note: null,
    empty: kernelEmpty(run, (frame) => frame.subspace_overlap ?? frame.target_alignment),
    interval: INTERVAL,
    describe: (trace, point) => {
      const frame = kinds[trace]?.frames[point];
      return describeKernelFrame(chartWords.titles.turning, frame, [
        [moreWords.overlap, number(frame?.subspace_overlap, 4)],
        [moreWords.alignment, number(frame?.target_alignment, 4)],
      ]);
    },
  };
};
