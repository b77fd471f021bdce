import { describe, expect, it } from "vitest";
import { ago, bytes, duration, frequency, number, percent, plain, ranged, steps, whole, withError, unbroken } from "./format";

describe("number", () => {
  it.each([
    [3.2, "3.20"],
    [2667, "2,667"],
    [0.99999, "1.00"],
    [0.001, "0.00100"],
    [0.000123, "1.23×10⁻⁴"],
    [99_999, "99,999"],
    [123_456, "1.23×10⁵"],
    [-0.5, "−0.500"],
    [-2e-12, "−2.00×10⁻¹²"],
    [0, "0"],
    [NaN, "–"],
    [Infinity, "–"],
    [null, "–"],
  ])("%s is %s", (value, text) => expect(number(value)).toBe(text));
});

it("gives numbers as a range where none is missing", () => {
  expect([[3], [4, 5], [29, 30, 31, 32], [8, 10], []].map(ranged)).toEqual(["3", "4–5", "29–32", "8, 10", ""]);
});

it("counts in full", () => {
  expect([whole(2667.4), whole(1e8), whole(null)]).toEqual(["2,667", "100,000,000", "–"]);
});

it("puts a thin space before the percent sign", () => {
  expect([0.021, 0, 0.0002, 12.5, NaN].map(percent)).toEqual(["2.1\u2009%", "0.0\u2009%", "<\u20090.1\u2009%", "1,250\u2009%", "–"]);
});

it("tells time on the clock", () => {
  expect([0.01, 0.42, 41, 200, 180, 7500, 400_000, null].map(duration)).toEqual([
    "below 0.1 s", "0.4 s", "41 s", "3 min 20 s", "3 min", "2 h 5 min", "5 days", "–",
  ]);
});

it("tells sizes", () => {
  expect([12, 1234, 3.4e6, 2.1e9].map(bytes)).toEqual(["12 B", "1.23 kB", "3.4 MB", "2.1 GB"]);
});

it("writes a value as it would be typed", () => {
  expect([plain(1024), plain(-0.5), plain(1e-7)]).toEqual(["1024", "−0.5", "1e-7"]);
});

it("writes frequencies without zeros at their end", () => {
  expect([1, 0.5, 3.8197, 20, 120, 1234, 2e-5].map(frequency)).toEqual(["1", "0.5", "3.82", "20", "120", "1,234", "2.00×10⁻⁵"]);
});

it("counts steps in full up to ten million", () => {
  expect([1, 737_762, 1.77e8].map(steps)).toEqual(["1", "737,762", "1.77×10⁸"]);
});

it("tells how long ago", () => {
  expect([970, 400, -8000, -90_000, -900_000].map((then) => ago(then, 1000))).toEqual([
    "just now", "10 min ago", "2 h ago", "yesterday", "10 days ago",
  ]);
});

it.each([
  [-0.0031, 0.0021, "−0.0031 ± 0.0021"],
  [-0.50912, 0.0481, "−0.509 ± 0.048"],
  [-1, 0.0005, "−1.00000 ± 0.00050"],
  [2, 0.0996, "2.00 ± 0.10"],
  [120.4, 12.4, "120 ± 12"],
  [-0.0001, null, "0.000"],
])("%s with error %s is written %s", (value, error, text) => expect(withError(value, error)).toBe(text));

it("ends no line between a quantity and its value", () => {
  expect(unbroken("at t = 0.5, or t = 1")).toBe("at t\u00a0=\u00a00.5, or t\u00a0=\u00a01");
});
