/** (12) The residual predicted by K_0 alone and by the kernels measured on the way, against the measured one. */
import type { KernelFrame } from "../api/codec";
import { percent } from "../format";
import { SERIES } from "../theme/tokens";
import type { Chart } from "./chart";
import { decadeAxis, floorLabel, floorRegion, layoutOf, timeAxis } from "./parts/axes";
import { describeKernelFrame, kernelEmpty, kernelMarks, valuesOf } from "./parts/kernel-marks";
import { chartWords } from "./parts/words";
import { moreWords } from "./parts/words-more";

const INTERVAL = 500;
const DECADES = 8;
/** Ten times the residual: such a prediction has left the run. */
const MOST = 10;

export const movingChart: Chart = (run, view, theme) => {
  const { started } = run;
  const series = SERIES[theme];
  const floor = started && started.residual_norm > 0 ? started.coefficient_floor / started.residual_norm : 0;
  const within = (error: number | null | undefined) => (error != null && error > floor && error <= MOST ? error : null);
  const frozen = (frame: KernelFrame) => within(frame.moving?.frozen_error);
  const moving = (frame: KernelFrame) => within(frame.moving?.error);
  const kinds = started
    ? [
        kernelMarks(run, view, theme, { name: moreWords.frozenKernel, colour: series.frozen, value: frozen, dash: "6px,5px" }),
        kernelMarks(run, view, theme, { name: moreWords.movingKernel, colour: series.moving, value: moving, dash: "7px,4px,2px,4px" }),
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
      yTitle: moreWords.errorAxis,
      large: true,
      rotated: true,
      headroom: true,
      annotations: hatched ? [floorLabel(floor, y, theme)] : [],
    }),
    subtitle: moreWords.movingSubtitle,
    legend: [
      { mark: "dash", colour: series.frozen, text: moreWords.frozenKernel },
      { mark: "dash-dot", colour: series.moving, text: moreWords.movingKernel },
    ],
    note: outside ? chartWords.outside(outside) : null,
    empty: kernelEmpty(run, (frame) => frame.moving),
    interval: INTERVAL,
    describe: (trace, point) => {
      const frame = kinds[trace]?.frames[point];
      return describeKernelFrame(chartWords.titles.moving, frame, [
        [moreWords.frozenKernel, percent(frame?.moving?.frozen_error)],
        [moreWords.movingKernel, percent(frame?.moving?.error)],
      ]);
    },
  };
};
