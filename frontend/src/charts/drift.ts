/** (6) How far the kernel has moved from where it started. */
import { number, percent, whole } from "../format";
import { headOf } from "../run/at-time";
import { withOpacity } from "../theme/mode-colour";
import { SERIES, TOKENS } from "../theme/tokens";
import type { Chart } from "./chart";
import { layoutOf, risingAxis, timeAxis } from "./parts/axes";
import { chartWords } from "./parts/words";

const INTERVAL = 500;
const FADED = 0.25;
/** Per cent at the top of the axis, at least. */
const LEAST = 0.1;

export const driftChart: Chart = (run, view, theme) => {
  const { started } = run;
  const colour = SERIES[theme].measured;
  const frames = run.kernelFrames.filter((frame) => frame.time > 0 && Number.isFinite(frame.drift));
  const head = (headOf(run, view) ?? 0) * (1 + 1e-6);
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
      yTitle: chartWords.driftSymbol,
      large: false,
    }),
    subtitle: chartWords.driftSubtitle,
    legend: [],
    note: null,
    empty: started ? (started.kernel_steps.length ? null : chartWords.noKernelFrames) : chartWords.waiting,
    interval: INTERVAL,
    describe: (_trace, point) => {
      const frame = frames[point];
      if (!frame) return null;
      const rows: [string, string][] = [
        [chartWords.timeLabel, number(frame.time, 4)],
        [chartWords.step, whole(frame.step)],
        [chartWords.driftSymbol, percent(frame.drift)],
      ];
      return { title: chartWords.titles.drift, rows, group: null };
    },
  };
};
