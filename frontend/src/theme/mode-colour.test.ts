import { describe, expect, it } from "vitest";
import { contrast, distance, lightness, SIGHTS } from "../test/colour";
import { MODE_STOPS, modeColour, modePosition, withOpacity } from "./mode-colour";
import { TOKENS } from "./tokens";

describe("modePosition", () => {
  it("gives the first eight modes equal steps, and 8, 16, 32, 64 equal ones after them", () => {
    const steps = (numbers: number[]) => numbers.map((number) => modePosition(number, 64)).map((position, i, all) => position - (all[i - 1] ?? 0)).slice(1);
    for (const step of steps([1, 2, 3, 4, 5, 6, 7, 8])) expect(step).toBeCloseTo(0.6 / 7, 12);
    for (const step of steps([8, 16, 32, 64])) expect(step).toBeCloseTo(0.4 / 3, 12);
    expect([modePosition(1, 64), modePosition(64, 64), modePosition(4, 4), modePosition(1, 4)]).toEqual([0, 1, 1, 0]);
  });

  it("stays within the scale for a single mode and for modes beyond the followed ones", () => {
    expect(modePosition(1, 1)).toBe(0);
    expect(modePosition(500, 64)).toBe(1);
  });
});

describe.each(["light", "dark"] as const)("modeColour, %s", (theme) => {
  it("passes through the nine stops and stays inside the scale", () => {
    expect(MODE_STOPS[theme].map((_, i) => modeColour(i / 8, theme))).toEqual(MODE_STOPS[theme]);
    expect(modeColour(-1, theme)).toBe(MODE_STOPS[theme][0]);
    expect(modeColour(2, theme)).toBe(MODE_STOPS[theme][8]);
  });

  it("lies between its neighbours half way", () => {
    const gap = distance(MODE_STOPS[theme][0] as string, MODE_STOPS[theme][1] as string);
    expect(distance(modeColour(1 / 16, theme), MODE_STOPS[theme][0] as string)).toBeLessThan(gap);
  });

  it("reaches 3.4 : 1 on the card everywhere", () => {
    for (let i = 0; i <= 64; i += 1) {
      expect(contrast(modeColour(i / 64, theme), TOKENS[theme].surface)).toBeGreaterThan(3.4);
    }
  });

  it("tells neighbours among the first eight modes apart, as those of the ladder", () => {
    for (let number = 1; number < 8; number += 1) {
      const [one, next] = [number, number + 1].map((mode) => modeColour(modePosition(mode, 64), theme)) as [string, string];
      expect(distance(one, next), `modes ${number} and ${number + 1}`).toBeGreaterThan(0.025);
    }
  });

  it.each(SIGHTS)("falls in lightness at every stop for %s sight", (sight) => {
    const values = MODE_STOPS[theme].map((stop) => lightness(stop, sight));
    values.slice(1).forEach((value, i) => expect(value).toBeLessThan(values[i] as number));
  });
});

it("writes an opacity as rgba", () => {
  expect(withOpacity("#0a5fc2", 0.25)).toBe("rgba(10,95,194,0.25)");
});
