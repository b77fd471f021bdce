import { describe, expect, it } from "vitest";
import { randomFrom } from "../test/random";
import { apartOf, covered, FEWEST, MOST, moved, placed, removed, rounded, stretched, type Point, type Span } from "./points";

const FLAT: Span = { low: -1, high: 1, round: false };
const ROUND: Span = { low: 0, high: 2 * Math.PI, round: true };
const three: Point[] = [-1, 0, 1].map((x) => ({ x, y: x }));

/** What the server asks of a drawing (schemas/drawn.py). */
function allowed(points: readonly Point[], span: Span): void {
  expect(points.length).toBeGreaterThanOrEqual(FEWEST);
  expect(points.length).toBeLessThanOrEqual(MOST);
  expect(Math.min(...points.slice(1).map(({ x }, i) => x - (points[i] as Point).x))).toBeGreaterThan(1e-9 * (span.high - span.low));
  if (span.round) expect((points.at(-1) as Point).x - (points[0] as Point).x).toBeLessThan(2 * Math.PI * (1 - 1e-9));
}

describe.each([["an interval", FLAT], ["a circle", ROUND]] as const)("on %s", (_name, span) => {
  it.each(Array.from({ length: 6 }, (_, seed) => seed))("whatever is done, the server takes it (%i)", (seed) => {
    const random = randomFrom(seed);
    const somewhere = (): Point => ({ x: random(span.low - 0.1, span.high + 0.1), y: random(-1, 1) });
    let points = stretched(three, FLAT, span);
    for (let i = 0; i < 150; i += 1) {
      const index = Math.floor(random(0, points.length));
      const doing = Math.floor(random(0, 10));
      if (doing < 6) points = placed(points, somewhere(), span).points;
      else if (doing < 8) points = moved(points, index, somewhere(), span);
      else if (doing < 9) points = removed(points, index).points;
      else {
        const from = random(span.low, span.high);
        const stroke = Array.from({ length: 5 }, (_, j) => ({ x: from + (j / 4) * (span.high - from), y: random(-1, 1) }));
        if (span.high - from > 0.1) points = covered(points, stroke, span).slice(0, MOST);
      }
      points = rounded(points, span, 2);
      allowed(points, span);
    }
  });
});

it("places a point in order, and moves the one that lies there already", () => {
  expect(placed(three, { x: 0.5, y: 9 }, FLAT)).toEqual({ points: [three[0], three[1], { x: 0.5, y: 9 }, three[2]], chosen: 2 });
  expect(placed(three, { x: 0.0001, y: 9 }, FLAT)).toEqual({ points: [three[0], { x: 0, y: 9 }, three[2]], chosen: 1 });
});

it("has no room for one more than there may be", () => {
  const full = Array.from({ length: MOST }, (_, i) => ({ x: -1 + i / 40, y: 0 }));
  expect(placed(full, { x: 0.99, y: 1 }, FLAT)).toEqual({ points: full, chosen: null });
});

it("keeps a point between its neighbours, and two at least", () => {
  expect(moved(three, 1, { x: 5, y: 2 }, FLAT)[1]).toEqual({ x: 1 - apartOf(FLAT), y: 2 });
  expect(removed(three.slice(1), 0)).toEqual({ points: three.slice(1), chosen: 0 });
});

it("puts a stroke over what was there, and nothing else", () => {
  const stroke = [-0.2, 0.5].map((x) => ({ x, y: 7 }));
  expect(covered(three, stroke, FLAT)).toEqual([three[0], ...stroke, three[2]]);
});

it("is the stroke alone where that goes over nearly all of it", () => {
  const stroke = [-0.9, 0, 0.9].map((x) => ({ x, y: 7 }));
  expect(covered(three, stroke, FLAT)).toEqual(stroke);
});

it("goes along with its span", () => {
  expect(stretched(three, FLAT, { low: 1700, high: 1900, round: false }).map(({ x }) => x)).toEqual([1700, 1800, 1900]);
  expect(stretched(three, FLAT, ROUND).map(({ x }) => x)).toEqual([0, Number(Math.PI.toPrecision(12))]); // 2 pi is 0 again
});
