/** (14) Whether the leading modes of K_t still span what K_0's do, and how much of K_t points along the target. */
import { number, whole } from "../format";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { layoutOf, timeAxis } from "./parts/axes";
import type { Figure } from "./parts/figure";
import { describeKernelFrame, kernelEmpty, kernelMarks } from "./parts/kernel-marks";
import { BARATIN, FORT } from "./parts/sources";
import { chartWords } from "./parts/words";

const INTERVAL = 500;

const words = {
  subtitle: (modes: number | null) => (modes === null ? "of the leading modes and the target" : `leading ${modes === 1 ? "mode" : `${modes} modes`}, and the target`),
  turningAxis: "overlap, alignment",
  overlap: "overlap with K₀'s",
  alignment: "alignment with y",
} as const;

const help: Help = {
  text:
    "Filled: how much of the space that K₀'s leading modes span is still spanned by those of Kₜ; 1 is all of it. As many modes are " +
    "compared as count, and no group is cut. Open: how far the whole kernel points along the target. A kernel that learns features turns " +
    "its leading modes towards the target, and the alignment grows.",
  formulas: [
    String.raw`\frac{\lVert Q_0^{\top} Q_t\rVert_F^2}{k}`,
    String.raw`\frac{\langle K_t,\, y y^{\top}\rangle}{\lVert K_t\rVert_F\,\lVert y\rVert^2}`,
  ],
  sources: [BARATIN, FORT],
  measured: turningNumbers,
};

export const turningChart: ChartDefinition = {
  id: "turning",
  title: "Do the modes turn",
  section: "moved",
  help,
  figure,
  overTime: true,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const [measured, text] = [SERIES[theme].measured, TOKENS[theme].text];
  const kinds = started
    ? [
        kernelMarks(run, view, theme, { name: words.overlap, colour: measured, value: (frame) => frame.subspace_overlap }),
        kernelMarks(run, view, theme, { name: words.alignment, colour: text, value: (frame) => frame.target_alignment, symbol: "square-open" }),
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
      yTitle: words.turningAxis,
      large: true,
      rotated: true,
      headroom: true,
    }),
    subtitle: words.subtitle(modes),
    legend: [
      { mark: "dot", colour: measured, text: words.overlap },
      { mark: "frame", colour: text, text: words.alignment },
    ],
    note: null,
    empty: kernelEmpty(run, (frame) => frame.subspace_overlap ?? frame.target_alignment),
    interval: INTERVAL,
    describe: (trace, point) => {
      const frame = kinds[trace]?.frames[point];
      return describeKernelFrame(turningChart.title, frame, [
        [words.overlap, number(frame?.subspace_overlap, 4)],
        [words.alignment, number(frame?.target_alignment, 4)],
      ]);
    },
  };
}

function turningNumbers(run: RunState): Measured[] {
  if (!run.started) return [];
  const [first, last] = [run.kernelFrames[0], run.kernelFrames.at(-1)];
  return [
    { label: "Leading modes compared", value: whole(last?.leading_modes) },
    { label: "Overlap now", value: number(last?.subspace_overlap) },
    { label: "Alignment at the start", value: number(first?.target_alignment) },
    { label: "Alignment now", value: number(last?.target_alignment) },
  ];
}
