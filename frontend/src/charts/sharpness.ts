/** (13) lambda_1 of K_t, the Hessian's largest eigenvalue where it is recorded, and the limit 2/eta. */
import { number, percent } from "../format";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { Chart } from "./chart";
import { decadeAxis, layoutOf, levelLine, risingAxis, timeAxis } from "./parts/axes";
import type { Axis, LegendItem } from "./parts/figure";
import { describeKernelFrame, kernelEmpty, kernelMarks, valuesOf } from "./parts/kernel-marks";
import { chartWords } from "./parts/words";
import { moreWords } from "./parts/words-more";

const INTERVAL = 500;
/** Where the limit is so many times above the start, a linear axis would flatten the eigenvalue. */
const FAR = 10;
/** How far above the limit the axis goes, unless an eigenvalue is higher still. */
const ABOVE = 1.5;
/** At the edge every record counts: eigenvalues jump from one to the next. */
const POINTS = 200;

export const sharpnessChart: Chart = (run, view, theme) => {
  const { started } = run;
  const series = SERIES[theme];
  const limit = started ? 2 / started.learning_rate : 0;
  const newton = kernelMarks(run, view, theme, {
    name: moreWords.gaussNewton,
    colour: series.measured,
    value: ({ eigenvalues }) => ((eigenvalues[0] ?? 0) > 0 ? eigenvalues[0] : null),
    size: 5,
    most: POINTS,
  });
  const hessian = kernelMarks(run, view, theme, {
    name: moreWords.hessian,
    colour: TOKENS[theme].text,
    value: (frame) => (frame.hessian && frame.hessian.largest > 0 ? frame.hessian.largest : null),
    symbol: "circle-open",
    size: 9,
  });
  hessian.trace["error_y"] = {
    type: "data",
    array: hessian.frames.map((frame) => frame.hessian?.error ?? 0),
    color: TOKENS[theme].control,
    thickness: 1,
    width: 2,
  };
  const start = started?.eigenvalues[0] ?? 0;
  const y = valueAxis([start, ...valuesOf(newton), ...valuesOf(hessian)], start, limit);
  const recorded = hessian.frames.length > 0;
  // The open ones below: the two often agree.
  const kinds = recorded ? [hessian, newton] : [newton];
  const legend: LegendItem[] = [{ mark: "dot", colour: series.measured, text: moreWords.gaussNewton }];
  if (recorded) legend.push({ mark: "ring", colour: TOKENS[theme].text, text: moreWords.hessian });
  if (start > 0) legend.push({ mark: "thin", colour: series.measured, text: chartWords.start });
  return {
    data: started ? kinds.map(({ trace }) => trace) : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:sharpness`,
      x: timeAxis(started, "log", view.narrow ? 0.14 : 0.08),
      y,
      xTitle: view.narrow ? chartWords.timeShort : chartWords.time,
      yTitle: moreWords.largestAxis,
      large: true,
      rotated: true,
      headroom: true,
      shapes: started ? [levelLine(limit, TOKENS[theme].axis), ...(start > 0 ? [levelLine(start, series.measured)] : [])] : [],
      annotations: started ? [limitLabel(limit, y, theme)] : [],
    }),
    subtitle: moreWords.sharpnessSubtitle,
    legend,
    note: run.kernelFrames.length && !recorded ? moreWords.hessianOff : null,
    empty: kernelEmpty(run, (frame) => frame.eigenvalues),
    interval: INTERVAL,
    describe: (trace, point) => {
      const frame = kinds[trace]?.frames[point];
      const first = frame?.eigenvalues[0] ?? NaN;
      const rows: [string, string][] = [
        [moreWords.gaussNewton, number(first, 4)],
        [moreWords.overLimit, percent(first / limit)],
      ];
      if (frame?.hessian) rows.push([moreWords.hessian, number(frame.hessian.largest, 4)], [moreWords.hessianBound, number(frame.hessian.error)]);
      return describeKernelFrame(chartWords.titles.sharpness, frame, rows);
    },
  };
};

/** Its kind is known before the first step, so that it never changes under the reader. */
function valueAxis(values: number[], start: number, limit: number): Axis {
  const all = [...values, limit].filter(Number.isFinite);
  const highest = Math.max(...all, 1e-300);
  if (start > 0 && limit < FAR * start) {
    return highest > ABOVE * limit ? risingAxis(highest, limit) : { type: "linear", range: [0, ABOVE * limit] };
  }
  const axis = decadeAxis(all);
  if (axis.range[1] - Math.log10(limit || 1) < 0.09 * (axis.range[1] - axis.range[0])) axis.range[1] += 1;
  return axis;
}

function limitLabel(limit: number, y: Axis, theme: Theme): object {
  return {
    text: chartWords.limit,
    xref: "paper",
    x: 1,
    xanchor: "right",
    y: y.type === "log" ? Math.log10(limit) : limit,
    yanchor: "bottom",
    showarrow: false,
    font: { size: 11, color: TOKENS[theme].axis },
  };
}
