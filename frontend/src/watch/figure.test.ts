import { describe, expect, it } from "vitest";
import { watchFigure } from "./figure";
import { phaseOf, wavePath, type Target } from "./glyph";

const grid = Array.from({ length: 48 }, (_, i) => ((i + 0.5) * 2 * Math.PI) / 48);
const circle: Target = { round: true, inputs: [0, 1, 2], targets: [0, 1, 9], grid, gridTarget: grid.map((x) => Math.sin(x)) };
const size = { width: 760, height: 470, font: 14, named: true };
const spots = (path: string) => path.slice(1).split("L").map((pair) => pair.split(",").map(Number) as [number, number]);

describe("watchFigure", () => {
  it("closes the curve of a circle and stays inside its box", () => {
    const { target, box } = watchFigure(circle, null, null, [-1.1, 1.1], size);
    const all = spots(target);
    expect(all).toHaveLength(grid.length + 1);
    expect(all[0]?.[1]).toBe(all.at(-1)?.[1]);
    for (const [, y] of all) expect(y > box.top && y < box.bottom).toBe(true);
  });

  it("draws no network before training, and no name for it", () => {
    const draft = watchFigure(circle, null, null, [-1.1, 1.1], size);
    expect([draft.network, draft.networkName]).toEqual(["", null]);
    expect(draft.targetName).not.toBeNull();
  });

  it("draws what was rehearsed only where the network's own line does not cover it", () => {
    const network = grid.map((x) => 0.5 * Math.sin(x));
    const beside = (factor: number, measured: number[] | null) => watchFigure(circle, measured, network.map((y) => factor * y), [-1.1, 1.1], size).rehearsed;
    expect(beside(1.005, network)).toBe("");
    expect(spots(beside(1.2, network))).toHaveLength(grid.length + 1);
    expect(spots(beside(1, null))).toHaveLength(grid.length + 1);
  });

  it("leaves points out that lie beyond the range", () => {
    expect(watchFigure(circle, null, null, [-1.1, 1.1], size).points).toHaveLength(2);
  });

  it("sets names where no line runs, whatever the network does", () => {
    for (const factor of [0, 0.3, 0.7, 1]) {
      const { target, network, networkName, targetName } = watchFigure(circle, grid.map((x) => factor * Math.sin(x)), null, [-1.1, 1.1], size);
      for (const name of [networkName, targetName]) {
        const near = [...spots(target), ...spots(network)].filter(([x]) => Math.abs(x - name!.x) < 2 * size.font);
        const top = name!.y - 0.8 * size.font;
        expect(near.filter(([, y]) => y > top && y < name!.y)).toEqual([]);
      }
    }
  });

  it("keeps the names in their place along x as the network moves", () => {
    const at = (factor: number) => watchFigure(circle, grid.map((x) => factor * Math.sin(x)), null, [-1.1, 1.1], size);
    expect(at(0.2).networkName?.x).toBe(at(0.9).networkName?.x);
  });

  it("has ticks at round numbers with a true minus, and at quarters of a turn", () => {
    const { yTicks, xTicks } = watchFigure(circle, null, null, [-1.1, 1.1], size);
    expect(yTicks.map(({ text }) => text)).toEqual(["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
    expect(xTicks.map(({ text }) => text)).toEqual(["0", "π/2", "π", "3π/2", "2π"]);
  });

  it("draws the target's points alone where its curve is not known", () => {
    const { target, network, targetName } = watchFigure({ ...circle, round: false, gridTarget: null }, grid, null, [-1, 7], size);
    expect([target, targetName]).toEqual(["", null]);
    expect(network).not.toBe("");
  });
});

describe("a row's drawing", () => {
  it("begins where the wave of the target does", () => {
    const shifted = { ...circle, gridTarget: grid.map((x) => Math.sin(x) + 0.5 * Math.sin(3 * x + 0.9)) };
    expect(phaseOf(shifted, 1)).toBeCloseTo(0, 6);
    expect(phaseOf(shifted, 3)).toBeCloseTo(0.9, 6);
  });

  it("takes the points where the curve is not known, on the range of the inputs", () => {
    const inputs = Array.from({ length: 41 }, (_, i) => -1 + i / 20);
    const line: Target = { round: false, inputs, targets: inputs.map((x) => Math.cos(2 * Math.PI * (x + 1))), grid: [], gridTarget: null };
    expect(phaseOf(line, 2)).toBeCloseTo(Math.PI / 2, 1);
  });

  it("is as high as the share of it that is there", () => {
    const high = (share: number) => Math.min(...spots(wavePath(2, 0, share, 132, 54)).map(([, y]) => y));
    expect(high(1)).toBeCloseTo(3, 0);
    expect(high(0.5)).toBeCloseTo(15, 0);
    expect(high(0)).toBe(27);
  });
});
