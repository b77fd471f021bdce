import { expect, it } from "vitest";
import { spotBeside } from "./place";

const window = { width: 1000, height: 800 };
const panel = { width: 400, height: 300 };
const button = (right: number, top: number) => ({ left: right - 24, right, top, bottom: top + 24 });

it("stands below its button, right edges aligned", () => {
  expect(spotBeside(button(700, 100), panel, window)).toEqual({ left: 300, top: 128 });
});

it("stands above where there is no room below", () => {
  expect(spotBeside(button(700, 600), panel, window)).toEqual({ left: 300, top: 296 });
});

it("never leaves the window", () => {
  expect(spotBeside(button(200, 100), panel, window).left).toBe(8);
  expect(spotBeside(button(999, 100), panel, window).left).toBe(592);
  expect(spotBeside(button(700, 300), { width: 400, height: 780 }, window).top).toBe(12);
});
