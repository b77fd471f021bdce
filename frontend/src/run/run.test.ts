import { encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { decodeEvent, type Finished, type Frame, type Started, type StreamEvent, type Tick } from "../api/codec";
import { recorded } from "../test/fixtures";
import { frameOf, spreadFrames } from "./at-time";
import { emptyRun, reduce } from "./run";
import { DEFAULT_VIEW } from "./view";

const events = () => recorded.map(({ bytes }) => decodeEvent(bytes));
const started = () => events().find((event) => event.type === "started") as Started;
const frame = () => events().find((event) => event.type === "frame") as Frame;

function replay(all: StreamEvent[]) {
  return all.reduce(reduce, emptyRun("a"));
}

/** A Started that tells of these steps. */
function planned(steps: number[], seq: number): Started {
  const rest = started();
  return { ...rest, seq, steps, times: steps.map((step) => step * rest.learning_rate), kernel_steps: steps.slice(-1) };
}

describe("reduce", () => {
  it("holds everything of a run after its last event", () => {
    const run = replay(events());
    expect(run.started?.parameters).toBe(started().parameters);
    expect(run.frames.map((one) => one.step)).toEqual([0, 1, 4, 20]);
    expect(run.kernelFrames.map((one) => one.step)).toEqual([0, 20]);
    expect(run.finished?.outcome).toBe("completed");
    expect(run.lastSeq).toBe(8);
    expect(run.tick).toBeNull();
  });

  it("changes nothing for events that it has seen", () => {
    const run = replay(events());
    const version = run.version;
    for (const event of events().filter((one) => one.type !== "tick")) reduce(run, event);
    expect(run.frames).toHaveLength(4);
    expect(run.version).toBe(version);
  });

  it("shows a tick, which takes no seq", () => {
    const run = reduce(emptyRun("a"), events()[0] as Tick);
    expect(run.tick?.step).toBe(0);
    expect(run.lastSeq).toBe(0);
    expect(run.version).toBe(1);
  });

  it("takes the Started of an extension, which tells of the whole run", () => {
    const whole = planned([0, 1, 4, 20, 30, 50], 10);
    const run = reduce(replay(events()), whole);
    expect(run.started).toBe(whole);
    expect(run.frames.map((one) => one.step)).toEqual([0, 1, 4, 20]);
    expect(run.finished).toBeNull();
  });

  it("keeps a state off the plan at its own time, also after an extension", () => {
    const run = replay(events());
    const last = run.frames.at(-1) as Frame;
    const time = last.time * 1.01;
    reduce(run, { ...frame(), seq: 10, step: last.step + 1, time });
    reduce(run, planned([0, 1, 4, 20, 30, 50], 11));
    expect(run.frames.at(-1)).toMatchObject({ step: last.step + 1, time });
    expect(spreadFrames(run.frames, run.started as Started, 2).map((one) => one.step)).toEqual([1, last.step + 1]);
    expect(frameOf(run, { ...DEFAULT_VIEW, time })?.step).toBe(last.step + 1);
    expect(frameOf(run, { ...DEFAULT_VIEW, time: last.time })?.time).toBe(last.time);
  });

  it("tells every step and time apart, also beyond what float32 holds", () => {
    const steps = [0, 1, 2 ** 24, 2 ** 24 + 1, 2 ** 24 + 2, 10 ** 8 - 1, 10 ** 8];
    const sent = [planned(steps, 1), ...steps.map((step, i) => ({ ...frame(), seq: i + 2, step, time: step * started().learning_rate }))];
    const { config, ...rest } = sent[0] as Started;
    const all = [{ ...rest, config: {} }, ...sent.slice(1)].map((event) => decodeEvent(encode(event)));
    const run = replay(all as StreamEvent[]);
    expect(run.started?.steps).toEqual(steps);
    expect(run.frames.map((one) => one.step)).toEqual(steps);
    // Of steps as near as these one is picked.
    expect(spreadFrames(run.frames, run.started as Started, 99).map((one) => one.step)).toEqual([1, 2 ** 24, 10 ** 8 - 1]);
    for (const one of run.frames) {
      expect(run.started?.times[steps.indexOf(one.step)]).toBe(one.time);
      expect(frameOf(run, { ...DEFAULT_VIEW, time: one.time })).toBe(one);
    }
  });

  it("keeps the closing figures where an extension is cancelled before it begins", () => {
    const run = replay(events());
    const rows = run.finished?.rows;
    const early = { ...(run.finished as Finished), seq: 10, outcome: "cancelled", reason: "cancelled", sentence: "Cancelled.", rows: [], median_errors: { gradient_flow: null, gradient_descent: null } } as Finished;
    reduce(run, early);
    expect(run.finished).toMatchObject({ outcome: "cancelled", sentence: "Cancelled.", rows });
  });
});
