/** (7) The residual's spectrum over input-space frequencies against time: the classical picture of spectral bias. */
import type { Started } from "../api/codec";
import { number, whole } from "../format";
import type { RunState } from "../run/run";
import type { Chart } from "./chart";
import { layoutOf, timeAxis } from "./parts/axes";
import { HEAT_INTERVAL, heatLegend, heatOf } from "./parts/heat";
import { largest } from "./parts/values";
import { chartWords } from "./parts/words";

/** Of the strongest frequency at the start: weaker ones only follow what leaks from the others. */
const COUNTS_FROM = 0.05;
const LEAST_ROWS = 4;

export const residualFrequencyChart: Chart = (run, view, theme) => {
  const { started } = run;
  const start = startOf(run);
  const counts = countingFrequencies(start);
  const rows = started ? rowsOf(started, counts) : [];
  const heat = started ? heatOf(run, started, rows, (frame, row) => (counts[row] ? (frame.spectrum[row] ?? NaN) / (start?.[row] ?? NaN) : null)) : null;
  const weak = counts.filter((one) => !one).length;
  return {
    data: heat?.trace ? [heat.trace] : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:residual-frequency`,
      x: timeAxis(started, "log"),
      y: { type: "linear", range: [(rows[0] ?? 0) - 0.5, (rows.at(-1) ?? LEAST_ROWS) + 0.5], zeroline: false, showgrid: false },
      xTitle: view.narrow ? chartWords.timeShort : chartWords.time,
      yTitle: chartWords.frequencyAxis,
      large: true,
      rotated: true,
      headroom: true,
    }),
    subtitle: chartWords.residualFrequencySubtitle,
    legend: heatLegend(),
    note: heat?.trace && weak ? chartWords.countWeak(weak) : null,
    empty: emptyOf(started, start, counts, heat?.trace != null),
    interval: HEAT_INTERVAL,
    describe: (_trace, point) => {
      const cell = heat?.cell(point);
      if (!cell || !counts[cell.row]) return null;
      const { frame, row } = cell;
      return {
        title: chartWords.frequencyName(rows[row] as number),
        rows: [
          [chartWords.timeLabel, number(frame.time, 4)],
          [chartWords.step, whole(frame.step)],
          ["|rₖ|", number(frame.spectrum[row], 4)],
          [`${chartWords.remaining}, ${chartWords.measured}`, number((frame.spectrum[row] ?? NaN) / (start?.[row] ?? NaN), 4)],
        ],
        group: null,
      };
    },
  };
};

/** The spectrum before the first step. */
export function startOf(run: RunState): Float32Array | null {
  return run.frames.find((frame) => frame.time === 0)?.spectrum ?? null;
}

/** Which frequencies the residual holds at the start. */
export function countingFrequencies(start: Float32Array | null): boolean[] {
  const strongest = largest(start);
  return Array.from(start ?? [], (value) => value > 0 && value >= COUNTS_FROM * strongest);
}

/** Every frequency up to the highest that counts, and one more, so that its row can be seen to end. */
function rowsOf(started: Started, counts: boolean[]): number[] {
  const end = Math.max(LEAST_ROWS, counts.lastIndexOf(true) + 2);
  return Array.from(started.frequencies.subarray(0, end));
}

function emptyOf(started: Started | null, start: Float32Array | null, counts: boolean[], drawn: boolean): string | null {
  if (!started) return chartWords.waiting;
  if (!started.frequencies.length) return chartWords.notEquispaced;
  if (start && !counts.includes(true)) return chartWords.noResidual;
  return drawn ? null : chartWords.waiting;
}
