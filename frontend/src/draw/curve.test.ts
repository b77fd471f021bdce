import { expect, it } from "vitest";
import { curveThrough } from "./curve";
import type { Point } from "./points";

const FLAT = { low: 0, high: 7, round: false };
const POINTS: Point[] = [[0, 1], [1, 3], [3, 3], [4, -2], [7, 0]].map(([x = 0, y = 0]) => ({ x, y }));

/** What numerics/monotone_cubic.py says of these points, to the last figure. */
const SERVER: [number, number][] = [
  [-1.0, 1.0], [0.3, 1.824], [0.9, 2.968], [2.0, 3.0], [3.4, 1.2399999999999989], [3.99, -1.9985099999999996], [5.0, -1.925925925925926], [6.5, -0.8425925925925922], [8.0, 0.0],
];
const ROUND: [number, number][] = [
  [-1.0, -0.7371916771095692], [0.3, 1.6715988362311363], [0.9, 2.958669316503947], [2.0, 3.0], [3.4, 1.2399999999999998], [3.99, -1.9985100000000005], [5.0, -1.1788507456817006], [6.2, 0.8624574454250188], [8.0, 3.0],
];

it("is the server's own curve", () => {
  const curve = curveThrough(POINTS, FLAT);
  for (const [x, y] of SERVER) expect(curve(x)).toBeCloseTo(y, 12);
  const round = curveThrough(POINTS.slice(0, 4), { low: 0, high: 2 * Math.PI, round: true });
  for (const [x, y] of ROUND) expect(round(x)).toBeCloseTo(y, 12);
});

it("goes through its points, constant beside them, and a line through two", () => {
  const curve = curveThrough(POINTS, FLAT);
  for (const { x, y } of POINTS) expect(curve(x)).toBe(y);
  expect([curve(-9), curve(99)]).toEqual([1, 0]);
  expect(curveThrough(POINTS.slice(0, 2), FLAT)(0.25)).toBe(1.5);
});
