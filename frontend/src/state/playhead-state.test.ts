import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { emptyRun, type RunState } from "../run/run";
import { actOnKey } from "./keys";
import { PlayheadState } from "./playhead.svelte";

let run: RunState;
let growing: boolean;
let head: PlayheadState;

function record(times: number[]) {
  run = { ...run, frames: times.map((time) => ({ time })) as RunState["frames"] };
  head = new PlayheadState(() => ({ run, growing }));
}

/** Lets the page live for a while, 50 frames a second. */
function live(seconds: number) {
  for (let frame = 0; frame < seconds * 50; frame += 1) vi.advanceTimersByTime(20);
}

const press = (key: string, target: EventTarget = document.body) => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  Object.defineProperty(event, "target", { value: target });
  return actOnKey(event, { head, moments, help: () => {}, otherDepth });
};
const moments = [{ time: 1 }, { time: 8 }];
const otherDepth = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  growing = false;
  run = { ...emptyRun("a"), started: { times: [0, 0.125, 1, 8, 64] } as RunState["started"] };
  record([0, 0.125, 1, 8, 64]);
});
afterEach(() => {
  head.pause();
  vi.useRealTimers();
});

describe("live", () => {
  it("follows the newest frame until it is scrubbed, and again only when asked", () => {
    expect(head.time).toBeNull();
    expect(head.now).toBe(64);
    head.scrub(0.5);
    expect(head.now).toBeCloseTo(Math.sqrt(0.125 * 64), 6);
    head.scrub(1);
    expect(head.time).toBe(64);
    head.live();
    expect(head.time).toBeNull();
  });

  it("is not left by new frames", () => {
    growing = true;
    record([0, 0.125, 1]);
    expect(head.now).toBe(1);
    expect(head.loaded).toBeCloseTo(1 / 3, 6);
    expect(head.time).toBeNull();
  });

  it("cannot be scrubbed beyond what is recorded", () => {
    growing = true;
    record([0, 0.125, 1]);
    head.scrub(0.9);
    expect(head.time).toBe(1);
  });
});

describe("playing", () => {
  it("goes through the whole run in 12 s, linearly in log time, and stops", () => {
    head.play();
    live(6);
    expect(head.position).toBeGreaterThan(0.48);
    expect(head.position).toBeLessThan(0.52);
    live(6.2);
    expect(head.now).toBe(64);
    expect(head.playing).toBe(false);
    expect(head.time).toBe(64);
  });

  it("waits for a run that is still growing", () => {
    growing = true;
    record([0, 0.125, 1]);
    head.play();
    live(8);
    expect(head.now).toBe(1);
    expect(head.playing).toBe(true);
  });

  it("begins again at the end where it loops", () => {
    head.loop = true;
    head.play();
    live(12.5);
    expect(head.playing).toBe(true);
    expect(head.now).toBeLessThan(8);
  });

  it("takes as long in linear time", () => {
    head.scale = "linear";
    head.play();
    live(6);
    expect(head.now).toBeGreaterThan(30);
    expect(head.now).toBeLessThan(34);
  });

  it("ends with the stretch that is to be seen, in a run that still grows, too", () => {
    growing = true;
    const stretch = { first: 0.125, last: 8 };
    head = new PlayheadState(() => ({ run, growing, stretch }));
    head.play();
    live(12.2);
    expect(head.now).toBeLessThanOrEqual(8.2);
    expect(head.playing).toBe(false);
    head.play();
    expect(head.now).toBe(0);
  });

  it("stops where it jumps to a moment", () => {
    head.play();
    head.jump(8);
    expect([head.now, head.playing]).toEqual([8, false]);
    head.jump(1e9);
    expect(head.now).toBe(64);
  });

  it("moves twice a second where less motion is wished for", () => {
    head.reducedMotion = true;
    head.play();
    live(0.4);
    expect(head.now).toBe(0);
    live(0.2);
    const first = head.now;
    expect(first).toBeGreaterThan(0.125);
    live(0.3);
    expect(head.now).toBe(first);
  });
});

describe("keys", () => {
  it("go frame by frame, to both ends, and back to live", () => {
    press("ArrowLeft");
    expect(head.time).toBe(8);
    press("ArrowLeft");
    press("ArrowRight");
    expect(head.time).toBe(8);
    press("Home");
    expect(head.now).toBe(0);
    press("End");
    expect(head.now).toBe(64);
    press("l");
    expect(head.time).toBeNull();
  });

  it("change the speed and play", () => {
    press("+");
    expect(head.speed).toBe(2);
    press("-");
    press("-");
    expect(head.speed).toBe(0.5);
    expect(press(" ")).toBe(true);
    expect(head.playing).toBe(true);
  });

  it("jump to what is learnt: a row's own, the next, the one before", () => {
    press("2");
    expect(head.time).toBe(8);
    press("1");
    expect(head.time).toBe(1);
    press("n");
    expect(head.time).toBe(8);
    press("N");
    expect(head.time).toBe(8);
    press("p");
    expect(head.time).toBe(1);
    expect(press("3")).toBe(false);
  });

  it("loop, change how time runs, and go to the other depth", () => {
    press("o");
    press("T");
    press("m");
    expect([head.loop, head.scale]).toEqual([true, "linear"]);
    expect(otherDepth).toHaveBeenCalledOnce();
  });

  it("leave fields and buttons alone", () => {
    const input = document.createElement("input");
    const button = document.createElement("button");
    const range = Object.assign(document.createElement("input"), { type: "range" });
    expect(press("ArrowLeft", input)).toBe(false);
    expect(press(" ", button)).toBe(false);
    expect(press("ArrowLeft", button)).toBe(true);
    expect(press("ArrowLeft", range)).toBe(true);
  });
});

describe("before a step is trained", () => {
  const course = { steps: [0, 1, 8, 64, 512], nodes: [0, 1, 512], function: { shape: [3, 1], values: new Float32Array(3) } };

  beforeEach(() => {
    run = { ...run, started: { times: [0, 0.125, 1, 8, 64], learning_rate: 0.125, rehearsal: { course } } as unknown as RunState["started"] };
    growing = true;
    record([0, 0.125]);
  });

  it("plays what was rehearsed, to its end, from where nothing is measured", () => {
    expect([head.now, head.reach, head.ahead]).toEqual([0.125, 64, false]);
    head.scrub(0.5);
    head.play();
    live(7);
    expect([head.now, head.ahead]).toEqual([64, true]);
    head.live();
    expect([head.now, head.ahead]).toEqual([0.125, false]);
  });

  it("waits at what is measured, which is not left for what was rehearsed", () => {
    head.play();
    live(13);
    expect([head.now, head.playing, head.ahead]).toEqual([0.125, true, false]);
    record([0, 0.125, 1]);
  });

  it("begins at the end of what was rehearsed while nothing is measured, and plays all of it", () => {
    growing = false;
    record([]);
    expect([head.now, head.ahead]).toEqual([64, true]);
    head.play();
    live(6);
    expect(head.position).toBeCloseTo(0.5, 1);
    expect(head.ahead).toBe(true);
    live(7);
    expect([head.now, head.playing]).toEqual([64, false]);
    head.step(-1);
    expect(head.now).toBe(8);
  });

  it("goes no further than what is measured once the run has ended", () => {
    head.scrub(1);
    expect(head.now).toBe(64);
    growing = false;
    record([0, 0.125, 1]);
    head.scrub(1);
    expect([head.now, head.ahead]).toEqual([1, false]);
  });
});
