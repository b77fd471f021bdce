/** (11) How much of the target lies in the leading modes of K_0: what a kernel learns early, and what it leaves for later. */
import type { Started } from "../api/codec";
import { number, percent, whole } from "../format";
import { spreadPicks } from "../run/at-time";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { withOpacity } from "../theme/mode-colour";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { doublings, layoutOf } from "./parts/axes";
import type { Axis, Figure, Hover, Trace } from "./parts/figure";
import { colourOf, describeGroup } from "./parts/groups";
import { CANATAR } from "./parts/sources";
import { chartWords } from "./parts/words";

const INTERVAL = 250;
const MOST_POINTS = 160;
const FADED = 0.25;
/** Shares whose mode is named. */
const NAMED = [0.9, 0.99];
/** What float32 leaves of a share. */
const ROUNDING = 1e-6;

const words = {
  noTarget: "The target is 0 everywhere.",
  subtitle: "share of ‖y‖² in modes 1 to i of K₀",
  shareAxis: "share of the target",
  share: "in modes up to this",
  reached: (marks: [share: string, mode: string][]) => marks.map(([share, mode]) => `${share} by mode ${mode}`).join(", "),
} as const;

const help: Help = {
  text:
    "The target split into the eigenvectors of K₀, summed from the fastest mode on. A curve that rises at once is a target that the kernel " +
    "learns early; what is missing at mode i waits for slower ones. Modes below round-off are left out: the kernel cannot tell them.",
  formulas: [String.raw`C(i) = \frac{\sum_{j\le i} (q_j^{\top} y)^2}{\lVert y\rVert^2}, \qquad K_0 = Q\,\Lambda\,Q^{\top}`],
  sources: [CANATAR],
  measured: powerNumbers,
};

export const targetPowerChart: ChartDefinition = {
  id: "target-power",
  title: "Where the target lies",
  section: "order",
  help,
  figure,
  picks: "modes",
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const power = started ? powerAbove(started) : null;
  const kept = power?.length ?? 0;
  const modes = power ? [...spreadPicks(Array.from(power, (_, i) => i + 1), MOST_POINTS)] : [];
  const named = power ? reached(power) : [];
  const x: Axis = { type: "log", range: [-0.08, Math.log10(Math.max(8, kept)) + 0.08] };
  return {
    data: started && power ? [steps(power, modes, theme), points(started, power, modes, view, theme), labels(power, named, theme)] : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:target-power`,
      x: { ...x, ...doublings(x, theme) },
      y: { type: "linear", range: [0, 103], ticksuffix: "\u2009%" },
      xTitle: chartWords.modeNumber,
      yTitle: words.shareAxis,
      large: true,
      rotated: true,
      headroom: true,
    }),
    subtitle: words.subtitle,
    legend: [],
    note: noteOf(started, named),
    empty: emptyOf(started, power),
    interval: INTERVAL,
    describe: (trace, point) => {
      const mode = modes[point];
      return power && mode !== undefined && trace < 2 ? describeShare(run, mode, power[mode] as number) : null;
    },
  };
}

/** The shares of modes above round-off; null where they were not measured. */
export function powerAbove(started: Started): Float32Array | null {
  const power = started.target_power;
  return power?.length && Number.isFinite(power[0]) ? power.subarray(0, started.eigenvalues.length - started.below_floor) : null;
}

/** The modes, counted from 0, at which the named shares are reached above round-off. */
export function reached(power: Float32Array): { share: number; mode: number }[] {
  return NAMED.map((share) => ({ share, mode: power.findIndex((value) => value >= share - ROUNDING) })).filter(({ mode }) => mode >= 0);
}

/** Modes are counted from 1, shares in percent. */
function placed(power: Float32Array, modes: number[]): Pick<Trace, "x" | "y"> {
  return { x: modes.map((mode) => mode + 1), y: modes.map((mode) => 100 * (power[mode] as number)) };
}

function steps(power: Float32Array, modes: number[], theme: Theme): Trace {
  return {
    name: words.share,
    type: "scatter",
    mode: "lines",
    ...placed(power, modes),
    line: { color: SERIES[theme].data, width: 1, shape: "hv" },
    hoverinfo: "none",
  };
}

function points(started: Started, power: Float32Array, modes: number[], view: View, theme: Theme): Trace {
  const group = view.selected === null ? undefined : started.groups[view.selected];
  return {
    name: chartWords.measured,
    type: "scatter",
    mode: "markers",
    ...placed(power, modes),
    marker: {
      size: modes.map((mode) => (group?.modes.includes(mode) ? 9 : 6)),
      color: modes.map((mode) => withOpacity(colourOf(started, mode + 1, theme), group && !group.modes.includes(mode) ? FADED : 1)),
      opacity: 1,
      line: { width: 1, color: TOKENS[theme].surface },
    },
    cliponaxis: false,
    hoverinfo: "none",
  };
}

/** A ring around the mode that completes a share, and the share beside it: below, where the curve has left room. */
function labels(power: Float32Array, named: { share: number; mode: number }[], theme: Theme): Trace {
  // One mode may complete both.
  const rings = named.filter(({ mode }, i) => mode !== named[i + 1]?.mode);
  return {
    name: "labels",
    type: "scatter",
    mode: "markers+text",
    ...placed(power, rings.map(({ mode }) => mode)),
    text: rings.map(({ share }) => `\u2009${100 * share}\u2009%\u2009`),
    textposition: rings.map(({ mode }, i) => (i === 0 && rings.length > 1 && mode > 0 ? "middle left" : "bottom right")),
    textfont: { size: 11, color: TOKENS[theme].text },
    marker: { size: 11, symbol: "circle-open", opacity: 1, color: TOKENS[theme].text, line: { width: 1.25 } },
    cliponaxis: false,
    hoverinfo: "skip",
  };
}

function noteOf(started: Started | null, named: { share: number; mode: number }[]): string | null {
  const parts: string[] = [];
  if (named.length) parts.push(words.reached(named.map(({ share, mode }) => [`${100 * share}\u2009%`, whole(mode + 1)])));
  if (started?.target_power && started.below_floor) parts.push(chartWords.countBelow(started.below_floor));
  return parts.length ? parts.join(" · ") : null;
}

function emptyOf(started: Started | null, power: Float32Array | null): string | null {
  if (!started) return chartWords.waiting;
  if (power) return power.length ? null : chartWords.noEigenvalues;
  return started.target_norm > 0 ? chartWords.notMeasured : words.noTarget;
}

function describeShare(run: RunState, mode: number, share: number): Hover {
  const rows: Hover["rows"] = [[words.share, percent(share)]];
  const index = run.started?.groups.findIndex((group) => group.modes.includes(mode)) ?? -1;
  return { title: chartWords.mode(mode + 1), rows: [...rows, ...(describeGroup(run, index)?.rows ?? [])], group: index < 0 ? null : index };
}

function powerNumbers(run: RunState): Measured[] {
  const { started } = run;
  if (!started) return [];
  const power = powerAbove(started);
  const marks = new Map((power ? reached(power) : []).map(({ share, mode }) => [share, whole(mode + 1)]));
  const missing = power ? "not above round-off" : number(null);
  return [
    { label: "Share in modes above round-off", value: percent(power?.at(-1)) },
    { label: "Modes for 90\u2009%", value: marks.get(0.9) ?? missing },
    { label: "Modes for 99\u2009%", value: marks.get(0.99) ?? missing },
    { label: "Modes above round-off", value: whole(started.eigenvalues.length - started.below_floor) },
  ];
}
