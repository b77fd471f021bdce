/** (13) lambda_1 of K_t, the Hessian's largest eigenvalue where it is recorded, and 2/eta, the largest stable one. */
import { number, percent } from "../format";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { decadeAxis, layoutOf, levelLine, risingAxis, timeAxis } from "./parts/axes";
import type { Axis, Figure, LegendItem } from "./parts/figure";
import { largestStableOf } from "./parts/growth";
import { describeKernelFrame, kernelEmpty, kernelMarks, valuesOf } from "./parts/kernel-marks";
import { COHEN, LEWKOWYCZ } from "./parts/sources";
import { chartWords } from "./parts/words";

const INTERVAL = 500;
/** Where 2/eta is so many times above the start, a linear axis would flatten the eigenvalue. */
const FAR = 10;
/** How far above 2/eta the axis goes, unless an eigenvalue is higher still. */
const ABOVE = 1.5;
/** At the edge every record counts: eigenvalues jump from one to the next. */
const POINTS = 200;

const words = {
  subtitle: "λ₁ against time",
  largestAxis: "largest eigenvalue",
  gaussNewton: "Kₜ (Gauss–Newton)",
  hessian: "Hessian",
  hessianBound: "its error, at most",
  overLimit: "as a share of 2/η",
  hessianOff: "Hessian not recorded",
} as const;

const help: Help = {
  text:
    "Above 2/η a step overshoots in the steepest direction. Filled points are λ₁ of the kernel: the sharpness of the loss without its " +
    "second part, which vanishes with the residual. Open ones are the Hessian itself, with a bound on its error as a bar; it is recorded where " +
    "recording.hessian is on. At the edge of stability both rise to the line and stay near it; in a catapult they fall from above.",
  formulas: [
    String.raw`\nabla^2 L = J^{\top} J + \sum_i r_i\,\nabla^2 f_i, \qquad \lambda_1(J^{\top}J) = \lambda_1(K_t)`,
    String.raw`\text{stable: } \frac{\eta\,\lambda_1}{2} < 1`,
  ],
  sources: [COHEN, LEWKOWYCZ],
  measured: sharpnessNumbers,
};

export const sharpnessChart: ChartDefinition = {
  id: "sharpness",
  title: "Sharpness and 2/η",
  section: "moved",
  help,
  figure,
  overTime: true,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const series = SERIES[theme];
  const largestStable = started ? largestStableOf(started) : 0;
  const newton = kernelMarks(run, view, theme, {
    name: words.gaussNewton,
    colour: series.measured,
    value: ({ eigenvalues }) => ((eigenvalues[0] ?? 0) > 0 ? eigenvalues[0] : null),
    size: 5,
    most: POINTS,
  });
  const hessian = kernelMarks(run, view, theme, {
    name: words.hessian,
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
  const y = valueAxis([start, ...valuesOf(newton), ...valuesOf(hessian)], start, largestStable);
  const recorded = hessian.frames.length > 0;
  // The open ones below: the two often agree.
  const kinds = recorded ? [hessian, newton] : [newton];
  const legend: LegendItem[] = [{ mark: "dot", colour: series.measured, text: words.gaussNewton }];
  if (recorded) legend.push({ mark: "ring", colour: TOKENS[theme].text, text: words.hessian });
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
      yTitle: words.largestAxis,
      large: true,
      rotated: true,
      headroom: true,
      shapes: started ? [levelLine(largestStable, TOKENS[theme].axis), ...(start > 0 ? [levelLine(start, series.measured)] : [])] : [],
      annotations: started ? [stableLabel(largestStable, y, theme)] : [],
    }),
    subtitle: words.subtitle,
    legend,
    note: run.kernelFrames.length && !recorded ? words.hessianOff : null,
    empty: kernelEmpty(run, (frame) => frame.eigenvalues),
    interval: INTERVAL,
    describe: (trace, point) => {
      const frame = kinds[trace]?.frames[point];
      const first = frame?.eigenvalues[0] ?? NaN;
      const rows: [string, string][] = [
        [words.gaussNewton, number(first, 4)],
        [words.overLimit, percent(first / largestStable)],
      ];
      if (frame?.hessian) rows.push([words.hessian, number(frame.hessian.largest, 4)], [words.hessianBound, number(frame.hessian.error)]);
      return describeKernelFrame(sharpnessChart.title, frame, rows);
    },
  };
}

/** Its kind is known before the first step, so that it never changes under the reader. */
function valueAxis(values: number[], start: number, largestStable: number): Axis {
  const all = [...values, largestStable].filter(Number.isFinite);
  const highest = Math.max(...all, 1e-300);
  if (start > 0 && largestStable < FAR * start) {
    return highest > ABOVE * largestStable ? risingAxis(highest, largestStable) : { type: "linear", range: [0, ABOVE * largestStable] };
  }
  const axis = decadeAxis(all);
  if (axis.range[1] - Math.log10(largestStable || 1) < 0.09 * (axis.range[1] - axis.range[0])) axis.range[1] += 1;
  return axis;
}

function stableLabel(largestStable: number, y: Axis, theme: Theme): object {
  return {
    text: chartWords.limit,
    xref: "paper",
    x: 1,
    xanchor: "right",
    y: y.type === "log" ? Math.log10(largestStable) : largestStable,
    yanchor: "bottom",
    showarrow: false,
    font: { size: 11, color: TOKENS[theme].axis },
  };
}

function sharpnessNumbers(run: RunState): Measured[] {
  const { started } = run;
  if (!started) return [];
  const half = (value: number | undefined) => number(value === undefined ? null : value / largestStableOf(started));
  const hessian = run.kernelFrames.findLast((frame) => frame.hessian != null)?.hessian;
  const rows = [
    { label: "Limit 2/η", value: number(started.largest_stable_eigenvalue) },
    { label: "η λ₁ / 2 at the start", value: half(started.eigenvalues[0]) },
    { label: "η λ₁ / 2 now", value: half(run.kernelFrames.at(-1)?.eigenvalues[0]) },
    { label: "The same of the Hessian, now", value: half(hessian?.largest) },
  ];
  if (hessian) rows.push({ label: "Error of the Hessian's eigenvalue, at most", value: number(hessian.error) });
  return rows;
}
