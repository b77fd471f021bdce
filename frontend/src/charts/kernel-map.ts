/** The kernel on up to 64 points as heat maps: at the start, at the play-head, at infinite width. */
import { number, percent, whole } from "../format";
import type { RunState } from "../run/run";
import type { View } from "../run/view";
import { DIVERGING, TOKENS, type Theme } from "../theme/tokens";
import type { ChartDefinition, Help, Measured } from "./chart";
import { entryAt, pointsOf, rowsOf } from "./parts/at-points";
import { layoutOf } from "./parts/axes";
import type { Axis, Figure, LegendItem, Trace } from "./parts/figure";
import { JACOT } from "./parts/sources";
import { extent, largest } from "./parts/values";
import { chartWords } from "./parts/words";

const INTERVAL = 500;
/** Between two maps, as a share of the plot. */
const GAP = 0.04;

const words = {
  subtitle: (points: number) => `K(xᵢ, xⱼ) on ${whole(points)} points, in the order of the input`,
  now: (time: number) => `Kₜ, ${chartWords.at(time)}`,
  infinite: "Θ, infinite width",
  point: "point i",
  other: "point j, with i upwards",
  pair: (i: number, j: number) => `Points ${whole(i)} and ${whole(j)}`,
} as const;

const help: Help = {
  text:
    "How strongly a step on one point moves another, for every pair of points: the diagonal is a point's own. A narrow band lets the network learn fine detail, " +
    "a broad one smooths. In the middle the kernel at the play-head; a kernel that moves little looks the same throughout training.",
  formulas: [String.raw`K(x_i, x_j) = \Big\langle \frac{\partial f(x_i)}{\partial\theta},\, \frac{\partial f(x_j)}{\partial\theta} \Big\rangle`],
  sources: [JACOT],
  measured: mapNumbers,
};

export const kernelMapChart: ChartDefinition = {
  id: "kernel-map",
  title: "The whole kernel",
  section: "limit",
  help,
  figure,
};

function figure(run: RunState, view: View, theme: Theme): Figure {
  const { started } = run;
  const { start, now, frame } = pointsOf(run, view);
  const p = start?.points.length ?? 0;
  const limit = started?.infinite?.kernel ?? null;
  const maps = start
    ? [
        { name: chartWords.kernelStart, kernel: start.kernel },
        ...(now && frame ? [{ name: words.now(frame.time), kernel: now.kernel }] : []),
        ...(limit ? [{ name: words.infinite, kernel: limit }] : []),
      ]
    : [];
  const colours = scaleOf(run, theme);
  const width = (1 - GAP * (maps.length - 1)) / Math.max(1, maps.length);
  const domain = (i: number) => [i * (width + GAP), i * (width + GAP) + width] as [number, number];
  // Cells are squares: a map takes less of its room rather than show more than its points.
  const axis: Axis = { type: "linear", range: [0.5, Math.max(1, p) + 0.5], zeroline: false, constrain: "domain" };
  const suffix = (i: number) => (i ? String(i + 1) : "");
  const layout = layoutOf({
    theme,
    view,
    uirevision: `${run.id}:kernel-map`,
    x: { ...axis, domain: domain(0) },
    y: { ...axis, scaleanchor: "x", scaleratio: 1 },
    xTitle: words.other,
    yTitle: words.point,
    large: false,
    annotations: maps.map(({ name }, i) => ({
      text: name,
      xref: `x${suffix(i)} domain`,
      yref: `y${suffix(i)} domain`,
      x: 0.5,
      y: 1,
      xanchor: "center",
      yanchor: "bottom",
      yshift: 4,
      showarrow: false,
      font: { size: 11, color: TOKENS[theme].axis },
    })),
  });
  // Named once, under the middle one.
  const named = (i: number, axis: Axis): Axis => (i === maps.length >> 1 ? axis : { ...axis, title: { text: "" } });
  // Names stand above the maps: the axis' own would stand over the first.
  layout["annotations"] = (layout["annotations"] as object[]).slice(1);
  for (const [i] of maps.slice(1).entries()) {
    const n = i + 2;
    layout[`xaxis${n}`] = { ...named(i + 1, layout.xaxis), domain: domain(i + 1), anchor: `y${n}`, matches: "x" };
    layout[`yaxis${n}`] = { ...layout.yaxis, showticklabels: false, ticks: "", title: { text: "" }, anchor: `x${n}`, matches: "y", scaleanchor: `x${n}` };
  }
  layout.xaxis = named(0, layout.xaxis);
  return {
    data: maps.map(({ name, kernel }, i): Trace => {
      const numbers = Array.from({ length: p }, (_, at) => at + 1);
      return {
        name,
        type: "heatmap",
        x: numbers,
        y: numbers,
        z: rowsOf(kernel, p),
        xaxis: `x${suffix(i)}`,
        yaxis: `y${suffix(i)}`,
        zmin: colours.low,
        zmax: colours.high,
        colorscale: colours.stops,
        showscale: false,
        hoverinfo: "none",
      };
    }),
    layout,
    subtitle: start ? words.subtitle(p) : "",
    legend: start ? colours.legend : [],
    note: null,
    empty: started ? (start ? null : chartWords.notMeasured) : chartWords.waiting,
    interval: INTERVAL,
    describe: (_trace, point) => {
      if (!p || !start) return null;
      const [i, j] = [Math.floor(point / p), point % p];
      const rows = maps.map(({ name, kernel }): [string, string] => [name, number(kernel[entryAt(p, i, j)], 4)]);
      return { title: words.pair((start.points[i] ?? 0) + 1, (start.points[j] ?? 0) + 1), rows, group: null };
    },
  };
}

/** One scale for all kernels of the run, so that the play-head does not move it; signed, with zero in the middle. */
function scaleOf(run: RunState, theme: Theme): { low: number; high: number; stops: [number, string][]; legend: LegendItem[] } {
  const all = [run.started?.at_points?.kernel ?? null, run.started?.infinite?.kernel ?? null, ...run.kernelFrames.map((frame) => frame.at_points?.kernel ?? null)];
  const size = largest(...all) || 1;
  const signed = (extent(...all)?.[0] ?? 0) < -0.02 * size;
  const stops = DIVERGING[theme];
  const middle = (stops.length - 1) / 2;
  const chosen = signed ? stops : stops.slice(middle);
  const ends = signed ? [-size, 0, size] : [0, size];
  return {
    low: signed ? -size : 0,
    high: size,
    stops: chosen.map((colour, i) => [i / (chosen.length - 1), colour]),
    legend: ends.map((value, i) => ({ mark: "swatch", colour: chosen[Math.round((i * (chosen.length - 1)) / (ends.length - 1))] as string, text: number(value) })),
  };
}

function mapNumbers(run: RunState): Measured[] {
  const start = run.started?.at_points;
  if (!run.started || !start) return [];
  const rows: Measured[] = [{ label: "Points on which it is recorded", value: whole(start.points.length) }];
  const last = run.kernelFrames.at(-1);
  if (last) rows.push({ label: "Newest Kₜ from K₀, over all points", value: percent(last.drift) });
  if (run.started.infinite?.distance != null) rows.push({ label: "K₀ from infinite width, over all points", value: percent(run.started.infinite.distance) });
  return rows;
}
