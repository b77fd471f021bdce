import { describe, expect, it } from "vitest";
import { decodeEvent, type Finished, type Frame, type Started, type StreamEvent, type Tick } from "../api/codec";
import { recorded } from "../test/fixtures";
import { furtherFixture } from "../test/further-fixture";
import { frameOf, isPicked, spreadPicks } from "./at-time";
import { emptyRun, OFF_PLAN, reduce } from "./run";
import { DEFAULT_VIEW } from "./view";

const events = () => recorded.map(({ bytes }) => decodeEvent(bytes));
const started = () => events().find((event) => event.type === "started") as Started;
const frame = () => events().find((event) => event.type === "frame") as Frame;

function replay(all: StreamEvent[]) {
  return all.reduce(reduce, emptyRun("a"));
}

/** The second Started of an extension: the added times only. */
function extension(steps: number[], seq: number): Started {
  const { gradient_flow, gradient_descent, ...rest } = started();
  const groups = gradient_flow.remaining.shape[1] ?? 0;
  const law = (fill: number) => ({
    remaining: { shape: [steps.length, groups], values: new Float32Array(steps.length * groups).fill(fill) },
    learnt: { shape: [steps.length, groups], values: new Float32Array(steps.length * groups).fill(fill) },
    loss: new Float32Array(steps.length).fill(fill),
  });
  return {
    ...rest,
    seq,
    steps: Float32Array.from(steps),
    times: Float32Array.from(steps, (step) => step * rest.learning_rate),
    kernel_steps: Float32Array.from(steps.slice(-1)),
    gradient_flow: law(7),
    gradient_descent: law(8),
  };
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

  it("joins the times of an extension to those that were there", () => {
    const run = reduce(replay(events()), extension([30, 50], 10));
    expect([...(run.started?.steps ?? [])]).toEqual([0, 1, 4, 20, 30, 50]);
    expect([...(run.started?.gradient_flow.loss ?? [])].slice(-2)).toEqual([7, 7]);
    expect(run.started?.gradient_descent.remaining.shape[0]).toBe(6);
    expect(run.started?.gradient_descent.remaining.values.at(-1)).toBe(8);
    expect([...(run.started?.kernel_steps ?? [])]).toEqual([0, 20, 50]);
    expect(run.finished).toBeNull();
  });

  it("takes the plan of an extension that covers the whole run as it is", () => {
    const whole = extension([0, 1, 4, 20, 30, 50], 10);
    expect(reduce(replay(events()), whole).started).toBe(whole);
  });

  it("joins what infinite width predicts of the loss, where both parts have it", () => {
    const limit = { ...furtherFixture().started?.infinite, loss: new Float32Array([9, 9]) } as NonNullable<Started["infinite"]>;
    const first = { ...limit, loss: new Float32Array([1, 2, 3, 4]) };
    const begun = (infinite: Started["infinite"]) => replay(events().map((event) => (event.type === "started" ? { ...event, infinite: infinite ?? null } : event)));
    const added: Started = { ...extension([30, 50], 10), infinite: limit };
    expect([...(reduce(begun(first), added).started?.infinite?.loss ?? [])]).toEqual([1, 2, 3, 4, 9, 9]);
    expect(reduce(begun(null), added).started?.infinite?.loss).toBeNull();
    expect(reduce(begun(first), { ...added, infinite: null }).started?.infinite).toBeNull();
  });

  it("drops planned times that an early stop left unused", () => {
    const run = reduce(replay(events().filter((event) => event.seq <= 5)), extension([3, 50], 10));
    expect([...(run.started?.steps ?? [])]).toEqual([0, 1, 3, 50]);
  });

  it("counts a frame's index over the joined times", () => {
    const run = reduce(replay(events()), extension([30, 50], 10));
    reduce(run, { ...frame(), seq: 11, index: 0, step: 30 });
    reduce(run, { ...frame(), seq: 12, index: 1, step: 50 });
    expect(run.frames.map((one) => one.index)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("keeps a state off the plan at its own time, also after an extension", () => {
    const run = replay(events());
    const last = run.frames.at(-1) as Frame;
    const time = last.time * 1.01;
    reduce(run, { ...frame(), seq: 10, index: OFF_PLAN, step: last.step + 1, time });
    reduce(run, extension([30, 50], 11));
    expect(run.frames.at(-1)).toMatchObject({ index: OFF_PLAN, time });
    const picks = spreadPicks((run.started as Started).times, 2);
    expect(run.frames.filter((one) => isPicked(one, picks)).at(-1)?.time).toBe(time);
    expect(frameOf(run, { ...DEFAULT_VIEW, time })?.index).toBe(OFF_PLAN);
    expect(frameOf(run, { ...DEFAULT_VIEW, time: last.time })?.time).toBe(last.time);
  });

  it("keeps the closing figures where an extension is cancelled before it begins", () => {
    const run = replay(events());
    const rows = run.finished?.rows;
    const early = { ...(run.finished as Finished), seq: 10, outcome: "cancelled", reason: "cancelled", sentence: "Cancelled.", rows: [], median_error: null } as Finished;
    reduce(run, early);
    expect(run.finished).toMatchObject({ outcome: "cancelled", sentence: "Cancelled.", rows });
  });
});
