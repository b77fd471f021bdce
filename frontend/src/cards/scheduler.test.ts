import { beforeEach, describe, expect, it } from "vitest";
import { Scheduler } from "./scheduler";

/** A screen and a clock that move only when told. */
let frames: ((now: number) => void)[];
let now: number;
let clock: number;
let scheduler: Scheduler;
let drawn: string[];

beforeEach(() => {
  frames = [];
  now = 1000;
  clock = 0;
  drawn = [];
  scheduler = new Scheduler(
    (act) => frames.push(act),
    () => clock,
  );
});

function frame(ms = 16): void {
  now += ms;
  for (const act of frames.splice(0)) act(now);
}

function chart(name: string, interval: number, cost: number) {
  return scheduler.add(() => {
    drawn.push(name);
    clock += cost;
    return interval;
  });
}

describe("the scheduler", () => {
  it("draws what is marked, once, and then rests", () => {
    const task = chart("a", 0, 1);
    task.mark();
    task.mark();
    frame();
    expect(drawn).toEqual(["a"]);
    expect(frames).toHaveLength(0);
  });

  it("stops at the budget and goes on in the next frame", () => {
    for (const name of ["a", "b", "c"]) chart(name, 0, 7).mark();
    frame();
    expect(drawn).toEqual(["a", "b"]);
    frame();
    expect(drawn).toEqual(["a", "b", "c"]);
  });

  it("draws one chart above the budget all the same", () => {
    chart("slow", 0, 50).mark();
    chart("other", 0, 1).mark();
    frame();
    expect(drawn).toEqual(["slow"]);
    frame();
    expect(drawn).toEqual(["slow", "other"]);
  });

  it("keeps a chart's interval, and forgets nothing that was asked for in between", () => {
    const task = chart("a", 250, 1);
    task.mark();
    frame();
    task.mark();
    for (let i = 0; i < 10; i += 1) frame();
    expect(drawn).toHaveLength(1);
    for (let i = 0; i < 6; i += 1) frame();
    expect(drawn).toHaveLength(2);
    expect(frames).toHaveLength(0);
  });

  it("draws the most overdue first, in intervals", () => {
    const slow = chart("slow", 250, 20);
    const fast = chart("fast", 33, 20);
    slow.mark();
    fast.mark();
    frame();
    frame();
    drawn = [];
    slow.mark();
    fast.mark();
    frame(600);
    frame();
    expect(drawn).toEqual(["fast", "slow"]);
  });

  it("starves none: all six are drawn within six frames of being overdue", () => {
    const tasks = ["a", "b", "c", "d", "e", "f"].map((name) => chart(name, 33, 13));
    for (let i = 0; i < 24; i += 1) {
      for (const task of tasks) task.mark();
      frame();
    }
    for (let start = 0; start + 6 <= drawn.length; start += 6) expect(new Set(drawn.slice(start, start + 6)).size).toBe(6);
  });

  it("draws no card that was taken away", () => {
    const task = chart("a", 0, 1);
    task.mark();
    task.remove();
    frame();
    expect(drawn).toEqual([]);
  });
});
