/** (8) What remains of every group of modes against time, as a heatmap: the first mode at the bottom. */
import type { View } from "../run/view";
import { TOKENS, type Theme } from "../theme/tokens";
import type { Chart } from "./chart";
import { layoutOf, timeAxis } from "./parts/axes";
import { basisHeat, basisOf, rowsOf } from "./parts/basis";
import type { DrawnGroup } from "./parts/groups";
import { HEAT_INTERVAL, heatLegend } from "./parts/heat";
import { chartWords } from "./parts/words";

/** As many numbers fit beside the axis. */
const LABELS = 16;
const LABELS_NARROW = 12;

export const residualModeChart: Chart = (run, view, theme) => {
  const { started } = run;
  const basis = basisOf(run, view);
  const groups = started ? rowsOf(started, basis, view, theme) : [];
  const heat = started ? basisHeat(run, started, basis, groups) : null;
  const all = (basis === "infinite" ? started?.infinite?.groups : started?.groups) ?? [];
  const small = all.filter((group, index) => group.drawn && groups.every((one) => one.index !== index));
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
    subtitle: (view.narrow ? chartWords.residualModeSubtitleShort : chartWords.residualModeSubtitle)(chartWords.basisKernels[basis]),
    legend: heatLegend(),
    note: small.length ? chartWords.countSmall(small.reduce((sum, group) => sum + group.modes.length, 0)) : null,
    empty: started && !groups.length ? chartWords.noModes : heat?.trace ? null : chartWords.waiting,
    interval: HEAT_INTERVAL,
    describe: (_trace, point) => heat?.describe(point) ?? null,
  };
};

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
