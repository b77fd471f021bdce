import { describe, expect, it } from "vitest";
import { decodeEvent, type StreamEvent } from "../api/codec";
import type { Connection } from "../api/stream";
import type { RunSummary } from "../api/types";
import { emptyRun, reduce } from "../run/run";
import { recorded } from "../test/fixtures";
import { phaseOf, type Closed, type Phase } from "./phase";
import { statusOf } from "./status";

const events = () => recorded.map(({ bytes }) => decodeEvent(bytes));
const row = (state: RunSummary["state"], ahead = 0) => ({ id: "a", state, ahead }) as RunSummary;
const after = (count: number, extra: StreamEvent[] = []) => [...events().slice(0, count), ...extra].reduce(reduce, emptyRun("a"));
const paused = () => ({ ...events()[0], paused: true }) as StreamEvent;

describe("phaseOf", () => {
  it.each<[string, Phase, number, RunSummary["state"], Connection, Closed | null]>([
    ["waits in the queue", "queued", 0, "queued", "live", null],
    ["computes the kernel after the first sign of life", "starting", 1, "running", "live", null],
    ["trains once frames come", "training", 4, "running", "live", null],
    ["has ended with its last event", "completed", 9, "running", "live", null],
    ["loads the log of a run that ended before", "loading", 4, "completed", "live", null],
    ["failed", "failed", 4, "running", "ended", { code: 4500, reason: "exit code -9" }],
    ["was interrupted", "interrupted", 4, "running", "ended", { code: 4503, reason: "" }],
    ["was deleted", "deleted", 9, "completed", "ended", { code: 4410, reason: "" }],
    ["was never here", "missing", 0, "running", "ended", { code: 4404, reason: "" }],
    ["was cancelled before it began", "cancelled", 0, "cancelled", "ended", { code: 1000, reason: "cancelled" }],
  ])("%s", (_, phase, count, state, connection, closed) => {
    expect(phaseOf(after(count), row(state), connection, closed)).toBe(phase);
  });

  it("is paused while ticks say so", () => {
    expect(phaseOf(after(5, [paused()]), row("running"), "live", null)).toBe("paused");
  });

  it("is nothing without a run", () => {
    expect(phaseOf(emptyRun(""), null, "ended", null)).toBe("none");
  });
});

describe("statusOf", () => {
  const tick = { ...events()[0], steps_per_second: 1843.7, seconds_left: 41.2, wall_seconds: 4, step: 5 } as StreamEvent;

  it("says device, precision, speed, time left", () => {
    expect(statusOf(after(4, [tick]), row("running"), "training", "live")).toEqual({
      machine: ["CPU", "float64", "1,840 step/s"],
      why: "",
      state: "Live",
      tone: "live",
      left: "41 s left",
    });
  });

  it("says why on this device, where there was a choice", () => {
    const placement = { device: "cpu", eigen: "cpu", reason: "Trains on the CPU: the card is full." } as const;
    expect(statusOf(after(4), { ...row("running"), placement }, "training", "live").why).toBe(placement.reason);
  });

  it("says nothing of the time left while it cannot be known", () => {
    const early = { ...tick, wall_seconds: 0.4, seconds_left: 1320 } as StreamEvent;
    expect(statusOf(after(4, [early]), row("running"), "training", "live").left).toBe("");
  });

  it("counts the runs ahead", () => {
    expect(statusOf(emptyRun("a"), row("queued", 2), "queued", "live").state).toBe("2 runs ahead of yours");
    expect(statusOf(emptyRun("a"), row("queued", 1), "queued", "live").state).toBe("1 run ahead of yours");
  });

  it("says up to where the charts are while the line is broken", () => {
    expect(statusOf(after(9), row("running"), "training", "reconnecting").state).toBe("Reconnecting; shown up to t = 0.111");
  });
});
