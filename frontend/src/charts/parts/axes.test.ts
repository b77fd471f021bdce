import { describe, expect, it } from "vitest";
import type { Started } from "../../api/codec";
import { DEFAULT_VIEW as VIEW } from "../../run/view";
import { runFixture } from "../../test/run-fixture";
import { decadeAxis, floorLabel, layoutOf, risingAxis, timeAxis } from "./axes";

const started = runFixture().started as Started;

describe("decadeAxis", () => {
  it("covers all positive values by whole decades", () => {
    expect(decadeAxis([0.003, 40, 0, NaN, Infinity, -5]).range).toEqual([-3, 2]);
    expect(decadeAxis([1, 100]).range).toEqual([0, 2]);
  });

  it("is never empty, and never longer than asked", () => {
    expect(decadeAxis([]).range).toEqual([-2, 0]);
    expect(decadeAxis([1]).range).toEqual([-1, 0]);
    expect(decadeAxis([1e-30, 1], 14).range).toEqual([-14, 0]);
  });
});

it("risingAxis ends at 1, 2, 5 times a power of ten", () => {
  expect([0.7, 1, 1.2, 3, 7, 0.01].map((highest) => risingAxis(highest, 0.1).range[1])).toEqual([1, 1, 2, 5, 10, 0.1]);
});

describe("timeAxis", () => {
  it("runs from the first time above 0 to the last, with a little room", () => {
    const { range } = timeAxis(started, "log");
    expect(range[0]).toBeLessThan(-2);
    expect(range[0]).toBeGreaterThan(-2.2);
    expect(10 ** range[1]).toBeGreaterThan(started.times.at(-1) as number);
  });

  it("begins at 0 in linear time", () => {
    expect(timeAxis(started, "linear").range[0]).toBe(0);
  });

  it("is there before the run is", () => {
    expect(timeAxis(null, "log").range[0]).toBeLessThan(timeAxis(null, "log").range[1]);
  });
});

describe("layoutOf", () => {
  const parts = {
    theme: "light" as const,
    uirevision: "a",
    x: decadeAxis([0.001, 1]),
    y: risingAxis(1, 1),
    xTitle: "x",
    yTitle: "remaining",
    large: true,
    rotated: true,
  };

  it("has whole decades for ticks, the sizes of visual.md, and no margin that moves", () => {
    const layout = layoutOf({ ...parts, view: VIEW });
    expect(layout.xaxis).toMatchObject({ dtick: 1, automargin: false, tickangle: 0, ticklabeloverflow: "allow", tickfont: { size: 9 } });
    expect(layout.yaxis).toMatchObject({ automargin: false, tickfont: { size: 11 }, nticks: 6 });
    expect(layout.yaxis["dtick"]).toBeUndefined();
  });

  it("leaves room for labels with a power of ten, so that none loses its first digit", () => {
    const left = (range: [number, number]) => layoutOf({ ...parts, rotated: false, y: { type: "linear", range }, view: VIEW }).margin.l;
    expect([left([-2, 3]), left([0, 99_000])]).toEqual([46, 46]);
    // "−5.8×10⁸" in 11 px is some 54 px wide, beside a tick of 4.
    expect([left([-5.8e8, 1e8]), left([0, 1e-6])]).toEqual([68, 68]);
  });

  it("on a phone has four ticks, no rotated title, and leaves one finger to the page", () => {
    const layout = layoutOf({ ...parts, view: { ...VIEW, narrow: true } });
    expect(layout.yaxis).toMatchObject({ nticks: 4, title: { text: "" } });
    expect(layout["annotations"]).toMatchObject([{ text: "remaining", yanchor: "bottom" }]);
    expect(layout["dragmode"]).toBe(false);
  });
});

it("floorLabel stands inside the region where that is high enough, else above it", () => {
  const y = decadeAxis([1e-6, 1]);
  expect(floorLabel(1e-5, y, "light")).toMatchObject({ yanchor: "top", text: "below round-off", y: -5 });
  expect(floorLabel(1.2e-6, y, "light")).toMatchObject({ yanchor: "bottom" });
});
