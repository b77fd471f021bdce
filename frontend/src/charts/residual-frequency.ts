/** (7) The residual's spectrum over input-space frequencies against time: the classical picture of spectral bias. */
import type { Frame, Started } from "../api/codec";
import { frequency, number, percent, whole } from "../format";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import type { Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { layoutOf, timeAxis } from "./parts/axes";
import type { Figure } from "./parts/figure";
import { HEAT_INTERVAL, heatLegend, heatOf } from "./parts/heat";
import { BASRI, RAHAMAN } from "./parts/sources";
import { largest } from "./parts/values";
import { chartWords } from "./parts/words";

/** Of the strongest frequency at the start: weaker ones only follow what leaks from the others. */
const COUNTS_FROM = 0.05;
const LEAST_ROWS = 4;

const words = {
  notEquispaced: "The points are not equispaced: their residual has no spectrum over frequencies.",
  noResidual: "There is no residual at the start.",
  mean: "The target's mean",
  wave: (k: string, share: number) => `Its wave k = ${k}, ${percent(share)} of it`,
  wrong: (error: number) => `${percent(error)} wrong`,
  lost: (error: number) => `learnt, then lost: ${percent(error)} wrong`,
  learntAt: (step: number) => (step < 1 ? "there at the start" : `learnt at step ${whole(step)}`),
  subtitle: "|rₖ(t)| / |rₖ(0)| against time",
  countWeak: (count: number) => (count === 1 ? "1 frequency too weak to count" : `${whole(count)} frequencies too weak to count`),
} as const;

const help: Help = {
  text:
    "The residual split into plain waves over the inputs, whatever the kernel is. Each row is one frequency, each colour the share of its " +
    "start that is left. Low rows that darken first are spectral bias. Frequencies that begin below 5 % of the strongest are left blank.",
  formulas: [
    String.raw`r_k(t) = \frac1n \sum_j r_j(t)\,e^{-2\pi i k x_j}`,
    String.raw`r(t) = Q\,e^{-\Lambda t}\,Q^{\top} r(0)`,
  ],
  sources: [RAHAMAN, BASRI],
  measured: frequenciesLeft,
};

export const residualFrequencyChart: ChartDefinition = {
  id: "residual-frequency",
  title: "The residual by frequency",
  section: "order",
  help,
  figure,
  overTime: true,
  haloed: true,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const start = startOf(run);
  const counts = countingFrequencies(start);
  const rows = started ? rowsOf(started, counts) : [];
  const heat = started ? heatOf(run, started, rows, (frame, row) => (counts[row] ? (frame.residual_spectrum[row] ?? NaN) / (start?.[row] ?? NaN) : null)) : null;
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
    subtitle: words.subtitle,
    legend: heatLegend(),
    note: heat?.trace && weak ? words.countWeak(weak) : null,
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
          ["|rₖ|", number(frame.residual_spectrum[row], 4)],
          [`${chartWords.remaining}, ${chartWords.measured}`, number((frame.residual_spectrum[row] ?? NaN) / (start?.[row] ?? NaN), 4)],
        ],
        group: null,
      };
    },
  };
}

/** The spectrum before the first step. */
export function startOf(run: RunState): Float32Array | null {
  return run.frames.find((frame) => frame.time === 0)?.residual_spectrum ?? null;
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
  if (!started.frequencies.length) return words.notEquispaced;
  if (start && !counts.includes(true)) return words.noResidual;
  return drawn ? null : chartWords.waiting;
}

function frequenciesLeft(run: RunState): Measured[] {
  const frame = run.frames.at(-1);
  const started = run.started;
  if (!frame || !started) return [];
  const start = startOf(run);
  const counts = countingFrequencies(start);
  const epsilon = started.epsilon;
  const below = counts.filter((one, k) => one && (frame.residual_spectrum[k] as number) < epsilon * (start?.[k] as number)).length;
  return [
    { label: "Frequencies that count", value: whole(counts.filter(Boolean).length) },
    { label: `Of these, below ε = ${number(epsilon)} of their start`, value: whole(below) },
    { label: "Median error of the law, over the modes that count", value: percent(frame.median_errors[started.law]) },
    ...wavesLeft(run, frame),
  ];
}

/** The waves of the target: what is wrong of each now, or when it was learnt for good. */
function wavesLeft(run: RunState, frame: Frame): Measured[] {
  const { started, finished } = run;
  return (started?.waves ?? []).flatMap((wave, k) => {
    const error = frame.wave_errors[k];
    if (error === undefined || !(error >= 0)) return [];
    const row = finished?.waves[k];
    const name = wave.source === "mean" ? words.mean : words.wave(frequency(wave.frequency), wave.share);
    if (!row) return [{ label: name, value: words.wrong(error) }];
    const came = row.measured_step !== null ? words.learntAt(row.measured_step) : row.lost ? words.lost(error) : words.wrong(error);
    return [{ label: name, value: came }];
  });
}
