import { describe, expect, it } from "vitest";
import { randomFrom } from "../test/random";
import { curveThrough } from "./curve";
import { simplified, Stroke } from "./stroke";

const LINE = { low: 0, high: 1, round: false };

describe("a stroke", () => {
  it("has a height for every column, also those that the pointer jumped over", () => {
    const stroke = new Stroke();
    stroke.through(2, 0);
    stroke.through(6, 4);
    expect(stroke.samples).toEqual([2, 3, 4, 5, 6].map((x) => ({ x, y: x - 2 })));
  });

  it("says the later height where the pointer comes back", () => {
    const stroke = new Stroke();
    stroke.through(0, 0);
    stroke.through(4, 0);
    stroke.through(3, 9);
    expect(stroke.samples.map(({ y }) => y)).toEqual([0, 0, 0, 9, 0]);
  });
});

describe("few points", () => {
  it.each(Array.from({ length: 8 }, (_, seed) => seed))("are near any stroke, or as many as there may be (%i)", (seed) => {
    const random = randomFrom(seed);
    const stroke = new Stroke();
    let [x, y] = [200, 0];
    for (let i = 0; i < 60; i += 1) stroke.through((x = Math.round(Math.max(0, Math.min(800, x + random(-20, 40))))), (y += random(-0.2, 0.2)));
    const most = seed % 2 ? 64 : 9;
    const few = simplified(stroke.samples, 0.02, most);
    const curve = curveThrough(few, LINE);
    expect(few.length).toBeLessThanOrEqual(most);
    expect([few[0], few.at(-1)]).toEqual([stroke.samples[0], stroke.samples.at(-1)]);
    for (const point of few) expect(stroke.samples).toContainEqual(point);
    const off = Math.max(...stroke.samples.map(({ x, y }) => Math.abs(curve(x) - y)));
    if (few.length < most) expect(off).toBeLessThanOrEqual(0.02);
  });

  it("are two for a straight line, and few for a wave", () => {
    const line = Array.from({ length: 500 }, (_, x) => ({ x, y: 0.3 * x }));
    expect(simplified(line, 0.01, 64)).toHaveLength(2);
    const wave = Array.from({ length: 500 }, (_, x) => ({ x, y: Math.sin((2 * Math.PI * x) / 250) }));
    expect(simplified(wave, 0.02, 64).length).toBeLessThan(24);
  });
});
