/** How far the kernel has moved, beside how far the parameters have. */
import type { KernelFrame } from "../api/codec";
import { percent } from "../format";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { decadeAxis, layoutOf, timeAxis } from "./parts/axes";
import type { Figure } from "./parts/figure";
import { describeKernelFrame, kernelEmpty, kernelMarks, valuesOf } from "./parts/kernel-marks";
import { CHIZAT, HUANG, LEE } from "./parts/sources";
import { chartWords } from "./parts/words";

const INTERVAL = 500;
const DECADES = 6;

const words = {
  subtitle: "‖Kₜ − K₀‖ / ‖K₀‖, ‖θₜ − θ₀‖ / ‖θ₀‖",
  axis: "relative change",
  kernel: "kernel",
  parameters: "parameters",
} as const;

const help: Help = {
  text:
    "Both measured at every record of the kernel. In a wide network each parameter moves so little that the kernel hardly changes, although all of them together fit the data: lazy training. " +
    "A kernel that moves as much as the parameters or more is one that learns features.",
  formulas: [String.raw`\frac{\lVert K_t - K_0\rVert_F}{\lVert K_0\rVert_F}, \qquad \frac{\lVert \theta_t - \theta_0\rVert}{\lVert \theta_0\rVert}`],
  sources: [LEE, CHIZAT, HUANG],
  measured: motionNumbers,
};

export const motionChart: ChartDefinition = {
  id: "motion",
  title: "Kernel and parameters",
  section: "moved",
  help,
  figure,
  overTime: true,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const [measured, text] = [SERIES[theme].measured, TOKENS[theme].text];
  const above = (value: (frame: KernelFrame) => number | null | undefined) => (frame: KernelFrame) => ((value(frame) ?? 0) > 0 ? value(frame) : null);
  const kinds = started
    ? [
        kernelMarks(run, view, theme, { name: words.kernel, colour: measured, value: above((frame) => frame.drift) }),
        kernelMarks(run, view, theme, { name: words.parameters, colour: text, value: above((frame) => frame.parameter_drift), symbol: "square-open" }),
      ]
    : [];
  return {
    data: kinds.map(({ trace }) => trace),
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:motion`,
      x: timeAxis(started, "log", 0.03),
      y: decadeAxis(kinds.flatMap(valuesOf), DECADES),
      xTitle: view.narrow ? chartWords.timeShort : chartWords.time,
      yTitle: words.axis,
      large: true,
      rotated: true,
      headroom: true,
    }),
    subtitle: words.subtitle,
    legend: [
      { mark: "dot", colour: measured, text: words.kernel },
      { mark: "frame", colour: text, text: words.parameters },
    ],
    note: null,
    empty: kernelEmpty(run, (frame) => frame.drift),
    interval: INTERVAL,
    describe: (trace, point) => {
      const frame = kinds[trace]?.frames[point];
      return describeKernelFrame(motionChart.title, frame, [
        [words.kernel, percent(frame?.drift)],
        [words.parameters, percent(frame?.parameter_drift)],
      ]);
    },
  };
}

function motionNumbers(run: RunState): Measured[] {
  const last = run.kernelFrames.at(-1);
  if (!last) return [];
  return [
    { label: "Drift of the kernel now", value: percent(last.drift) },
    { label: "Drift of the parameters now", value: percent(last.parameter_drift) },
  ];
}
