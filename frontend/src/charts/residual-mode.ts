/** (8) What remains of every group of modes against time, as a heatmap: the first mode at the bottom. */
import type { Started } from "../api/codec";
import { number } from "../format";
import { TOKENS, type Theme } from "../theme/tokens";
import { layoutOf, timeAxis } from "./axes";
import { describeGroup, drawnGroups, type DrawnGroup } from "./groups";
import { HEAT_INTERVAL, heatLegend, heatOf } from "./heat";
import { interpolated, placeOf, predictionsOf } from "./moment";
import type { Chart, View } from "./types";
import { chartWords } from "./words";

/** As many numbers fit beside the axis. */
const LABELS = 16;

export const residualModeChart: Chart = (run, view, theme) => {
  const { started } = run;
  const groups = started ? rowsOf(started, view, theme) : [];
  const rows = groups.map((_, row) => row);
  const heat = started ? heatOf(run, started, rows, (frame, row) => frame.remaining[groups[row]?.index ?? -1] ?? null) : null;
  const small = started ? started.groups.filter((group, index) => group.drawn && groups.every((one) => one.index !== index)) : [];
  const labelled = groups.map(({ group }, row) => ({ row, text: labelOf(group.modes, groups.length) })).filter(({ text }) => text);
  return {
    data: heat?.trace ? [heat.trace] : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:residual-mode:${view.allModes ? "all" : "counting"}`,
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
      shapes: outline(groups, view, theme),
    }),
    subtitle: chartWords.residualModeSubtitle,
    legend: heatLegend(),
    note: small.length ? chartWords.countSmall(small.reduce((sum, group) => sum + group.modes.length, 0)) : null,
    empty: started && !groups.length ? chartWords.noModes : heat?.trace ? null : chartWords.waiting,
    interval: HEAT_INTERVAL,
    describe: (_trace, point) => {
      const cell = heat?.cell(point);
      const drawn = groups[cell?.row ?? -1];
      if (!started || !cell || !drawn) return null;
      const predicted = interpolated(predictionsOf(started).remaining, drawn.index, placeOf(started.times, cell.frame.time));
      return describeGroup(run, drawn.index, [
        [chartWords.timeLabel, number(cell.frame.time, 4)],
        [`${chartWords.remaining}, ${chartWords.measured}`, number(cell.frame.remaining[drawn.index], 4)],
        [`${chartWords.remaining}, ${chartWords.theory}`, number(predicted, 4)],
      ]);
    },
  };
};

/** Groups that count; all that are drawn where all modes are asked for, or where none counts. */
function rowsOf(started: Started, view: View, theme: Theme): DrawnGroup[] {
  const all = drawnGroups(started, { ...view, allModes: true }, theme);
  const counting = all.filter(({ group, index }) => group.counts || index === view.selected);
  return view.allModes || !all.some(({ group }) => group.counts) ? all : counting;
}

/** Its first mode; where there are many rows, the powers of two. */
function labelOf(modes: number[], rows: number): string {
  if (rows <= LABELS) return String((modes[0] ?? 0) + 1);
  const power = modes.find((mode) => ((mode + 1) & mode) === 0);
  return power === undefined ? "" : String(power + 1);
}

/** A frame around the selected row: colour is taken. */
function outline(groups: DrawnGroup[], view: View, theme: Theme): object[] {
  const row = groups.findIndex(({ index }) => index === view.selected);
  if (row < 0) return [];
  return [{ type: "rect", xref: "paper", x0: 0, x1: 1, y0: row - 0.5, y1: row + 0.5, line: { color: TOKENS[theme].text, width: 2 } }];
}
