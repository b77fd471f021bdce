import { describe, expect, it } from "vitest";
import type { Started } from "../../api/codec";
import { runFixture } from "../../test/run-fixture";
import { sketch } from "./eigenvector";

const of = (geometry: Started["geometry"]) => runFixture({ geometry }).started as Started;
const points = (path: string) => path.slice(1).split("L").map((pair) => pair.split(",").map(Number) as [number, number]);

describe("sketch", () => {
  it("draws one path for each of at most two eigenvectors, inside its box, along x", () => {
    const started = of("interval");
    const { paths, zero } = sketch(started, started.groups[1] as Started["groups"][0], 100, 40);
    expect(paths).toHaveLength(2);
    expect(zero).toBe(20);
    for (const path of paths) {
      const xs = points(path).map(([x]) => x);
      expect(xs).toEqual([...xs].sort((a, b) => a - b));
      for (const [x, y] of points(path)) {
        expect(x).toBeGreaterThanOrEqual(4);
        expect(x).toBeLessThanOrEqual(96);
        expect(y).toBeGreaterThanOrEqual(4);
        expect(y).toBeLessThanOrEqual(36);
      }
    }
    const group = { ...(started.groups[0] as Started["groups"][0]), modes: [0, 1, 2, 3] };
    expect(sketch(started, group, 100, 40).paths).toHaveLength(2);
  });

  it("draws one mode along the grid, over its training points; as before where it was not carried there", () => {
    const started = of("interval");
    const drawing = sketch(started, started.groups[0] as Started["groups"][0], 100, 40);
    expect(points(drawing.paths[0] as string)).toHaveLength(36);
    expect(drawing.points).toHaveLength(16);
    for (const { x, y } of drawing.points) for (const value of [x - 4, 96 - x, y - 4, 36 - y]) expect(value).toBeGreaterThanOrEqual(-1e-6);
    for (const [other, group] of [[{ ...started, grid_modes: null }, 0], [started, 5]] as const) {
      const before = sketch(other, started.groups[group] as Started["groups"][0], 100, 40);
      expect(points(before.paths[0] as string)).toHaveLength(16);
      expect(before.points).toEqual([]);
    }
  });

  it("turns a pair on the circle to a cosine and a sine", () => {
    const started = of("circle");
    const { paths } = sketch(started, started.groups[1] as Started["groups"][0], 100, 40);
    const heights = paths.map((path) => points(path).map(([, y]) => 20 - y));
    const [cosine, sine] = heights as [number[], number[]];
    const n = cosine.length;
    cosine.forEach((value, i) => expect(value).toBeCloseTo(16 * Math.cos((2 * Math.PI * i) / n), 0));
    sine.forEach((value, i) => expect(Math.abs(value)).toBeCloseTo(Math.abs(16 * Math.sin((2 * Math.PI * i) / n)), 0));
  });

  it("draws dots over two inputs", () => {
    const started = of("plane");
    const { paths, dots } = sketch(started, started.groups[0] as Started["groups"][0], 100, 40);
    expect(paths).toEqual([]);
    expect(dots).toHaveLength(16);
    expect(Math.max(...dots.map(({ value }) => Math.abs(value)))).toBeCloseTo(1, 6);
  });

  it("draws along the data's own order over more inputs", () => {
    const started = of("points");
    const xs = points(sketch(started, started.groups[0] as Started["groups"][0], 100, 40).paths[0] as string).map(([x]) => x);
    expect(xs[1]).toBeCloseTo(4 + 92 / 15, 1);
  });
});
