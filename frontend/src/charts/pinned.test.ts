/**
 * Every figure over the pinned logs of `tests/pinned`, as the server sends them, is what it was: its digest says so.
 *
 * PIN_FIGURES=1 writes the digests anew; whoever does so names the reason in the commit.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DEFAULT_VIEW as VIEW, type View } from "../run/view";
import { replayed } from "../test/recordings";
import { CHARTS } from "./further";
import type { Figure } from "./parts/figure";

const FOLDER = join(import.meta.dirname, "../../../tests/pinned");
const DIGESTS = join(FOLDER, "figures.json");
const LOGS = ["interval", "circle", "extended", "plane"];
const VIEWS: Record<string, View> = {
  newest: VIEW,
  "earlier, a mode selected": { ...VIEW, time: 0.002, selected: 1, allModes: true },
  "all predictions, infinite width": { ...VIEW, predictions: ["frozen", "moving", "infinite", "ensemble"], basis: "infinite", slice: 0 },
  "a phone, linear time, moving kernel": { ...VIEW, time: 0.05, narrow: true, modesAxis: "log-linear", basis: "moving" },
};

/** Ten digits: what a processor or an engine rounds otherwise is no other figure. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && Number.isFinite(value) ? Number(value.toPrecision(10)) : ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;
}

/** Of all that is drawn and said, with what the pointer finds on every trace. */
function digest(figure: Figure): string {
  const found = figure.data.map((trace, at) => [0, 1, trace.x.length - 1].map((point) => figure.describe(at, point)));
  return createHash("sha256").update(JSON.stringify({ ...figure, found }, rounded)).digest("hex").slice(0, 16);
}

function digests(): Record<string, Record<string, string>> {
  const all: Record<string, Record<string, string>> = {};
  for (const name of LOGS) {
    const run = replayed(join(FOLDER, `${name}.sent`), name);
    for (const [viewName, view] of Object.entries(VIEWS)) {
      all[`${name}, ${viewName}`] = Object.fromEntries(CHARTS.map(({ id, figure }) => [id, digest(figure(run, view, "light"))]));
    }
  }
  return all;
}

it("draws the pinned logs as ever", () => {
  const found = digests();
  if (process.env["PIN_FIGURES"]) writeFileSync(DIGESTS, `${JSON.stringify(found, null, 1)}\n`);
  expect(found).toEqual(JSON.parse(readFileSync(DIGESTS, "utf8")));
});
