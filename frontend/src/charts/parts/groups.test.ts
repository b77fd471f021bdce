import { describe, expect, it } from "vitest";
import type { Started } from "../../api/codec";
import { DEFAULT_VIEW as VIEW } from "../../run/view";
import { runFixture } from "../../test/run-fixture";
import { modeColour, modePosition, MODE_STOPS } from "../../theme/mode-colour";
import { TOKENS } from "../../theme/tokens";
import { describeGroup, drawnGroups, groupName, neighbour } from "./groups";

const started = runFixture().started as Started;

/** As many groups of one mode each. */
function many(count: number, counting: (mode: number) => boolean): Started {
  const first = started.groups[0] as Started["groups"][0];
  return {
    ...started,
    modes: { shape: [count, count], values: new Float32Array(0) },
    groups: Array.from({ length: count }, (_, mode) => ({ ...first, modes: [mode], significant: counting(mode) })),
  };
}

describe("drawnGroups", () => {
  it("leaves out what is below its floor", () => {
    expect(drawnGroups(started, VIEW, "light").map(({ number }) => number)).toEqual([1, 2, 4, 6, 7, 8, 9, 10]);
  });

  it("draws modes 1 to 8 and then log-spaced ones, 24 in all, 12 on a phone, all when asked", () => {
    const of = many(64, () => true);
    const numbers = drawnGroups(of, VIEW, "light").map(({ number }) => number);
    expect(numbers).toHaveLength(24);
    expect(numbers.slice(0, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(numbers.at(-1)).toBe(64);
    const gaps = numbers.slice(1).map((number, i) => number - (numbers[i] as number));
    expect(gaps.at(-1)).toBeGreaterThan(gaps[8] as number);
    expect(drawnGroups(of, { ...VIEW, narrow: true }, "light")).toHaveLength(12);
    expect(drawnGroups(of, { ...VIEW, allModes: true }, "light")).toHaveLength(64);
  });

  it("takes the modes that count first", () => {
    const of = many(200, (mode) => mode % 10 === 9);
    const drawn = drawnGroups(of, VIEW, "light");
    expect(drawn.filter(({ group }) => group.significant)).toHaveLength(20);
    expect(drawn).toHaveLength(24);
  });

  it("always draws the selected one", () => {
    const of = many(200, () => true);
    const left = of.groups.findIndex((_, index) => !drawnGroups(of, VIEW, "light").some((one) => one.index === index));
    expect(drawnGroups(of, { ...VIEW, selected: left }, "light").some((one) => one.index === left)).toBe(true);
  });

  it("colours by rank among the followed modes, and greys what does not count", () => {
    const drawn = drawnGroups(many(64, (mode) => mode !== 2), { ...VIEW, allModes: true }, "dark");
    expect(drawn[0]?.colour).toBe(MODE_STOPS.dark[0]);
    expect(drawn.at(-1)?.colour).toBe(MODE_STOPS.dark[8]);
    expect(drawn.find(({ number }) => number === 3)?.colour).toBe(TOKENS.dark.control);
    expect(drawn.find(({ number }) => number === 8)?.colour).toBe(modeColour(modePosition(8, 64), "dark"));
  });
});

it("names groups as a reader counts", () => {
  const of = (modes: number[]) => groupName({ ...(started.groups[0] as Started["groups"][0]), modes });
  expect([of([0]), of([3, 4]), of([28, 29, 30, 31]), of([7, 9]), of([7, 9, 11])]).toEqual(["Mode 1", "Modes 4 and 5", "Modes 29 to 32", "Modes 8 and 10", "Modes 8, 10, 12"]);
});

describe("describeGroup", () => {
  it("says what is predicted, and what was measured once the run has ended", () => {
    const run = runFixture();
    expect(describeGroup(run, 2)?.rows.map(([label]) => label)).not.toContain("learnt, measured");
    run.finished = {
      rows: [
        { modes: [4, 5], eigenvalue: 5, significant: true, predicted_learning_time: 0.46, measured_learning_time: 0.5, median_error: 0.01 },
        { modes: [6], eigenvalue: 2, significant: true, predicted_learning_time: 0.8, measured_learning_time: null, median_error: null },
      ],
    } as unknown as NonNullable<typeof run.finished>;
    expect(describeGroup(run, 2)?.rows).toContainEqual(["learnt, measured", "t = 0.5000"]);
    expect(describeGroup(run, 3)?.rows).toContainEqual(["learnt, measured", "not in this run"]);
  });

  it("says that a mode is too small to count", () => {
    expect(describeGroup(runFixture(), 4)?.rows.at(-1)).toEqual(["at the start", "below 5\u2009% of the residual"]);
  });

  it("names both directions of a wave over two inputs", () => {
    const plane = runFixture({ geometry: "plane" });
    expect(describeGroup(plane, 1)?.rows).toContainEqual(["frequency", "k = (1, 2), |k| = 2.24"]);
    expect(describeGroup(plane, 9)?.rows.map(([label]) => label)).not.toContain("frequency");
  });

  it("knows no group that is not there", () => {
    expect(describeGroup(runFixture(), 99)).toBeNull();
    expect(describeGroup(runFixture({}), -1)).toBeNull();
  });
});

it("neighbour walks along the drawn groups and stops at their ends", () => {
  expect(neighbour(started, VIEW, 1)).toBe(0);
  expect(neighbour(started, VIEW, -1)).toBe(7);
  expect(neighbour(started, { ...VIEW, selected: 3 }, 1)).toBe(4);
  expect(neighbour(started, { ...VIEW, selected: 7 }, 1)).toBe(7);
  expect(neighbour(started, { ...VIEW, selected: 0 }, -1)).toBe(0);
});
