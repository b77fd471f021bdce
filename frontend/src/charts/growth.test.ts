import { describe, expect, it } from "vitest";
import { DEFAULT_VIEW as VIEW } from "../run/view";
import { runFixture } from "../test/run-fixture";
import { functionChart } from "./function";
import { lossChart } from "./loss";

/** Infinite width's fastest mode grows: λ₁ = 260 at a rate of 0.01; from frame 30 on beyond all measure. */
function growing() {
  const run = runFixture();
  const infinite = run.started?.infinite;
  if (!infinite?.loss) throw new Error("the fixture has no infinite width");
  infinite.eigenvalues[0] = 260;
  infinite.loss = infinite.loss.map((value, i) => value * (i < 30 ? 1 : 1e38));
  for (const frame of run.frames.slice(30)) frame.predicted.infinite?.function.fill(NaN);
  return run;
}

describe("a prediction that grows without bound", () => {
  it("ends on the loss with its reason, and presses nothing flat", () => {
    const run = growing();
    const [plain, figure] = [lossChart.figure(runFixture(), VIEW, "light"), lossChart.figure(run, VIEW, "light")];
    const line = figure.data.find(({ name }) => name === "infinite width");
    expect(line?.x.length).toBe(29);
    expect(figure.layout.yaxis.range).toEqual(plain.layout.yaxis.range);
    expect(figure.note).toBe(`Infinite width: at this rate its fastest mode grows (ηλ₁ = 2.60), drawn to step ${run.started?.steps[29]}`);
    expect(plain.note).toBeNull();
  });

  it("ends on the function with the same sentence, and is drawn at the play-head before", () => {
    const run = growing();
    const view = { ...VIEW, predictions: ["frozen", "infinite"] as const };
    const late = functionChart.figure(run, view, "light");
    expect(late.data.find(({ name }) => name === "∞")?.y.every((value) => value === null)).toBe(true);
    expect(late.note).toContain(`(ηλ₁ = 2.60), drawn to step ${run.started?.steps[29]}`);
    expect(late.legend.map(({ text }) => text)).toContain("∞");
    const early = functionChart.figure(run, { ...view, time: run.frames[20]?.time ?? 0 }, "light");
    expect(early.note).toBeNull();
  });

  it("by the moving kernel says so too, without a rate where its kernels are stable", () => {
    const run = runFixture();
    run.kernelFrames.slice(5).forEach(({ moving }) => moving?.function.fill(5e24));
    const { note } = functionChart.figure(run, { ...VIEW, predictions: ["moving"] }, "light");
    expect(note).toBe(`Kₜ: its values grow without bound, drawn to step ${run.kernelFrames[4]?.step}`);
  });
});

describe("the function's axis", () => {
  /** Starts forty times as large as the data and forgets it by frame 20. */
  function large() {
    const run = runFixture();
    run.started?.grid_start.fill(40);
    run.frames.forEach((frame, i) => frame.function.fill(i < 20 ? 40 * 0.7 ** i : 0.5));
    return run;
  }
  const range = (run: ReturnType<typeof large>, time: number | null) => functionChart.figure(run, { ...VIEW, time }, "light").layout.yaxis.range;

  it("holds the start at the start, and only what is drawn after training", () => {
    expect(range(large(), 0)[1]).toBeGreaterThan(40);
    expect(range(large(), null)[1]).toBeLessThan(2);
  });

  it("only shrinks as the play-head moves on, in few steps", () => {
    const run = large();
    const tops = run.frames.map(({ time }) => range(run, time)[1]);
    expect(tops.every((top, i) => i === 0 || top <= (tops[i - 1] as number))).toBe(true);
    expect(new Set(tops).size).toBeLessThan(9);
    run.frames.forEach((frame, i) => expect(Math.max(...frame.function)).toBeLessThanOrEqual((tops[i] as number) + 0.2));
  });
});
