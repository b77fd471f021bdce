/** The table of a sweep's runs: a column for each of its axes, then how each run ended and what it measured. */
import type { AxisValue, Sweep, SweepRun, Verdict } from "../../api/types";
import { number, plain, whole } from "../../format";
import { sections } from "../../state/fields";
import type { SchemaReader } from "../../state/schema";
import { valueName } from "../../words";
import { sweepWords } from "../../words-sweep";
import { verdictWords } from "../header/verdict";
import type { JsonObject } from "../../api/json";

export interface Column {
  key: string;
  label: string;
  /** What the label stands for; empty where it says all. */
  help: string;
  numeric: boolean;
  /** Only a run that has not failed has it. */
  measured: boolean;
  /** What it is sorted by; null is last either way. */
  value: (run: SweepRun) => AxisValue | null;
  text: (run: SweepRun) => string;
}

const FAILED = ["diverged", "dead_units", "failed"];
/** From the best to the worst. */
const WORDS: Verdict["word"][] = ["holds", "roughly holds", "fails"];

/** What it measured says nothing then; its sentence does. */
export function hasFailed(run: SweepRun): boolean {
  return FAILED.includes(run.state);
}

/** A table's order: by a column's key, or as the sweep has them. */
export interface Order {
  key: string;
  descending: boolean;
}

/** @param reader Knows what the fields are called; null before the server has told. */
export function columnsOf(sweep: Sweep, reader: SchemaReader | null): Column[] {
  const rows = reader ? sections(reader, sweep.config as unknown as JsonObject).flatMap(({ rows, more }) => [...rows, ...more]) : [];
  const axes = sweep.axes.map(({ field, values }): Column => {
    const value = (run: SweepRun) => run.values[field] ?? null;
    const label = rows.find((row) => row.path === field.replace(/\.kind$/, ""))?.label ?? field;
    const numeric = values.every((one) => typeof one === "number");
    return { key: field, label, help: field, numeric, measured: false, value, text: (run) => shown(value(run)) };
  });
  const figure = (key: "steps" | "loss" | "distance" | "drift", help = ""): Column => {
    const text = key === "steps" ? whole : number;
    const measured = key === "distance" || key === "drift";
    return { key, label: sweepWords[key], help, numeric: true, measured, value: (run) => run[key], text: (run) => text(run[key]) };
  };
  const comparedAt = sweep.runs.find((run) => run.compared_at !== null)?.compared_at ?? null;
  const state = (run: SweepRun) => sweepWords.runState(run.state);
  return [
    ...axes,
    { key: "state", label: sweepWords.state, help: "", numeric: false, measured: false, value: state, text: state },
    figure("steps"),
    figure("loss", sweepWords.lossHelp),
    {
      key: "verdict",
      label: sweepWords.prediction,
      help: sweepWords.predictionHelp,
      numeric: false,
      measured: true,
      value: (run) => (run.verdict && !hasFailed(run) ? WORDS.indexOf(run.verdict.word) : null),
      text: (run) => (run.verdict ? verdictWords.short[run.verdict.word] : number(null)),
    },
    figure("distance", sweepWords.distanceHelp),
    figure("drift", sweepWords.driftHelp(comparedAt)),
  ];
}

/** The next order after a press on a column's heading: up, then down, then as the sweep has them. */
export function pressed(order: Order | null, key: string): Order | null {
  if (order?.key !== key) return { key, descending: false };
  return order.descending ? null : { key, descending: true };
}

export function ordered(runs: SweepRun[], columns: Column[], order: Order | null): SweepRun[] {
  const column = columns.find((one) => one.key === order?.key);
  if (!column || !order) return runs;
  const sign = order.descending ? -1 : 1;
  return runs.toSorted((a, b) => {
    const [left, right] = [column.value(a), column.value(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    if (typeof left === "number" && typeof right === "number") return sign * (left - right);
    return sign * String(left).localeCompare(String(right));
  });
}

/** What sets a run apart from the others of its sweep: "Width 128, Seed 1". */
export function nameOf(run: SweepRun, columns: Column[]): string {
  return columns
    .filter(({ key }) => key in run.values)
    .map((column) => `${column.label} ${column.text(run)}`)
    .join(", ");
}

function shown(value: AxisValue | null): string {
  if (typeof value === "boolean") return value ? sweepWords.on : sweepWords.off;
  if (typeof value === "string") return valueName(value);
  if (value === null || Number.isInteger(value)) return whole(value);
  return Math.abs(value) < 1e-3 ? number(value) : plain(Number(value.toPrecision(6)));
}
