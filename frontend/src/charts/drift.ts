/** (6) How far the kernel has moved from where it started. */
import { number, percent, whole } from "../format";
import { headOf } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { withOpacity } from "../theme/mode-colour";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { layoutOf, risingAxis, timeAxis } from "./parts/axes";
import type { Figure } from "./parts/figure";
import { CHIZAT, HUANG } from "./parts/sources";
import { chartWords } from "./parts/words";

const INTERVAL = 500;
const FADED = 0.25;
/** Per cent at the top of the axis, at least. */
const LEAST = 0.1;

const words = {
  subtitle: "‖Kₜ − K₀‖ / ‖K₀‖",
  symbol: "drift",
} as const;

const help: Help = {
  text:
    "The theory holds as long as the kernel stays where it was. The wider the network and the smaller the target, the less it moves. " +
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
  const highest = Math.max(0, ...frames.map((frame) => frame.drift));
  // A kernel that moves by many times its own size is told in those times: "1,000 %" says no more.
  const [unit, suffix] = highest < 10 ? [100, "\u2009%"] : [1, ""];
  const y = risingAxis(unit * highest, LEAST);
  return {
    data: started
      ? [
          {
            name: chartWords.measured,
            type: "scatter",
            mode: "markers",
            x: frames.map((frame) => frame.time),
            y: frames.map((frame) => unit * frame.drift),
            marker: {
              size: 6,
              opacity: 1,
              color: frames.map((frame) => (frame.time <= head ? colour : withOpacity(colour, FADED))),
              line: { width: 1, color: TOKENS[theme].surface },
            },
            cliponaxis: false,
            hoverinfo: "none",
          },
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
    legend: [],
    note: null,
    empty: started ? (started.kernel_steps.length ? (run.kernelFrames.length ? null : chartWords.notYet) : chartWords.noKernelFrames) : chartWords.waiting,
    interval: INTERVAL,
    describe: (_trace, point) => {
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

function driftNumbers(run: RunState): Measured[] {
  const kernel = run.kernelFrames.at(-1);
  if (!kernel) return [];
  const rows: Measured[] = [{ label: "Drift now", value: percent(kernel.drift) }];
  if (run.started) rows.push({ label: "Size of the target, ‖y‖", value: number(run.started.target_norm) });
  const identity = run.kernelFrames.findLast((frame) => frame.identity !== null)?.identity;
  if (identity) {
    rows.push({ label: "Error e of one step", value: identity.error === null ? "below its floor" : number(identity.error) });
    rows.push({ label: "Its round-off floor", value: number(identity.floor) });
  }
  return rows;
}
