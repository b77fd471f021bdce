/** (10) The spectrum of K_0 against the modes' input-space frequency; odd and even ones apart on a circle. */
import type { Started } from "../api/codec";
import type { FrequencyFit, Group } from "../api/types";
import { number, plain, whole, withError } from "../format";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { withOpacity } from "../theme/mode-colour";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { decadeAxis, doublings, layoutOf, tight } from "./parts/axes";
import type { Figure, Hover, LegendItem, Trace } from "./parts/figure";
import { colourOf, describeGroup, numberOf } from "./parts/groups";
import { BASRI } from "./parts/sources";
import { chartWords } from "./parts/words";

const INTERVAL = 250;
const FADED = 0.25;

interface Placed {
  index: number;
  group: Group;
  frequency: number;
}

const words = {
  noFrequencies: "The modes of these points have no single frequency.",
  subtitleShort: "λ against k",
  subtitle: "λ of K₀ against frequency k",
  oddFrequency: "odd k",
  evenFrequency: "even k",
  countFlat: (count: number) => (count === 1 ? "1 mode of frequency 0 left out" : `${whole(count)} modes of frequency 0 left out`),
  infiniteWidthShort: "width ∞",
  exponents: (fits: [kind: string, value: string][]) => `exponent ${fits.map(([kind, value]) => (kind ? `${kind} ${value}` : value)).join(", ")}`,
  odd: "odd",
  even: "even",
} as const;

const help: Help = {
  text:
    "How fast the kernel is for each frequency of the inputs. For ReLU on a circle the eigenvalue falls like 1/k² at high frequencies, so " +
    "that twice the frequency takes four times as long. Odd and even frequencies may fall apart from each other; without a bias one hidden layer has no odd ones above 1. " +
    "On an interval a mode's frequency is half its number of sign changes. Thin lines are fitted to K₀ up to a quarter of the number of points; " +
    "the dotted one is the same network at infinite width.",
  formulas: [String.raw`K_0\, q_k = \lambda_k\, q_k, \qquad \lambda_k \sim k^{-2}, \qquad \frac{\lambda_k}{\lambda_{2k}} \to 4`],
  sources: [BASRI],
  measured: frequencyNumbers,
};

export const frequencyEigenvalueChart: ChartDefinition = {
  id: "frequency-eigenvalue",
  title: "Eigenvalues by frequency",
  section: "order",
  help,
  figure,
  picks: "modes",
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const placed = started ? placedGroups(started) : [];
  // Parity belongs to a circle: on an interval half a period counts too.
  const parity = started?.geometry === "circle";
  const kinds = parity ? [placed.filter(isOdd), placed.filter((one) => !isOdd(one))] : [placed];
  const infinite = started && placed.length ? infiniteLines(started, parity, theme) : [];
  const fits = started && placed.length ? apart(started.frequency_fits) : [];
  const lines = fits.flatMap((fit) => fitLine(fit, theme));
  const x = tight([...placed.map(({ frequency }) => frequency), ...infinite.flatMap((line) => line.x as number[])]);
  const marked = started && placed.length ? kinds.map((kind, i) => marks(started, kind, i === 1, view, theme)) : [];
  const data = [...infinite, ...lines, ...marked];
  return {
    data,
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:frequency-eigenvalue`,
      x: { ...x, ...doublings(x, theme) },
      y: decadeAxis([...placed.map(({ group }) => group.eigenvalue), ...[...infinite, ...lines].flatMap((line) => line.y as number[])]),
      xTitle: chartWords.frequencyAxis,
      yTitle: chartWords.eigenvalueAxis,
      large: true,
      rotated: true,
      headroom: 2,
    }),
    subtitle: view.narrow ? words.subtitleShort : words.subtitle,
    legend: placed.length ? legendOf(parity, lines.length > 0, infinite.length > 0, view, theme) : [],
    note: started && placed.length ? noteOf(fits, countFlat(started)) : null,
    empty: started ? (placed.length ? null : words.noFrequencies) : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => {
      const found = kinds[trace - (data.length - marked.length)]?.[point];
      if (found) return describeGroup(run, found.index);
      const line = infinite[trace];
      return line ? describeInfinite(run, line, point) : null;
    },
  };
}

/** Odd and even frequencies apart where both have a fit; else all of them. */
export function apart(fits: FrequencyFit[] | undefined): FrequencyFit[] {
  const of = (kind: FrequencyFit["frequencies"]) => fits?.filter((fit) => fit.frequencies === kind) ?? [];
  const two = [...of("odd"), ...of("even")];
  return two.length === 2 ? two : of("all");
}

/** "odd −1.971 ± 0.032, even −2.350 ± 0.051". */
export function exponentsOf(fits: FrequencyFit[]): [kind: string, value: string][] {
  const names = { all: "", odd: words.odd, even: words.even };
  return fits.map((fit) => [names[fit.frequencies], withError(fit.exponent, fit.standard_error)]);
}

/** Groups above round-off with a frequency that a logarithmic axis can hold. */
export function placedGroups(started: Started): Placed[] {
  return started.groups.flatMap((group, index): Placed[] => {
    const { frequency, eigenvalue } = group;
    return frequency !== null && frequency > 0 && eigenvalue > started.noise_floor ? [{ index, group, frequency }] : [];
  });
}

/** Modes of frequency 0, which has no place on a logarithmic axis. */
export function countFlat(started: Started): number {
  const flat = started.groups.filter((group) => group.frequency === 0 && group.eigenvalue > started.noise_floor);
  return flat.reduce((sum, group) => sum + group.modes.length, 0);
}

function isOdd({ frequency }: Placed): boolean {
  return frequency % 2 === 1;
}

/** Each group in its first mode's colour: the kernel has it, whatever the target holds. */
function marks(started: Started, kind: Placed[], even: boolean, view: View, theme: Theme): Trace {
  const colour = ({ group, index }: Placed) =>
    withOpacity(colourOf(started, numberOf(group), theme), view.selected !== null && view.selected !== index ? FADED : 1);
  return {
    name: even ? words.evenFrequency : words.oddFrequency,
    type: "scatter",
    mode: "markers",
    x: kind.map(({ frequency }) => frequency),
    y: kind.map(({ group }) => group.eigenvalue),
    marker: {
      size: kind.map(({ index }) => (view.selected === index ? 11 : 8)),
      symbol: even ? "square-open" : "circle",
      color: kind.map(colour),
      opacity: 1,
      line: { width: even ? 1.5 : 0 },
    },
    cliponaxis: false,
    hoverinfo: "none",
  };
}

/** Solid for odd or all, as their marks are filled; the ends are all that a line needs. */
function fitLine(fit: FrequencyFit, theme: Theme): Trace[] {
  const { lowest, highest, lowest_eigenvalue: left, highest_eigenvalue: right } = fit;
  if (left == null || right == null || !(left > 0) || !(right > 0)) return [];
  return [
    {
      name: chartWords.fit,
      type: "scatter",
      mode: "lines",
      x: [lowest, highest],
      y: [left, right],
      line: { color: TOKENS[theme].text, width: 1, dash: "solid" },
      hoverinfo: "skip",
    },
  ];
}

/** The eigenvalues of Theta by the frequency of its own modes, one a frequency: both modes of a pair have the same. */
function infiniteLines(started: Started, parity: boolean, theme: Theme): Trace[] {
  const infinite = started.infinite;
  if (!infinite) return [];
  const seen = new Map<number, number>();
  infinite.mode_frequencies.forEach((frequency, mode) => {
    const eigenvalue = infinite.eigenvalues[mode] ?? 0;
    if (frequency > 0 && eigenvalue > infinite.noise_floor && !seen.has(frequency)) seen.set(frequency, eigenvalue);
  });
  const all = [...seen].sort(([a], [b]) => a - b);
  const kinds = parity ? [all.filter(([frequency]) => frequency % 2 === 1), all.filter(([frequency]) => frequency % 2 !== 1)] : [all];
  return kinds
    .filter((kind) => kind.length > 1)
    .map((kind) => ({
      name: chartWords.infiniteWidth,
      type: "scatter",
      mode: "lines",
      x: kind.map(([frequency]) => frequency),
      y: kind.map(([, eigenvalue]) => eigenvalue),
      line: { color: SERIES[theme].infinite, width: 2, dash: "2px,3px" },
      hoverinfo: "none",
    }));
}

function describeInfinite(run: RunState, line: Trace, point: number): Hover | null {
  const frequency = line.x[point];
  if (frequency == null || !run.started) return null;
  return { title: chartWords.frequencyName(frequency), rows: [[`${chartWords.eigenvalue}, ${chartWords.infiniteWidth}`, number(line.y[point], 4)]], group: null };
}

/** One of the two: both would leave a narrow card. The help has the count, too. */
function noteOf(fits: FrequencyFit[], flat: number): string | null {
  if (fits.length) return words.exponents(exponentsOf(fits));
  return flat ? words.countFlat(flat) : null;
}

function legendOf(parity: boolean, fit: boolean, infinite: boolean, view: View, theme: Theme): LegendItem[] {
  const colour = TOKENS[theme].muted;
  const legend: LegendItem[] = [];
  if (parity) legend.push({ mark: "dot", colour, text: words.oddFrequency }, { mark: "frame", colour, text: words.evenFrequency });
  if (fit && !view.narrow) legend.push({ mark: "thin", colour: TOKENS[theme].text, text: chartWords.fit });
  if (infinite) legend.push({ mark: "dotted", colour: SERIES[theme].infinite, text: view.narrow ? words.infiniteWidthShort : chartWords.infiniteWidth });
  return legend;
}

/** λ_k / λ_2k, beside the 4 of the formula, and the exponents beside its −2. */
function frequencyNumbers(run: RunState): Measured[] {
  const started = run.started;
  if (!started) return [];
  const eigenvalues = new Map<number, number>();
  for (const { frequency, group } of placedGroups(started)) if (!eigenvalues.has(frequency)) eigenvalues.set(frequency, group.eigenvalue);
  const rows: Measured[] = [
    { label: "Groups with a frequency above 0", value: whole(placedGroups(started).length) },
    { label: "Modes of frequency 0, left out", value: whole(countFlat(started)) },
  ];
  for (const k of [1, 2, 4, 8, 16]) {
    const [one, two] = [eigenvalues.get(k), eigenvalues.get(2 * k)];
    if (one !== undefined && two !== undefined) rows.push({ label: `Eigenvalue at k = ${k} over that at ${2 * k}`, value: number(one / two) });
  }
  return [...rows, ...exponents("K₀", started.frequency_fits), ...exponents("Infinite width", started.infinite?.frequency_fits)];
}

/** With the frequencies that the fit covers. */
function exponents(kernel: string, fits: FrequencyFit[] | undefined): Measured[] {
  const chosen = apart(fits);
  return exponentsOf(chosen).map(([kind, value], i) => {
    const fit = chosen[i] as FrequencyFit;
    return { label: `${kernel}, exponent, ${kind ? `${kind} ` : ""}k from ${plain(fit.lowest)} to ${plain(fit.highest)}`, value };
  });
}
