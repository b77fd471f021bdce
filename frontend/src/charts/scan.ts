/** What a scan found: eigenvalue curves coloured by value, what is learnt within the steps, and the predicted error. */
import type { AxisValue, Scan, ScanAnswer, ScanFinding } from "../api/types";
import { frequency, number, whole } from "../format";
import type { View } from "../run/view";
import { modeColour } from "../theme/mode-colour";
import { SERIES, TOKENS, type Theme } from "../theme/tokens";
import { decadeAxis, doublings, layoutOf, risingAxis } from "./parts/axes";
import type { Axis, Figure, Hover, LegendItem, Trace } from "./parts/figure";
import { scanChartWords as words, type ScanChart } from "./scan-words";

/** What was asked: the axis holds all its values before they are answered. */
export interface Asked {
  label: string;
  values: readonly AxisValue[];
}

export interface ScanFigure extends Figure {
  /** The answer that a point belongs to. */
  answerOf: (trace: number, point: number) => ScanAnswer | null;
}

interface Found {
  answer: ScanAnswer;
  found: ScanFinding;
  /** Where it stands on the axis of values. */
  x: number;
  colour: string;
}

const INTERVAL = 200;
/** Numbers that span so much stand on a logarithmic axis. */
const LOG_FROM = 8;
/** As many names stand at curves' ends without touching. */
const MOST_NAMED = 8;

export function valueText(value: AxisValue): string {
  if (typeof value === "boolean") return value ? words.on : words.off;
  return typeof value === "number" ? frequency(value) : value;
}

export function scanFigure(chart: ScanChart, asked: Asked, scan: Scan | null, busy: boolean, view: Pick<View, "narrow">, theme: Theme): ScanFigure {
  const found = foundOf(asked, scan, theme);
  const drawn = { spectrum: spectrumOf, reach: reachOf, error: errorOf }[chart](found, asked, scan, view, theme);
  const empty = found.length ? drawn.empty : busy ? words.working : scan ? words.nothing : words.waiting;
  return {
    ...drawn,
    empty,
    interval: INTERVAL,
    note: null,
    describe: (trace, point) => hoverOf(drawn.answerOf(trace, point)),
  };
}

type Part = Pick<ScanFigure, "data" | "layout" | "subtitle" | "legend" | "answerOf" | "empty">;

/** Values that have something, each with its place and its colour among all that were asked. */
export function foundOf({ values }: Asked, scan: Scan | null, theme: Theme): Found[] {
  const places = placesOf(values);
  const last = Math.max(1, values.length - 1);
  return (scan?.answers ?? []).flatMap((answer, i) => (answer.found ? [{ answer, found: answer.found, x: places[i] ?? i, colour: modeColour(i / last, theme) }] : []));
}

/** Numbers are their own places, anything else stands in its order. */
function placesOf(values: readonly AxisValue[]): readonly number[] {
  return values.every((value) => typeof value === "number") ? values : values.map((_, i) => i);
}

function spectrumOf(found: Found[], _asked: Asked, scan: Scan | null, view: Pick<View, "narrow">, theme: Theme): Part {
  const data: Trace[] = [];
  const behind: Found[] = [];
  for (const one of found) {
    const { ranks, eigenvalues, noise_floor } = one.found;
    const kept = ranks.map((rank, i) => ({ rank, value: eigenvalues[i] ?? 0 })).filter(({ value }) => value > noise_floor);
    data.push({
      name: valueText(one.answer.value),
      type: "scatter",
      mode: "lines",
      x: kept.map(({ rank }) => rank),
      y: kept.map(({ value }) => value),
      line: { color: one.colour, width: 2, simplify: false },
      hoverinfo: "none",
    });
    behind.push(one);
  }
  const ends = found.flatMap((one) => {
    const end = lastLearnt(one.found);
    return end ? [{ one, ...end }] : [];
  });
  for (const { one, rank, value } of ends) {
    data.push({
      name: words.end,
      type: "scatter",
      mode: "markers",
      x: [rank],
      y: [value],
      marker: { size: 9, color: one.colour, line: { width: 1.5, color: TOKENS[theme].surface }, opacity: 1 },
      hoverinfo: "none",
    });
    behind.push(one);
  }
  const x: Axis = { type: "log", range: [-0.05, Math.log10(Math.max(2, ...found.map((one) => one.found.modes))) + 0.02] };
  return {
    data,
    layout: layoutOf({
      theme,
      view,
      uirevision: `scan:spectrum:${scan?.field ?? ""}`,
      x: { ...x, ...doublings(x, theme) },
      y: decadeAxis(data.flatMap((trace) => trace.y.filter((value) => value !== null)), 12),
      xTitle: words.rank,
      yTitle: words.eigenvalue,
      large: true,
    }),
    subtitle: "λᵢ of K₀ against i",
    legend: [...namesOf(found), ...(ends.length ? [{ mark: "dot" as const, colour: TOKENS[theme].axis, text: words.end }] : [])],
    answerOf: (trace) => behind[trace]?.answer ?? null,
    empty: null,
  };
}

/** The last mode that K_0 learns within the steps; nothing where training does not go by it. */
function lastLearnt({ ranks, eigenvalues, modes_learnt, ended }: ScanFinding): { rank: number; value: number } | null {
  if (modes_learnt < 1 || ended === "diverges" || ended === "dies") return null;
  const at = ranks.findLastIndex((rank) => rank <= modes_learnt);
  const [rank, value] = [ranks[at], eigenvalues[at]];
  return rank !== undefined && value !== undefined ? { rank, value } : null;
}

/** All of few, the first, the last and some between of many. */
function namesOf(found: Found[]): LegendItem[] {
  const every = Math.ceil(found.length / MOST_NAMED);
  return found
    .filter((_, i) => i % every === 0 || i === found.length - 1)
    .map((one) => ({ mark: "line", colour: one.colour, text: valueText(one.answer.value) }));
}

function reachOf(found: Found[], asked: Asked, scan: Scan | null, view: Pick<View, "narrow">, theme: Theme): Part {
  const waves = found.some((one) => one.found.frequency !== null);
  const height = (one: Found) => (waves ? one.found.frequency : one.found.modes_learnt);
  const reached = waves ? found.filter((one) => one.found.reach !== null) : [];
  const guide: Trace = {
    name: words.any,
    type: "scatter",
    mode: "lines",
    x: reached.map((one) => one.x),
    y: reached.map((one) => one.found.reach),
    line: { color: SERIES[theme].frozen, width: 2, dash: "dash" },
    hoverinfo: "skip",
  };
  const told = found.filter((one) => height(one) !== null);
  const highest = Math.max(1, ...told.map((one) => height(one) ?? 0), ...reached.map((one) => one.found.reach ?? 0));
  return {
    data: [guide, marks(told, told.map(height), theme)],
    layout: layoutOf({
      theme,
      view,
      uirevision: `scan:reach:${scan?.field ?? ""}`,
      x: valueAxis(asked, theme),
      y: { ...risingAxis(1.05 * highest, 1), rangemode: "tozero" },
      xTitle: asked.label,
      yTitle: waves ? words.frequency : words.modes,
      large: false,
      rotated: true,
      headroom: true,
    }),
    subtitle: waves ? `waves up to this frequency, within ${whole(found[0]?.found.steps)} steps` : `modes, within ${whole(found[0]?.found.steps)} steps`,
    legend: [...sourcesOf(found, theme, "by"), ...(reached.length ? [{ mark: "dash" as const, colour: SERIES[theme].frozen, text: words.any }] : [])],
    answerOf: (trace, point) => (trace === 1 ? (told[point]?.answer ?? null) : null),
    empty: null,
  };
}

function errorOf(found: Found[], asked: Asked, scan: Scan | null, view: Pick<View, "narrow">, theme: Theme): Part {
  const told = found.filter((one) => (one.found.held_out_error ?? 0) > 0);
  const errors = told.map((one) => one.found.held_out_error);
  const line: Trace = {
    name: words.held,
    type: "scatter",
    mode: "lines",
    x: told.map((one) => one.x),
    y: errors,
    line: { color: TOKENS[theme].control, width: 1 },
    hoverinfo: "skip",
  };
  return {
    data: [line, marks(told, errors, theme, "held_out_by")],
    layout: layoutOf({
      theme,
      view,
      uirevision: `scan:error:${scan?.field ?? ""}`,
      x: valueAxis(asked, theme),
      y: decadeAxis(errors.filter((value) => value !== null)),
      xTitle: asked.label,
      yTitle: words.error,
      large: false,
      rotated: true,
    }),
    subtitle: words.errorAtEnd,
    legend: sourcesOf(told, theme, "held_out_by"),
    answerOf: (trace, point) => (trace === 1 ? (told[point]?.answer ?? null) : null),
    empty: told.length ? null : words.noError,
  };
}

/** Filled: by rehearsal; open: by the kernel at the start. */
function marks(found: Found[], y: (number | null)[], theme: Theme, by: "by" | "held_out_by" = "by"): Trace {
  return {
    name: words.learnt,
    type: "scatter",
    mode: "markers",
    x: found.map((one) => one.x),
    y,
    marker: {
      size: 10,
      opacity: 1,
      symbol: found.map((one) => (one.found[by] === "rehearsal" ? "circle" : "circle-open")),
      color: found.map((one) => one.colour),
      line: { width: found.map((one) => (one.found[by] === "rehearsal" ? 1 : 2)), color: found.map((one) => (one.found[by] === "rehearsal" ? TOKENS[theme].surface : one.colour)) },
    },
    cliponaxis: false,
    hoverinfo: "none",
  };
}

function sourcesOf(found: Found[], theme: Theme, by: "by" | "held_out_by"): LegendItem[] {
  const colour = TOKENS[theme].axis;
  const items: LegendItem[] = [];
  if (found.some((one) => one.found[by] === "rehearsal")) items.push({ mark: "dot", colour, text: words.rehearsed });
  if (found.some((one) => one.found[by] === "kernel")) items.push({ mark: "ring", colour, text: words.kernel });
  return items;
}

/** Ticks at the values themselves; as many as have room. */
function valueAxis({ values }: Asked, theme: Theme): Axis {
  const xs = placesOf(values);
  const [low, high] = xs.length ? [Math.min(...xs), Math.max(...xs)] : [0, 1];
  const log = low > 0 && high / low >= LOG_FROM && values.every((value) => typeof value === "number");
  const [from, to] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
  const room = 0.06 * (to - from) || 0.5;
  const every = Math.ceil(values.length / MOST_NAMED);
  const named = values.map((_, i) => i).filter((i) => i % every === 0);
  return {
    type: log ? "log" : "linear",
    range: [from - room, to + room],
    tickvals: named.map((i) => xs[i] as number),
    ticktext: named.map((i) => valueText(values[i] as AxisValue)),
    tickfont: { size: 11, color: TOKENS[theme].axis },
    zeroline: false,
  };
}

function hoverOf(answer: ScanAnswer | null): Hover | null {
  const found = answer?.found;
  if (!answer || !found) return null;
  const rows: Hover["rows"] = [["λ₁", number(found.eigenvalues[0], 4)]];
  if (found.frequency !== null) rows.push([words.waves, frequency(found.frequency)]);
  if (found.reach !== null) rows.push([words.anyUpTo, whole(found.reach)]);
  rows.push([words.modes, `${whole(found.modes_learnt)} of ${whole(found.modes)}`]);
  if (found.held_out_error !== null) rows.push([words.held, number(found.held_out_error, 4)]);
  return { title: valueText(answer.value), rows, click: words.takes, group: null };
}
