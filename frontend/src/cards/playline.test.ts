import { expect, it } from "vitest";
import type { FigureLayout } from "../charts/parts/figure";
import { playlineAt } from "./playline";

const layout = (type: "log" | "linear"): FigureLayout => ({
  xaxis: { type, range: [0, 2] },
  yaxis: { type: "linear", range: [0, 1] },
  margin: { l: 50, r: 10, t: 0, b: 0 },
  uirevision: "",
});

it("stands where the axis has its time", () => {
  expect(playlineAt(layout("log"), { x: [0, 2], y: [0, 1] }, 260, 10)).toBe(150);
  expect(playlineAt(layout("linear"), { x: [0, 2], y: [0, 1] }, 260, 0.5)).toBe(100);
});

it("follows a zoom, and leaves with it", () => {
  expect(playlineAt(layout("log"), { x: [1, 2], y: [0, 1] }, 260, 10)).toBe(50);
  expect(playlineAt(layout("log"), { x: [1.5, 2], y: [0, 1] }, 260, 10)).toBeNull();
  expect(playlineAt(layout("log"), { x: [0, 0.5], y: [0, 1] }, 260, 10)).toBeNull();
});

it("waits at the left edge at time 0, which has no logarithm", () => {
  expect(playlineAt(layout("log"), { x: [0, 2], y: [0, 1] }, 260, 0)).toBe(50);
});
