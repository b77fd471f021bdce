/** (3) The spectrum of K_0, of K_t and of infinite width, with the noise floor and the largest stable eigenvalue, 2/eta. */
import type { Started } from "../api/codec";
import { number, percent, whole } from "../format";
import { kernelFrameOf } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { decadeAxis, floorLabel, floorRegion, layoutOf } from "./parts/axes";
import type { Axis, Figure, Hover, LegendItem, Trace } from "./parts/figure";
import { largestStableOf } from "./parts/growth";
import { colourOf, describeGroup } from "./parts/groups";
import { BASRI, COHEN, JACOT } from "./parts/sources";
import { timed } from "./parts/widest";
import { chartWords } from "./parts/words";

const INTERVAL = 250;
const MOST_POINTS = 160;

const words = {
  subtitle: "λᵢ against i",
  symbol: "λᵢ",
  /** Where the line also counts what is below round-off. */
  infiniteShort: "∞",
  floorBelow: (floor: number) => `↓ round-off, ${number(floor)}`,
} as const;

const help: Help = {
  text:
    "Each eigenvalue is a speed: mode i needs a time of about 1/λᵢ. Open circles are the kernel at the start, filled ones the kernel " +
    "at the play-head, the dotted line the same network at infinite width, Θ. A mode above the line 2/η grows at every step. Below the hatched edge an eigenvalue is round-off.",
  formulas: [
    String.raw`K_t = J_t J_t^{\top},\quad J_t = \frac{\partial f(X;\theta_t)}{\partial\theta}`,
    String.raw`\text{stable: } \eta < \frac{2}{\lambda_1}, \qquad \text{floor: } n\,u\,\lambda_1`,
  ],
  sources: [JACOT, BASRI, COHEN],
  measured: spectrumNumbers,
};

export const eigenvaluesChart: ChartDefinition = {
  id: "eigenvalues",
  title: "Eigenvalues of the kernel",
  section: "six",
  help,
  figure,
  picks: "modes",
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const kernel = kernelFrameOf(run, view);
  const floor = started?.noise_floor ?? 0;
  const largestStable = started ? largestStableOf(started) : 0;
  const shown = started ? picks(started.eigenvalues.length) : [];
  const x: Axis = { type: "log", range: [-0.12, Math.log10(Math.max(10, started?.eigenvalues.length ?? 10)) + 0.12] };
  const y = started ? valueAxis(run, started, floor, largestStable) : decadeAxis([]);
  const hatched = floor > 0 && Math.log10(floor) > y.range[0];
  const before = started ? spectrum(started, started.eigenvalues, shown, theme, kernel !== null, view) : null;
  const now = started && kernel ? spectrum(started, kernel.eigenvalues, shown, theme, false, view) : null;
  const data: Trace[] = [];
  if (hatched) data.push(floorRegion(floor, x, theme));
  if (before) data.push(before.trace);
  if (now) data.push(now.trace);
  const infinite = started ? infiniteSpectrum(started, shown, theme) : null;
  const mostBelow = started ? Math.max(...[started, ...run.kernelFrames].map(({ eigenvalues }) => countBelow(eigenvalues, floor))) : 0;
  if (infinite) data.push(infinite);
  const drawnNow = now ?? before;
  return {
    data,
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:eigenvalues`,
      x,
      y,
      xTitle: chartWords.modeNumber,
      yTitle: words.symbol,
      large: false,
      shapes: started ? [stableLine(largestStable, theme)] : [],
      annotations: started ? [stableLabel(largestStable, theme), hatched ? floorLabel(floor, y, theme) : distantFloor(floor, theme)] : [],
    }),
    ...timed(words.subtitle, kernel?.time, started),
    legend: started ? legendOf(started, kernel !== null, infinite && (mostBelow ? words.infiniteShort : chartWords.infiniteWidth), theme) : [],
    note: drawnNow?.below ? chartWords.countBelow(drawnNow.below) : null,
    ...(mostBelow && { widestNote: chartWords.countBelow(mostBelow) }),
    empty: started ? (drawnNow?.trace.x.length ? null : chartWords.noEigenvalues) : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => {
      const found = data[trace];
      const mode = found?.x[point];
      if (!started || mode == null) return null;
      return describeEigenvalue(run, started, mode - 1, kernel?.eigenvalues[mode - 1]);
    },
  };
}

/** Mode numbers from 0: all of them, or logarithmically spread ones where there are very many. */
function picks(count: number): number[] {
  if (count <= MOST_POINTS) return Array.from({ length: count }, (_, i) => i);
  const spread = Array.from({ length: MOST_POINTS }, (_, i) => Math.round(count ** (i / (MOST_POINTS - 1))) - 1);
  return [...new Set(spread)];
}

function spectrum(started: Started, values: Float32Array, shown: number[], theme: Theme, open: boolean, view: View): { trace: Trace; below: number } {
  const kept = shown.filter((mode) => (values[mode] as number) > started.noise_floor);
  const group = view.selected === null ? undefined : started.groups[view.selected];
  const marker = open
    ? { size: 8, symbol: "circle-open", color: SERIES[theme].data, opacity: 1, line: { width: 1 } }
    : {
        size: kept.map((mode) => (group?.modes.includes(mode) ? 9 : 5)),
        color: kept.map((mode) => colourOf(started, mode + 1, theme)),
        opacity: 1,
        line: { width: 0 },
      };
  const trace: Trace = {
    name: open ? chartWords.kernelStart : chartWords.kernelNow,
    type: "scatter",
    mode: "markers",
    x: kept.map((mode) => mode + 1),
    y: kept.map((mode) => values[mode] as number),
    marker,
    hoverinfo: "none",
  };
  return { trace, below: countBelow(values, started.noise_floor) };
}

function countBelow(values: Float32Array, floor: number): number {
  return values.reduce((count, value) => (value > floor ? count : count + 1), 0);
}

/** Theory lies as a line over the points; below either kernel's floor it says nothing. */
function infiniteSpectrum(started: Started, shown: number[], theme: Theme): Trace | null {
  const { infinite } = started;
  if (!infinite) return null;
  const floor = Math.max(infinite.noise_floor, started.noise_floor);
  const kept = shown.filter((mode) => (infinite.eigenvalues[mode] as number) > floor);
  return {
    name: chartWords.infiniteWidth,
    type: "scatter",
    mode: "lines",
    x: kept.map((mode) => mode + 1),
    y: kept.map((mode) => infinite.eigenvalues[mode] as number),
    line: { color: SERIES[theme].infinite, width: 2, dash: "2px,4px", simplify: true },
    hoverinfo: "skip",
  };
}

function legendOf(started: Started, moved: boolean, infinite: string | null, theme: Theme): LegendItem[] {
  const items: LegendItem[] = [];
  if (moved) {
    items.push({ mark: "ring", colour: SERIES[theme].data, text: chartWords.kernelStart });
    items.push({ mark: "dot", colour: colourOf(started, 1, theme), text: chartWords.kernelNow });
  }
  if (infinite) items.push({ mark: "dotted", colour: SERIES[theme].infinite, text: infinite });
  return items;
}

/**
 * Whole decades around all spectra so far and 2/eta; the floor too, unless that would leave the spectrum
 * less than half of the axis: then it is named at the bottom.
 */
function valueAxis(run: RunState, started: Started, floor: number, largestStable: number): Axis {
  const all = [started.eigenvalues, started.infinite?.eigenvalues ?? new Float32Array(), ...run.kernelFrames.map((frame) => frame.eigenvalues)].flatMap((values) => {
    const kept = values.filter((value) => value > floor);
    return kept.length ? [kept[0] as number, kept.at(-1) as number] : [];
  });
  const axis = decadeAxis([...all, largestStable]);
  const [bottom, top] = axis.range;
  const depth = Math.floor(Math.log10(floor)) - (top - bottom > 8 ? 2 : 1);
  if (floor > 0 && bottom - depth <= Math.max(3, top - bottom)) axis.range[0] = depth;
  // The words of 2/eta stand above its line.
  if (axis.range[1] - Math.log10(largestStable) < 0.09 * (axis.range[1] - axis.range[0])) axis.range[1] += 1;
  return axis;
}

function distantFloor(floor: number, theme: Theme): object {
  return {
    text: words.floorBelow(floor),
    xref: "paper",
    yref: "paper",
    x: 0,
    y: 0,
    xanchor: "left",
    yanchor: "bottom",
    xshift: 4,
    showarrow: false,
    font: { size: 11, color: TOKENS[theme].axis },
  };
}

function stableLine(largestStable: number, theme: Theme): object {
  return { type: "line", xref: "paper", x0: 0, x1: 1, y0: largestStable, y1: largestStable, layer: "below", line: { color: TOKENS[theme].axis, width: 1 } };
}

function stableLabel(largestStable: number, theme: Theme): object {
  return {
    text: chartWords.limit,
    xref: "paper",
    x: 1,
    xanchor: "right",
    y: Math.log10(largestStable),
    yanchor: "bottom",
    showarrow: false,
    font: { size: 11, color: TOKENS[theme].axis },
  };
}

function describeEigenvalue(run: RunState, started: Started, mode: number, now: number | undefined): Hover {
  const rows: Hover["rows"] = [[`${chartWords.eigenvalue}, ${chartWords.kernelStart}`, number(started.eigenvalues[mode], 4)]];
  if (now !== undefined) rows.push([`${chartWords.eigenvalue}, ${chartWords.kernelNow}`, number(now, 4)]);
  const infinite = started.infinite?.eigenvalues[mode];
  if (infinite !== undefined && infinite > (started.infinite?.noise_floor ?? 0)) rows.push([chartWords.lambdaOf(chartWords.infiniteWidth), number(infinite, 4)]);
  const index = started.groups.findIndex((group) => group.modes.includes(mode));
  const group = describeGroup(run, index);
  // The group's eigenvalue is the mean of its modes': here each has its own.
  return { title: chartWords.mode(mode + 1), rows: [...rows, ...(group?.rows.slice(1) ?? [])], group: index < 0 ? null : index };
}

function spectrumNumbers(run: RunState): Measured[] {
  const started = run.started;
  if (!started) return [];
  const first = started.eigenvalues[0] ?? NaN;
  const rows: Measured[] = [
    { label: "Noise floor n u λ₁", value: number(started.noise_floor) },
    { label: "Eigenvalues below it", value: whole(started.below_floor) },
    { label: "η λ₁ / 2 at the start (stable below 1)", value: number(first / largestStableOf(started)) },
  ];
  const kernel = run.kernelFrames.at(-1);
  const { infinite } = started;
  if (infinite?.distance != null) rows.push({ label: "K₀ from infinite width, ‖K₀ − Θ‖ / ‖Θ‖", value: percent(infinite.distance) });
  if (infinite?.truncation_error) rows.push({ label: "Error of Θ, found by quadrature", value: number(infinite.truncation_error) });
  if (kernel) rows.push({ label: "Change of λ₁ since", value: percent((kernel.eigenvalues[0] ?? NaN) / first - 1) });
  return rows;
}
