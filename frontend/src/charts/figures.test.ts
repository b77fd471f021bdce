// @vitest-environment node
/** What must hold for every chart, of every run, in every view. */
import { describe, expect, it } from "vitest";
import { emptyRun, type RunState } from "../run/run";
import { DEFAULT_VIEW as VIEW, type View } from "../run/view";
import { furtherFixture } from "../test/further-fixture";
import { recordings } from "../test/recordings";
import { runFixture, type FixtureOptions } from "../test/run-fixture";
import { SIX } from "./catalogue";
import { CHARTS, QUESTIONS } from "./further";
import type { Figure } from "./parts/figure";

const OPTIONS: [string, Partial<FixtureOptions>][] = [
  ["an interval", {}],
  ["a circle", { geometry: "circle", law: "gradient_flow" }],
  ["a plane", { geometry: "plane" }],
  ["a plane without a known target", { geometry: "plane", heldOut: false }],
  ["many inputs", { geometry: "points" }],
  ["a table without a known target", { geometry: "points", heldOut: false }],
  ["an end", { geometry: "circle", finished: true }],
  ["no frame yet", { frames: 0 }],
  ["a single frame", { frames: 1 }],
  ["no kernels", { kernels: false }],
  ["an earlier version", { further: false }],
  ["an earlier version, on a plane", { geometry: "plane", further: false }],
  ["an excursion", { excursion: 1e6 }],
  ["measurements that are not finite", { excursion: NaN }],
];
const RUNS: [string, RunState][] = [
  ["no run", emptyRun("")],
  ...OPTIONS.map(([name, options]): [string, RunState] => [name, runFixture(options)]),
  ...OPTIONS.map(([name, options]): [string, RunState] => [`${name}, with all that is measured`, furtherFixture(options)]),
  ...recordings(),
];
const VIEWS: [string, View][] = [
  ["live", VIEW],
  ["at time 0", { ...VIEW, time: 0 }],
  ["in the middle, a mode selected, all modes", { ...VIEW, time: 0.5, selected: 3, allModes: true }],
  ["all predictions, the limit's modes, the first row", { ...VIEW, time: 0.5, predictions: ["frozen", "moving", "infinite", "ensemble"], basis: "infinite", slice: 0 }],
  ["the modes of the moving kernel, the last row", { ...VIEW, basis: "moving", slice: 99, narrow: true }],
  ["on a phone, in linear time", { ...VIEW, time: 2, narrow: true, modesAxis: "log-linear" }],
];

/** Every number, however deep. */
function numbers(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(numbers);
}

const FIGURES = CHARTS.flatMap(({ id, figure }) =>
  RUNS.flatMap(([runName, run]) => VIEWS.map(([viewName, view]): [Figure, string] => [figure(run, view, "light"), `${id}, ${runName}, ${viewName}`])),
);

function everyFigure(check: (figure: Figure, name: string) => void): void {
  for (const [figure, name] of FIGURES) check(figure, name);
}

it("has recordings to try", () => {
  expect(recordings().length).toBeGreaterThan(0);
});

describe("every figure", { timeout: 60_000 }, () => {
  it("holds no NaN and no infinity", () => {
    everyFigure((figure, name) => {
      const wrong = numbers({ data: figure.data, layout: figure.layout }).filter((value) => !Number.isFinite(value));
      expect(wrong, name).toEqual([]);
    });
  });

  it("has ascending ranges and coordinates of equal number", () => {
    everyFigure(({ data, layout }, name) => {
      for (const axis of [layout.xaxis, layout.yaxis]) expect(axis.range[0], name).toBeLessThan(axis.range[1]);
      for (const trace of data) if (trace.type !== "heatmap") expect(trace.x.length, `${name}, ${trace.name}`).toBe(trace.y.length);
    });
  });

  it("puts no value of zero or less on a logarithmic axis", () => {
    everyFigure(({ data, layout }, name) => {
      for (const trace of data) {
        if (trace.xaxis || trace.type === "bar") continue;
        const values = [...(layout.xaxis.type === "log" ? trace.x : []), ...(layout.yaxis.type === "log" ? trace.y : [])];
        expect(values.filter((value) => value !== null && !(value > 0)), `${name}, ${trace.name}`).toEqual([]);
      }
    });
  });

  it("says nothing that a reader could not read", () => {
    everyFigure((figure, name) => {
      const said = [figure.subtitle, figure.note ?? "", figure.empty ?? "", ...figure.legend.map((item) => item.text)].join(" ");
      expect(said, name).not.toMatch(/NaN|Infinity|undefined|null/);
    });
  });

  it("describes what the pointer can find, in four figures and whole words", () => {
    everyFigure((figure, name) => {
      figure.data.forEach((trace, place) => {
        if (trace.hoverinfo === "skip" || !trace.x.length) return;
        const points = trace.type === "heatmap" ? trace.x.length * trace.y.length : trace.x.length;
        for (const point of [0, points - 1]) {
          const hover = figure.describe(place, point);
          if (!hover) continue;
          expect(JSON.stringify(hover), name).not.toMatch(/NaN|Infinity|undefined/);
          expect(hover.rows.length, name).toBeGreaterThan(0);
          expect(new Set(hover.rows.map(([label]) => label)).size, name).toBe(hover.rows.length);
        }
      });
    });
  });

  it("is the same again, and differs between themes only in colour", () => {
    for (const { figure: chart } of CHARTS) {
      const run = runFixture();
      const shape = (figure: Figure) => JSON.stringify(figure).replace(/#[0-9a-f]{6}|rgba\([^)]*\)/g, "");
      expect(JSON.stringify(chart(run, VIEW, "light"))).toBe(JSON.stringify(chart(run, VIEW, "light")));
      expect(shape(chart(run, VIEW, "dark"))).toBe(shape(chart(run, VIEW, "light")));
      expect(JSON.stringify(chart(run, VIEW, "dark"))).not.toBe(JSON.stringify(chart(run, VIEW, "light")));
    }
  });

  it("keeps its plot box whatever comes", () => {
    for (const { id, figure: chart } of CHARTS) {
      const margin = chart(runFixture({ frames: 0 }), VIEW, "light").layout.margin;
      expect(chart(runFixture(), VIEW, "light").layout.margin, id).toEqual(margin);
    }
  });

  it("keeps zoom by run and chart", () => {
    const revisions = CHARTS.flatMap(({ figure: chart }) => [runFixture(), runFixture({ geometry: "circle" })].map((run) => chart(run, VIEW, "light").layout.uirevision));
    expect(new Set(revisions).size).toBe(revisions.length);
  });

  it("does not change its axes along the play-head", () => {
    const run = runFixture({ excursion: 3 });
    for (const { id, figure: chart } of CHARTS) {
      const ranges = [0, 0.02, 0.5, 5].map((time) => {
        const { xaxis, yaxis } = chart(run, { ...VIEW, time }, "light").layout;
        return [xaxis.range, yaxis.range];
      });
      expect(new Set(ranges.map((range) => JSON.stringify(range))).size, id).toBe(1);
    }
  });
});

it("titles fit a small card, where they stand in one", () => {
  const small = [...SIX, ...QUESTIONS.flatMap(({ lead, folded }) => [{ chart: lead, columns: 4 }, ...folded])].filter(({ columns }) => columns < 5);
  for (const { chart } of small) expect(chart.title.length, chart.id).toBeLessThanOrEqual(28);
});
