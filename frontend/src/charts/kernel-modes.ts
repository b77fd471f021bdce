/** The leading modes of K_t at the play-head over those of K_0. */
import { number, whole } from "../format";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { modeColour, modePosition, withOpacity } from "../theme/mode-colour";
import type { Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { placesOf, pointsOf, type AtPoints } from "./parts/at-points";
import { layoutOf } from "./parts/axes";
import type { Figure, Trace } from "./parts/figure";
import { angleAxis, closed, positionAxis } from "./parts/positions";
import { isLine } from "./parts/rows";
import { BARATIN, FORT } from "./parts/sources";
import { column, gaps, largest } from "./parts/values";
import { timed } from "./parts/widest";
import { chartWords } from "./parts/words";

const INTERVAL = 200;
/** More lie over each other; of a pair both are drawn. */
const [MOST, MOST_NARROW] = [5, 3];
const FADED = 0.45;

const words = {
  subtitle: (count: number) => `modes 1 to ${count}: lines of Kₜ, dashes of K₀`,
  point: "point",
  value: "value",
  modeOf: (mode: number, kernel: string) => `Mode ${whole(mode)} of ${kernel}`,
  symbol: "qᵢ",
} as const;

const help: Help = {
  text:
    "The shapes that the kernel learns first. Lines are the modes of the kernel at the play-head, dashes those of the kernel at the start; where the lines leave the dashes, training has " +
    "turned the kernel towards the target. Modes that share an eigenvalue have no direction of their own: each group is turned to be nearest to the start's.",
  formulas: [String.raw`K_t\, q_i = \lambda_i\, q_i`],
  sources: [BARATIN, FORT],
  measured: modeNumbers,
};

export const kernelModesChart: ChartDefinition = {
  id: "kernel-modes",
  title: "Modes of the kernel now",
  section: "moved",
  help,
  figure,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const { start, now, frame } = pointsOf(run, view);
  const count = Math.min(view.narrow ? MOST_NARROW : MOST, start?.modes.shape[1] ?? 0);
  const round = started?.geometry === "circle";
  const lines = started !== null && isLine(started);
  const places = started && start ? placesOf(started, start) : [];
  const colour = (mode: number) => modeColour(modePosition(mode + 1, Math.max(count, 2)), theme);
  const line = (kernel: string, told: AtPoints, mode: number, style: object): Trace => ({
    name: words.modeOf(mode + 1, kernel),
    type: "scatter",
    mode: lines ? "lines" : "markers",
    x: closed(places, round, 2 * Math.PI),
    y: closed(gaps(column(told.modes, mode)), round, 0),
    ...style,
    hoverinfo: "none",
  });
  const modes = Array.from({ length: count }, (_, mode) => mode);
  const drawn = [
    ...(start ? modes.map((mode) => ({ mode, told: start, kernel: chartWords.kernelStart, eigenvalue: started?.eigenvalues[mode] })) : []),
    ...(now ? modes.map((mode) => ({ mode, told: now, kernel: chartWords.kernelNow, eigenvalue: frame?.eigenvalues[mode] })) : []),
  ];
  const top = 1.06 * (largest(start?.modes.values ?? null, ...run.kernelFrames.map((one) => one.at_points?.modes.values ?? null)) || 1);
  return {
    data: drawn.map(({ mode, told, kernel }) => {
      const first = kernel === chartWords.kernelStart;
      const shade = first ? withOpacity(colour(mode), FADED) : colour(mode);
      return line(kernel, told, mode, lines ? { line: { color: shade, width: first ? 1.5 : 2.5, dash: first ? "5px,4px" : "solid", simplify: false } } : { marker: { color: shade, size: first ? 8 : 5, symbol: first ? "circle-open" : "circle", opacity: 1 } });
    }),
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:kernel-modes`,
      x: round ? angleAxis() : lines ? positionAxis(started) : { type: "linear", range: [0, places.length + 1] },
      y: { type: "linear", range: [-top, top] },
      xTitle: round ? chartWords.angle : lines ? chartWords.x : words.point,
      yTitle: words.symbol,
      large: true,
    }),
    ...timed(start ? words.subtitle(count) : "", now && frame?.time, started),
    legend: modes.map((mode) => ({ mark: "line", colour: colour(mode), text: whole(mode + 1) })),
    note: null,
    empty: started ? (start ? null : chartWords.notMeasured) : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => {
      const found = drawn[trace];
      if (!found || !places.length) return null;
      const at = point % places.length;
      const value = column(found.told.modes, found.mode)[at];
      return { title: words.modeOf(found.mode + 1, found.kernel), rows: [[round ? chartWords.angle : lines ? chartWords.x : words.point, number(places[at], 4)], [words.value, number(value, 4)], [chartWords.eigenvalue, number(found.eigenvalue, 4)]], group: null };
    },
  };
}

function modeNumbers(run: RunState): Measured[] {
  const last = run.kernelFrames.at(-1);
  if (!last) return [];
  return [
    { label: "Leading modes compared", value: whole(last.leading_modes) },
    { label: "Overlap of their span with K₀'s", value: number(last.subspace_overlap) },
  ];
}
