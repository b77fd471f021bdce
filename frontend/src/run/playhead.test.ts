import { describe, expect, it } from "vitest";
import { advance, frameAt, nextSpeed, positionOf, spanOf, timeAt, WHOLE_RUN_SECONDS } from "./playhead";

const span = { first: 0.01, last: 100 };

describe("log time", () => {
  it("puts equal ratios at equal distances", () => {
    expect(positionOf(span, 0.01)).toBe(0);
    expect(positionOf(span, 1)).toBeCloseTo(0.5, 12);
    expect(positionOf(span, 100)).toBe(1);
  });

  it("has time 0 at the very left", () => {
    expect(positionOf(span, 0)).toBe(0);
    expect(timeAt(span, 0)).toBe(0);
    expect(timeAt(span, 1e-9)).toBeCloseTo(0.01, 9);
  });

  it("goes there and back", () => {
    for (const position of [0.1, 0.37, 0.5, 0.999, 1]) expect(positionOf(span, timeAt(span, position))).toBeCloseTo(position, 12);
  });

  it("never leaves the bar", () => {
    expect(positionOf(span, 1e9)).toBe(1);
    for (const end of [1, 1.5]) expect(timeAt({ first: 0.1, last: 0.7 }, end)).toBe(0.7);
    expect(positionOf(span, NaN)).toBe(0);
  });
});

describe("linear time", () => {
  const linear = { ...span, scale: "linear" as const };

  it("puts equal times at equal distances, from 0 on", () => {
    expect([0, 25, 50, 100, 1e9, NaN].map((time) => positionOf(linear, time))).toEqual([0, 0.25, 0.5, 1, 1, 0]);
    expect([0, 0.25, 0.5, 1, 2].map((position) => timeAt(linear, position))).toEqual([0, 25, 50, 100, 100]);
  });

  it("takes as long to play", () => {
    let time = 0;
    for (let step = 0; step < 120; step += 1) time = advance(linear, time, WHOLE_RUN_SECONDS / 120, 1);
    expect(time).toBeCloseTo(100, 6);
  });
});

describe("playing", () => {
  it("takes twelve seconds for the whole run, in whatever steps", () => {
    let time = 0;
    for (let step = 0; step < 120; step += 1) time = advance(span, time, WHOLE_RUN_SECONDS / 120, 1);
    expect(time).toBeCloseTo(100, 6);
  });

  it("is twice as far at twice the speed", () => {
    expect(advance(span, 0, 3, 2)).toBeCloseTo(advance(span, 0, 6, 1), 12);
  });

  it("goes through the speeds and stops at both ends", () => {
    expect(nextSpeed(1, 1)).toBe(2);
    expect(nextSpeed(4, 1)).toBe(4);
    expect(nextSpeed(0.25, -1)).toBe(0.25);
  });
});

describe("spanOf", () => {
  it("leaves time 0 out and ends where the run ended", () => {
    expect(spanOf([0, 0.5, 2, 9])).toEqual({ first: 0.5, last: 9 });
    expect(spanOf([0, 0.5, 2, 9], 2)).toEqual({ first: 0.5, last: 2 });
  });

  it("is null where there is nothing to play", () => {
    expect(spanOf([])).toBeNull();
    expect(spanOf([0, 1])).toBeNull();
    expect(spanOf([0, 1, 2], 0)).toBeNull();
  });
});

describe("frameAt", () => {
  const frames = [0, 1, 2, 4].map((time) => ({ time }));
  it("is the last frame at or before the time", () => {
    expect([-1, 0, 0.5, 1, 3.9, 4, 99].map((time) => frameAt(frames, time))).toEqual([0, 0, 0, 1, 2, 3, 3]);
  });
});
