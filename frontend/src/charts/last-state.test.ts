/** A run that ended between two recording times: its last state is drawn at its own time. */
import { expect, it } from "vitest";
import { frameOf, headOf } from "../run/at-time";
import type { RunState } from "../run/run";
import { DEFAULT_VIEW as VIEW } from "../run/view";
import { runFixture } from "../test/run-fixture";
import { lossChart } from "./loss";
import { modesChart } from "./modes";
import { heatFrames } from "./parts/heat";

const whole = runFixture({ geometry: "circle" });
const half = whole.frames.slice(0, 10);
const [before, next] = [half.at(-1)!, whole.frames[10]!];
const time = Math.sqrt(before.time * next.time);
const last = { ...before, step: before.step + 1, time, seq: before.seq + 1 };
const run: RunState = { ...whole, frames: [...half, last] };
const measured = (figure: ReturnType<typeof lossChart.figure>) => figure.data.filter((trace) => trace.name === "measured").flatMap(({ x }) => [...x]);

it("is drawn in the loss, the modes and the heatmaps, whatever else is picked", () => {
  expect(measured(lossChart.figure(run, VIEW, "light"))).toContain(time);
  expect(measured(modesChart.figure(run, VIEW, "light"))).toContain(time);
  expect(measured(modesChart.figure(run, { ...VIEW, modesAxis: "log-linear" }, "light"))).toContain(time);
  expect(heatFrames(run, run.started!).at(-1)?.time).toBe(time);
});

it("is where the play-head ends", () => {
  expect(headOf(run, VIEW)).toBe(time);
  expect(frameOf(run, VIEW)?.step).toBe(last.step);
  expect(frameOf(run, { ...VIEW, time: (before.time + time) / 2 })?.step).toBe(before.step);
});
