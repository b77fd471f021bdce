// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SIX, SIX_ON_A_PHONE } from "./catalogue";
import { termWords } from "../watch/words";
import { CHARTS, QUESTIONS } from "./further";

const SOURCE = join(import.meta.dirname, "..");

it("no two charts share an id, and every chart stands in a file of that name", () => {
  expect(new Set(CHARTS.map(({ id }) => id)).size).toBe(CHARTS.length);
  for (const { id } of CHARTS) expect(readFileSync(join(SOURCE, "charts", `${id}.ts`), "utf8")).toContain(`id: "${id}",`);
});

it("every card has one place, and rows are full", () => {
  const rows = [SIX, ...QUESTIONS.map(({ folded }) => folded)];
  const placed = [...SIX.map(({ chart }) => chart), ...QUESTIONS.flatMap(({ lead, folded }) => [lead, ...folded.map(({ chart }) => chart)])];
  expect(placed).toEqual(CHARTS);
  for (const cards of rows) expect(cards.reduce((sum, { columns }) => sum + columns, 0) % 12).toBe(0);
});

it("what Watch explains is shown by a chart that there is, where it says", () => {
  for (const { id, further } of Object.values(termWords.shown)) {
    expect(SIX.some(({ chart }) => chart.id === id)).toBe(!further);
    expect(CHARTS.some((chart) => chart.id === id)).toBe(true);
  }
});

it("on a phone the same six stand in another order, the modes first", () => {
  const ids = SIX_ON_A_PHONE.map(({ chart }) => chart.id);
  expect(SIX.map(({ chart }) => chart.id)).toEqual(["function", "modes", "eigenvalues", "learnt", "loss", "drift"]);
  expect(ids).toEqual(["modes", "function", "learnt", "eigenvalues", "loss", "drift"]);
});

it("nothing but its own file asks for a chart's id: cards and pages only key lists by it", () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((file) => /(?<!\.test)\.(ts|svelte)$/.test(file) && !file.startsWith("test/"));
  const asking = files.filter((file) => /\bchart\.id\b(?!\)\})/.test(readFileSync(join(SOURCE, file), "utf8")));
  expect(asking).toEqual([]);
});
