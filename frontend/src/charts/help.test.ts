// @vitest-environment node
import katex from "katex";
import { describe, expect, it } from "vitest";
import { emptyRun } from "../run/run";
import { furtherFixture } from "../test/further-fixture";
import { recordings } from "../test/recordings";
import { runFixture } from "../test/run-fixture";
import { CHARTS } from "./further";
import { driftChart } from "./drift";
import { functionChart } from "./function";

describe.each(CHARTS)("the help of $id", ({ id, help }) => {
  it("has a formula that can be typeset, a source and an explanation", () => {
    for (const tex of help.formulas) expect(() => katex.renderToString(tex, { throwOnError: true })).not.toThrow();
    expect(help.formulas.length).toBeGreaterThan(0);
    expect(help.sources.length).toBeGreaterThan(0);
    for (const source of help.sources) expect(source.href).toMatch(/^https:\/\/arxiv\.org\/abs\/\d{4}\.\d{5}$/);
    expect(help.text.length).toBeGreaterThan(60);
  });

  it("says what was measured, in numbers that can be read", () => {
    for (const run of [runFixture(), runFixture({ excursion: NaN }), runFixture({ finished: true }), furtherFixture({ finished: true }), furtherFixture({ geometry: "circle" }), runFixture({ geometry: "points" }), ...recordings().map(([, one]) => one)]) {
      const rows = help.measured(run);
      expect(rows.length, id).toBeGreaterThan(0);
      expect(JSON.stringify(rows), id).not.toMatch(/NaN|Infinity|undefined/);
      expect(new Set(rows.map((row) => row.label)).size).toBe(rows.length);
    }
  });

  it("says nothing before there is a run", () => {
    expect(help.measured(emptyRun(""))).toEqual([]);
  });
});

it("the gap of function and prediction is relative to the data", () => {
  const run = runFixture({ excursion: 2 });
  const frame = run.frames.at(-1);
  const gap = Math.sqrt([...(frame?.function ?? [])].reduce((sum, value, i) => sum + (value - (frame?.predicted.frozen.function[i] ?? 0)) ** 2, 0) / 36);
  expect(functionChart.help.measured(run)[0]?.value).toBe(`${((100 * gap) / (2 / 4)).toFixed(1)}\u2009%`);
});

it("the identity check is the last one there was, beside its floor", () => {
  const rows = driftChart.help.measured(runFixture());
  expect(rows).toContainEqual({ label: "Error e of one step", value: "1.00×10⁻⁴" });
  expect(rows).toContainEqual({ label: "Its round-off floor", value: "1.00×10⁻¹²" });
});
