import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contrast, distance, SIGHTS } from "../test/colour";
import { DIVERGING, SERIES, TOKENS, type Theme, type Tokens } from "./tokens";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");

/** The custom properties of one theme's block. */
function properties(theme: Theme): Record<string, string> {
  const block = css.split(":root")[theme === "light" ? 1 : 2] as string;
  return Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1], match[2]]));
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Foreground, background, and the least contrast that the use of the pair asks for (WCAG 2, AA). */
const PAIRS: [keyof Tokens, keyof Tokens, number][] = [
  ["text", "surface", 7],
  ["text", "bg", 7],
  ["muted", "surface", 4.5],
  ["muted", "bg", 4.5],
  ["muted", "sunken", 4.5],
  ["axis", "surface", 4.5],
  ["accent", "surface", 4.5],
  ["onAccent", "accent", 4.5],
  ["text", "selected", 7],
  ["control", "surface", 3],
  ["ok", "okTint", 4.5],
  ["warning", "warningTint", 4.5],
  ["error", "errorTint", 4.5],
];

describe.each(["light", "dark"] as const)("the %s theme", (theme) => {
  it("is the same in CSS and in TypeScript", () => {
    const expected = Object.fromEntries([
      ...Object.entries(TOKENS[theme]).map(([name, value]) => [kebab(name), value]),
      ...Object.entries(SERIES[theme]).map(([name, value]) => [`series-${name}`, value]),
    ]);
    expect(properties(theme)).toEqual(expected);
  });

  it.each(PAIRS)("%s on %s reaches a contrast of at least %d", (front, back, least) => {
    expect(contrast(TOKENS[theme][front], TOKENS[theme][back])).toBeGreaterThanOrEqual(least);
  });

  it.each(Object.entries(SERIES[theme]))("the %s curve reaches 3.3 : 1 on the card", (_name, colour) => {
    expect(contrast(colour, TOKENS[theme].surface)).toBeGreaterThanOrEqual(3.3);
  });

  it.each(SIGHTS)("tells any two curves apart under %s sight", (sight) => {
    const colours = Object.values(SERIES[theme]);
    const distances = colours.flatMap((a, i) => colours.slice(i + 1).map((b) => distance(a, b, sight)));
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(0.098);
  });

  it("has heatmap ends that differ for every sight, and a middle close to the card", () => {
    const [low, , middle, , high] = DIVERGING[theme] as [string, string, string, string, string];
    for (const sight of SIGHTS) expect(distance(low, high, sight)).toBeGreaterThan(0.15);
    expect(contrast(middle, TOKENS[theme].surface)).toBeLessThan(1.2);
  });
});
