/** (12) The residual predicted by K_0 alone and by the kernels measured on the way, against the measured one. */
import type { KernelFrame } from "../api/codec";
import { percent, whole } from "../format";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { SERIES, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { decadeAxis, floorLabel, floorRegion, layoutOf, timeAxis } from "./parts/axes";
import type { Figure } from "./parts/figure";
import { describeKernelFrame, kernelEmpty, kernelMarks, valuesOf } from "./parts/kernel-marks";
import { CHIZAT, FORT } from "./parts/sources";
import { chartWords } from "./parts/words";

const INTERVAL = 500;
const DECADES = 8;
/** Ten times the residual: such a prediction has left the run. */
const MOST = 10;

const words = {
  subtitle: "‖r̂(t) − r(t)‖ / ‖r(0)‖ against time",
  errorAxis: "relative error",
  frozenKernel: "K₀ alone",
  movingKernel: "Kₜ on the way",
} as const;

const help: Help = {
  text:
    "Two predictions of the residual, both from its start and never corrected: one by K₀ alone, one by every kernel measured on the way. " +
    "Where the first leaves the measurement and the second does not, the kernel's motion is the reason. What the second still misses is " +
    "motion between two records.",
  formulas: [
    String.raw`\hat r_{\text{moving}}(t) = \prod_j (I-\eta K_j)^{k_{j+1}-k_j}\, r(0)`,
    String.raw`\frac{\lVert \hat r(t) - r(t)\rVert}{\lVert r(0)\rVert}, \qquad \hat r_{\text{frozen}}(t) = (I-\eta K_0)^{k}\, r(0)`,
  ],
  sources: [FORT, CHIZAT],
  measured: movingNumbers,
};

export const movingChart: ChartDefinition = {
  id: "moving",
  title: "Which kernel explains it",
  section: "moved",
  help,
  figure,
  overTime: true,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const series = SERIES[theme];
  const floor = started && started.residual_norm > 0 ? started.coefficient_floor / started.residual_norm : 0;
  const within = (error: number | null | undefined) => (error != null && error > floor && error <= MOST ? error : null);
  const frozen = (frame: KernelFrame) => within(frame.moving?.frozen_error);
  const moving = (frame: KernelFrame) => within(frame.moving?.error);
  const kinds = started
    ? [
        kernelMarks(run, view, theme, { name: words.frozenKernel, colour: series.frozen, value: frozen, dash: "6px,5px" }),
        kernelMarks(run, view, theme, { name: words.movingKernel, colour: series.moving, value: moving, dash: "7px,4px,2px,4px" }),
      ]
    : [];
  const x = timeAxis(started, "log", 0.03);
  const y = decadeAxis(kinds.flatMap(valuesOf), DECADES);
  const hatched = floor > 0 && Math.log10(floor) > y.range[0];
  const data = kinds.map(({ trace }) => trace);
  const outside = run.kernelFrames.filter(({ moving }) => Math.max(moving?.frozen_error ?? 0, moving?.error ?? 0) > MOST).length;
  return {
    data: hatched ? [...data, floorRegion(floor, x, theme)] : data,
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:moving`,
      x,
      y,
      xTitle: view.narrow ? chartWords.timeShort : chartWords.time,
      yTitle: words.errorAxis,
      large: true,
      rotated: true,
      headroom: true,
      annotations: hatched ? [floorLabel(floor, y, theme)] : [],
    }),
    subtitle: words.subtitle,
    legend: [
      { mark: "dash", colour: series.frozen, text: words.frozenKernel },
      { mark: "dash-dot", colour: series.moving, text: words.movingKernel },
    ],
    note: outside ? chartWords.outside(outside) : null,
    empty: kernelEmpty(run, (frame) => frame.moving),
    interval: INTERVAL,
    describe: (trace, point) => {
      const frame = kinds[trace]?.frames[point];
      return describeKernelFrame(movingChart.title, frame, [
        [words.frozenKernel, percent(frame?.moving?.frozen_error)],
        [words.movingKernel, percent(frame?.moving?.error)],
      ]);
    },
  };
}

function movingNumbers(run: RunState): Measured[] {
  if (!run.started) return [];
  const moving = run.kernelFrames.findLast((frame) => frame.moving != null)?.moving;
  return [
    { label: "Error by K₀ alone, now", value: percent(moving?.frozen_error) },
    { label: "Error by the kernels on the way, now", value: percent(moving?.error) },
    { label: "The same for the function between the data", value: percent(moving?.distance) },
    { label: "Kernels so far", value: whole(run.kernelFrames.length) },
  ];
}
