/** (8) What remains of every group of modes against time, as a heatmap: the first mode at the bottom. */
import { percent, whole } from "../format";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { layoutOf, timeAxis } from "./parts/axes";
import { basisHeat, basisOf, rowsOf } from "./parts/basis";
import type { Figure } from "./parts/figure";
import type { DrawnGroup } from "./parts/groups";
import { HEAT_INTERVAL, heatLegend } from "./parts/heat";
import { JACOT, RAHAMAN } from "./parts/sources";
import { chartWords } from "./parts/words";

/** As many numbers fit beside the axis. */
const LABELS = 16;
const LABELS_NARROW = 12;

const words = {
  subtitle: (kernel: string) => `|cᵢ(t)| / |cᵢ(0)|, measured, against time; modes of ${kernel}`,
  subtitleShort: (kernel: string) => `|cᵢ(t)| / |cᵢ(0)|; modes of ${kernel}`,
  countSmall: (count: number) => (count === 1 ? "1 mode too small to count" : `${whole(count)} modes too small to count`),
} as const;

const help: Help = {
  text:
    "The residual split into the kernel's own eigenvectors, the first at the bottom. Each colour is the share of a mode's start that is " +
    "left. Theory says that each row darkens at the rate of its eigenvalue: the edge climbs to the right. The switch takes the eigenvectors of the kernel at the start, K₀, of each moment's own, Kₜ, or of infinite width, ∞: the more they agree, the more the theory holds.",
  formulas: [String.raw`\frac{\lvert c_i(t)\rvert}{\lvert c_i(0)\rvert} = e^{-\lambda_i t} \approx \lvert 1-\eta\lambda_i\rvert^{k}, \qquad t = \eta k`, String.raw`c_i(t) = q_i^{\top} r(t), \qquad q_i \text{ of } K_0,\ K_t \text{ or } \Theta`],
  sources: [JACOT, RAHAMAN],
  measured: modesLeft,
};

export const residualModeChart: ChartDefinition = {
  id: "residual-mode",
  title: "The residual by mode",
  section: "order",
  help,
  figure,
  overTime: true,
  picks: "modes",
  switches: ["basis"],
  haloed: true,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const basis = basisOf(run, view);
  const groups = started ? rowsOf(started, basis, view, theme) : [];
  const heat = started ? basisHeat(run, started, basis, groups) : null;
  const all = (basis === "infinite" ? started?.infinite?.groups : started?.groups) ?? [];
  const small = all.filter((group, index) => group.resolved && groups.every((one) => one.index !== index));
  const labelled = rowLabels(groups.map(({ group }) => group.modes), view.narrow ? LABELS_NARROW : LABELS);
  return {
    data: heat?.trace ? [heat.trace] : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:residual-mode:${basis}:${view.allModes ? "all" : "counting"}`,
      x: timeAxis(started, "log"),
      y: {
        type: "linear",
        range: [-0.5, Math.max(groups.length, 1) - 0.5],
        tickvals: labelled.map(({ row }) => row),
        ticktext: labelled.map(({ text }) => text),
        zeroline: false,
        showgrid: false,
      },
      xTitle: view.narrow ? chartWords.timeShort : chartWords.time,
      yTitle: chartWords.modeNumber,
      large: true,
      rotated: true,
      headroom: true,
      shapes: basis === "infinite" ? [] : outline(groups, view, theme),
    }),
    subtitle: (view.narrow ? words.subtitleShort : words.subtitle)(chartWords.basisKernels[basis]),
    legend: heatLegend(),
    note: small.length ? words.countSmall(small.reduce((sum, group) => sum + group.modes.length, 0)) : null,
    empty: started && !groups.length ? chartWords.noModes : heat?.trace ? null : chartWords.waiting,
    interval: HEAT_INTERVAL,
    describe: (_trace, point) => heat?.describe(point) ?? null,
  };
}

/** Each row by its first mode; where there are many, the powers of two. From below, with room for each. */
export function rowLabels(rows: number[][], most: number): { row: number; text: string }[] {
  const placed: { row: number; text: string }[] = [];
  rows.forEach((modes, row) => {
    const mode = rows.length <= most ? modes[0] : modes.find((one) => ((one + 1) & one) === 0);
    const below = placed.at(-1);
    if (mode !== undefined && (!below || row - below.row >= rows.length / most)) placed.push({ row, text: String(mode + 1) });
  });
  return placed;
}

/** A frame around the selected row: colour is taken. */
function outline(groups: DrawnGroup[], view: View, theme: Theme): object[] {
  const row = groups.findIndex(({ index }) => index === view.selected);
  if (row < 0) return [];
  return [{ type: "rect", xref: "paper", x0: 0, x1: 1, y0: row - 0.5, y1: row + 0.5, line: { color: TOKENS[theme].text, width: 2 } }];
}

function modesLeft(run: RunState): Measured[] {
  const last = run.finished ?? run.frames.at(-1);
  if (!last) return [];
  return [
    { label: `Median error against ${chartWords.laws.gradient_descent}`, value: percent(last.median_errors.gradient_descent) },
    { label: `Median error against ${chartWords.laws.gradient_flow}`, value: percent(last.median_errors.gradient_flow) },
  ];
}
