/** (6) How far the kernel has moved from where it started. */
import { number, percent, whole } from "../format";
import { headOf } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { layoutOf, risingAxis, timeAxis } from "./parts/axes";
import type { Figure, Trace } from "./parts/figure";
import { aheadAndOver, reachedMarks } from "./parts/reached";
import { courseOf, driftLine, rehearsedDrift, REHEARSED_DASH } from "./parts/rehearsed";
import { CHIZAT, HUANG } from "./parts/sources";
import { chartWords } from "./parts/words";

const INTERVAL = 500;
/** Per cent at the top of the axis, at least. */
const LEAST = 0.1;

const words = {
  subtitle: "‖Kₜ − K₀‖ / ‖K₀‖",
  symbol: "drift",
} as const;

const help: Help = {
  text:
    "The theory holds as long as the kernel stays where it was. The wider the network and the smaller the target, the less it moves. Long dashes: what the rehearsal said before training. " +
    "The second formula is checked at every record of the kernel: one step of training against the kernel's own prediction of it.",
  formulas: [
    String.raw`\frac{\lVert K_t - K_0\rVert_F}{\lVert K_0\rVert_F}`,
    String.raw`e = \frac{\lVert f_{k+1} - f_k + \eta K_t r_k\rVert}{\lVert \eta K_t r_k\rVert}`,
  ],
  sources: [HUANG, CHIZAT],
  measured: driftNumbers,
};

export const driftChart: ChartDefinition = {
  id: "drift",
  title: "How far the kernel has moved",
  section: "six",
  help,
  figure,
  overTime: true,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const colour = SERIES[theme].measured;
  const frames = run.kernelFrames.filter((frame) => frame.time > 0 && Number.isFinite(frame.drift));
  const head = headOf(run, view) ?? 0;
  const course = started ? courseOf(started, view) : null;
  const rehearsed = started && course?.drift ? driftLine(started, course) : null;
  const highest = Math.max(0, ...frames.map((frame) => frame.drift), ...(rehearsed?.y ?? []));
  // A kernel that moves by many times its own size is told in those times: "1,000 %" says no more.
  const [unit, suffix] = highest < 10 ? [100, "\u2009%"] : [1, ""];
  const y = risingAxis(unit * highest, LEAST);
  const look = { name: chartWords.measured, type: "scatter", mode: "markers", cliponaxis: false, hoverinfo: "none" } as const;
  const marker = (color: string) => ({ size: 6, opacity: 1, color, line: { width: 1, color: TOKENS[theme].surface } });
  return {
    data: started
      ? [
          ...reachedMarks(look, frames.map((frame) => frame.time), frames.map((frame) => unit * frame.drift), head, aheadAndOver(colour), marker),
          ...(rehearsed ? [rehearsedTrace(rehearsed, unit, theme)] : []),
        ]
      : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:drift`,
      x: timeAxis(started, "log", 0.03),
      y: { ...y, ticksuffix: suffix },
      xTitle: chartWords.timeShort,
      yTitle: words.symbol,
      large: false,
    }),
    subtitle: words.subtitle,
    legend: rehearsed
      ? [
          { mark: "dot", colour, text: chartWords.measured },
          { mark: "dash-long", colour: SERIES[theme].rehearsed, text: chartWords.rehearsed },
        ]
      : [],
    note: rehearsed && started && !started.kernel_steps.length ? chartWords.noKernelFrames : null,
    empty: rehearsed ? null : emptyWords(run),
    interval: INTERVAL,
    describe: (trace, point) => {
      if (trace > 1) return describeRehearsed(rehearsed, point, started?.learning_rate ?? 1);
      const frame = frames[point];
      if (!frame) return null;
      const rows: [string, string][] = [
        [chartWords.timeLabel, number(frame.time, 4)],
        [chartWords.step, whole(frame.step)],
        [words.symbol, percent(frame.drift)],
      ];
      return { title: driftChart.title, rows, group: null };
    },
  };
}

function rehearsedTrace({ x, y }: { x: number[]; y: number[] }, unit: number, theme: Theme): Trace {
  return {
    name: chartWords.rehearsed,
    type: "scatter",
    mode: "lines",
    x,
    y: y.map((drift) => unit * drift),
    line: { color: SERIES[theme].rehearsed, width: 2, dash: REHEARSED_DASH },
    hoverinfo: "none",
  };
}

function describeRehearsed(line: { x: number[]; y: number[] } | null, point: number, rate: number): ReturnType<Figure["describe"]> {
  const [time, drift] = [line?.x[point], line?.y[point]];
  if (time === undefined || drift === undefined) return null;
  const rows: [string, string][] = [
    [chartWords.timeLabel, number(time, 4)],
    [chartWords.step, whole(Math.round(time / rate))],
    [`${words.symbol}, ${chartWords.rehearsed}`, percent(drift)],
  ];
  return { title: driftChart.title, rows, group: null };
}

/** Why there is nothing to be seen; null where there is. */
function emptyWords({ started, kernelFrames }: RunState): string | null {
  if (!started) return chartWords.waiting;
  if (!started.kernel_steps.length) return chartWords.noKernelFrames;
  return kernelFrames.length ? null : chartWords.notYet;
}

function driftNumbers(run: RunState): Measured[] {
  const kernel = run.kernelFrames.at(-1);
  if (!kernel) return [];
  const rows: Measured[] = [{ label: "Drift now", value: percent(kernel.drift) }];
  const rehearsed = run.started ? rehearsedDrift(run.started, kernel.time) : null;
  if (rehearsed !== null) rows.push({ label: "Drift rehearsed for this time", value: percent(rehearsed) });
  if (run.started) rows.push({ label: "Size of the target, ‖y‖", value: number(run.started.target_norm) });
  const identity = run.kernelFrames.findLast((frame) => frame.identity !== null)?.identity;
  if (identity) {
    rows.push({ label: "Error e of one step", value: identity.error === null ? "below its floor" : number(identity.error) });
    rows.push({ label: "Its round-off floor", value: number(identity.floor) });
  }
  return rows;
}
