import { expect, it } from "vitest";
import { spotBeside } from "./place";

const window = { width: 1000, height: 800 };
const panel = { width: 400, height: 300 };
/** A card without room beside it. */
const full = { left: 0, right: 1000, top: 90, bottom: 400 };
const button = (right: number, top: number) => ({ left: right - 24, right, top, bottom: top + 24 });

it("stands right of its card, or left of it, and leaves the chart to be seen", () => {
  expect(spotBeside(button(500, 100), panel, window, { left: 0, right: 520, top: 90, bottom: 400 })).toEqual({ left: 524, top: 90, height: 784 });
  expect(spotBeside(button(960, 600), panel, window, { left: 500, right: 980, top: 590, bottom: 790 })).toEqual({ left: 96, top: 492, height: 784 });
});

it("stands below its card where there is no room beside it, right edges of button and panel aligned", () => {
  expect(spotBeside(button(700, 100), panel, window, full)).toEqual({ left: 300, top: 404, height: 388 });
});

it("stands above where there is more room, and never over the chart: it scrolls inside", () => {
  expect(spotBeside(button(700, 500), panel, window, { ...full, top: 490, bottom: 790 })).toEqual({ left: 300, top: 186, height: 478 });
  const high = { width: 400, height: 600 };
  expect(spotBeside(button(700, 100), high, window, full)).toEqual({ left: 300, top: 404, height: 388 });
  expect(spotBeside(button(700, 500), high, window, { ...full, top: 490, bottom: 790 })).toEqual({ left: 300, top: 8, height: 478 });
});

it("lies over a card that fills the window", () => {
  expect(spotBeside(button(700, 100), panel, window, { ...full, bottom: 780 })).toEqual({ left: 300, top: 128, height: 784 });
});

it("never leaves the window", () => {
  expect(spotBeside(button(200, 100), panel, window, full).left).toBe(8);
  expect(spotBeside(button(999, 100), panel, window, full).left).toBe(592);
});
