import { afterEach, expect, it, vi } from "vitest";
import type { TableReading } from "../api/types";
import { presets, schema } from "../test/fixtures";
import { FormState } from "./form.svelte";
import { at } from "./schema";
import { TableDraft } from "./table-draft.svelte";

const SHA = "a".repeat(64);
const reading = (rows: number) =>
  ({ rows, problem: null, scaled: [], data: { points: { kind: "dataset", sha256: SHA }, target: { kind: "dataset" }, scale_inputs: "unit", scale_targets: "none" } }) as unknown as TableReading;

afterEach(() => vi.unstubAllGlobals());

/** A server that answers each request as it is told to, in its own time. */
function server(...answers: { status?: number; body: unknown; after?: number }[]): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: URL) => {
    const { status = 200, body, after = 0 } = answers[asked.push(`${url.pathname}${url.search}`) - 1] as (typeof answers)[number];
    await new Promise((resolve) => setTimeout(resolve, after));
    return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  });
  return asked;
}

const TABLE = new Blob(["1\n2\n"]);

it("shows what the server understood, and trains on it once it is kept", async () => {
  const asked = server({ body: reading(2) }, { body: reading(1) }, { status: 201, body: {} });
  const [table, form] = [new TableDraft(), new FormState(schema, presets)];
  await table.look(TABLE, "pasted.csv");
  await table.change({ missing: "refuse" });
  expect([table.looked?.reading.rows, table.problem]).toEqual([1, null]);
  expect(await table.keep(form)).toBe(true);
  expect(asked.map((url) => url.replace(/.*api/, ""))).toEqual(["/datasets/read?missing=drop", "/datasets/read?missing=refuse", "/datasets?name=pasted.csv&missing=refuse"]);
  expect([at(form.config, "data.points.sha256"), at(form.config, "data.target.kind"), at(form.config, "data.scale_inputs")]).toEqual([SHA, "dataset", "unit"]);
});

it("shows the answer to the last question, whichever comes last", async () => {
  server({ body: reading(1), after: 30 }, { body: reading(2) });
  const table = new TableDraft();
  await Promise.all([table.look(TABLE, "a"), table.look(TABLE, "b")]);
  expect([table.looked?.name, table.looked?.reading.rows]).toEqual(["b", 2]);
});

it("names the line that is at fault, and keeps nothing", async () => {
  const refusal = { title: "", detail: "A number in every cell. You gave 'ox'.", expected: "A number.", got: "'ox'", remedy: "", where: "dataset, line 3, column v" };
  server({ status: 422, body: refusal });
  const table = new TableDraft();
  await table.look(TABLE, "a");
  expect(table.problem).toMatch(/^Line 3, column v: /);
  expect(await table.keep(new FormState(schema, presets))).toBe(false);
});
