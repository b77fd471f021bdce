/** (10) The spectrum of K_0 against the modes' input-space frequency; odd and even ones apart on a circle. */
import type { Started } from "../api/codec";
import type { FrequencyFit, Group } from "../api/types";
import { number, withError } from "../format";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { withOpacity } from "../theme/mode-colour";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { Chart } from "./chart";
import { tight } from "./learning-times";
import { decadeAxis, doublings, layoutOf } from "./parts/axes";
import type { Hover, LegendItem, Trace } from "./parts/figure";
import { colourOf, describeGroup, numberOf } from "./parts/groups";
import { chartWords } from "./parts/words";
import { moreWords } from "./parts/words-more";

const INTERVAL = 250;
const FADED = 0.25;

interface Placed {
  index: number;
  group: Group;
  frequency: number;
}

export const frequencyEigenvalueChart: Chart = (run, view, theme) => {
  const { started } = run;
  const placed = started ? placedGroups(started) : [];
  // Parity belongs to a circle: on an interval half a period counts too.
  const parity = started?.geometry === "circle";
  const kinds = parity ? [placed.filter(isOdd), placed.filter((one) => !isOdd(one))] : [placed];
  const limit = started && placed.length ? infiniteLines(started, parity, theme) : [];
  const fits = started && placed.length ? apart(started.frequency_fits) : [];
  const lines = fits.flatMap((fit) => fitLine(fit, theme));
  const x = tight([...placed.map(({ frequency }) => frequency), ...limit.flatMap((line) => line.x as number[])]);
  const marked = started && placed.length ? kinds.map((kind, i) => marks(started, kind, i === 1, view, theme)) : [];
  const data = [...limit, ...lines, ...marked];
  return {
    data,
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:frequency-eigenvalue`,
      x: { ...x, ...doublings(x, theme) },
      y: decadeAxis([...placed.map(({ group }) => group.eigenvalue), ...[...limit, ...lines].flatMap((line) => line.y as number[])]),
      xTitle: chartWords.frequencyAxis,
      yTitle: chartWords.eigenvalueAxis,
      large: true,
      rotated: true,
      headroom: 2,
    }),
    subtitle: view.narrow ? chartWords.frequencyEigenvalueSubtitleShort : chartWords.frequencyEigenvalueSubtitle,
    legend: placed.length ? legendOf(parity, lines.length > 0, limit.length > 0, view, theme) : [],
    note: started && placed.length ? noteOf(fits, countFlat(started)) : null,
    empty: started ? (placed.length ? null : chartWords.noFrequencies) : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => {
      const found = kinds[trace - (data.length - marked.length)]?.[point];
      if (found) return describeGroup(run, found.index);
      const line = limit[trace];
      return line ? describeInfinite(run, line, point) : null;
    },
  };
};

/** Odd and even frequencies apart where both have a fit; else all of them. */
export function apart(fits: FrequencyFit[] | undefined): FrequencyFit[] {
  const of = (kind: FrequencyFit["frequencies"]) => fits?.filter((fit) => fit.frequencies === kind) ?? [];
  const two = [...of("odd"), ...of("even")];
  return two.length === 2 ? two : of("all");
}

/** "odd −1.971 ± 0.032, even −2.350 ± 0.051". */
export function exponentsOf(fits: FrequencyFit[]): [kind: string, value: string][] {
  const names = { all: "", odd: moreWords.odd, even: moreWords.even };
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
    name: even ? chartWords.evenFrequency : chartWords.oddFrequency,
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
      name: moreWords.fit,
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
  const limit = started.infinite;
  if (!limit) return [];
  const seen = new Map<number, number>();
  limit.mode_frequencies.forEach((frequency, mode) => {
    const eigenvalue = limit.eigenvalues[mode] ?? 0;
    if (frequency > 0 && eigenvalue > limit.noise_floor && !seen.has(frequency)) seen.set(frequency, eigenvalue);
  });
  const all = [...seen].sort(([a], [b]) => a - b);
  const kinds = parity ? [all.filter(([frequency]) => frequency % 2 === 1), all.filter(([frequency]) => frequency % 2 !== 1)] : [all];
  return kinds
    .filter((kind) => kind.length > 1)
    .map((kind) => ({
      name: moreWords.infiniteWidth,
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
  return { title: chartWords.frequencyName(frequency), rows: [[`${chartWords.eigenvalue}, ${moreWords.infiniteWidth}`, number(line.y[point], 4)]], group: null };
}

/** One of the two: both would leave a narrow card. The help has the count, too. */
function noteOf(fits: FrequencyFit[], flat: number): string | null {
  if (fits.length) return moreWords.exponents(exponentsOf(fits));
  return flat ? chartWords.countFlat(flat) : null;
}

function legendOf(parity: boolean, fit: boolean, limit: boolean, view: View, theme: Theme): LegendItem[] {
  const colour = TOKENS[theme].muted;
  const legend: LegendItem[] = [];
  if (parity) legend.push({ mark: "dot", colour, text: chartWords.oddFrequency }, { mark: "frame", colour, text: chartWords.evenFrequency });
  if (fit && !view.narrow) legend.push({ mark: "thin", colour: TOKENS[theme].text, text: moreWords.fit });
  if (limit) legend.push({ mark: "dotted", colour: SERIES[theme].infinite, text: view.narrow ? moreWords.infiniteWidthShort : moreWords.infiniteWidth });
  return legend;
}
