import { describe, expect, it } from "vitest";
import { emptyRun, type RunState } from "../run/run";
import { runFixture } from "../test/run-fixture";
import { limitSentence, movedSentence, orderSentence } from "./questions";

const ended = () => runFixture({ geometry: "circle", finished: true, further: true });
const withStart = (run: RunState, change: object): RunState => ({ ...run, started: run.started && { ...run.started, ...change } });

describe("why this order", () => {
  it("answers by the measured slope once the run has ended", () => {
    const run = ended();
    if (!run.finished) throw new Error("not ended");
    const fitted = (slope: number) => ({ ...run, finished: { ...run.finished, learning_time_fit: { slope, standard_error: 0.01, count: 7 } } }) as unknown as RunState;
    expect(orderSentence(fitted(-1.02))).toBe("Because of the eigenvalues: a mode with a tenth of the eigenvalue took 10.5 times as long, as the kernel says (slope −1.02 over 7 groups).");
    expect(orderSentence(fitted(-1.3))).toContain("20.0 times as long, where the kernel says 10 times");
  });

  it("answers by the kernel at the start before that", () => {
    const run = runFixture({ geometry: "circle" });
    expect(orderSentence(run)).toBe("Because of the eigenvalues: the first mode that counts has 100 times that of the last, and should be learnt so much sooner.");
    expect(orderSentence(withStart(run, { groups: run.started?.groups.slice(0, 1) }))).toContain("no order to explain");
  });
});

describe("did the kernel move", () => {
  it.each([
    [0.01, "Hardly: by t ="],
    [0.1, "Somewhat: by t ="],
    [0.9, "Yes: by t ="],
  ])("by its drift: %s", (drift, begins) => {
    const run = ended();
    const last = run.kernelFrames.at(-1);
    if (!last) throw new Error("no kernel");
    const moved = { ...run, kernelFrames: [{ ...last, drift, parameter_drift: 0.02, leading_modes: 3, subspace_overlap: 0.87 }] };
    expect(movedSentence(moved).startsWith(begins)).toBe(true);
    expect(movedSentence(moved)).toContain("the parameters by 2.0\u2009%; its 3 leading modes overlap 0.87 with those at the start.");
  });

  it.each([
    [0.01, "Hardly, as rehearsed: by t = 1.00 the kernel moves by 1.0\u2009% of itself."],
    [0.1, "Somewhat, as rehearsed: by t = 1.00 the kernel moves by 10.0\u2009% of itself."],
    [0.9, "Yes, as rehearsed: by t = 1.00 the kernel moves by 90.0\u2009% of itself."],
  ])("by the rehearsal before it is measured: %s", (drift, sentence) => {
    const run = runFixture({ rehearsed: 12 });
    run.started?.rehearsal?.course.drift?.fill(drift);
    expect(movedSentence({ ...run, kernelFrames: [] })).toBe(sentence);
    if (run.started?.rehearsal) run.started.rehearsal.course.drift = null;
    expect(movedSentence({ ...run, kernelFrames: [] })).toBe("Measured while the network trains.");
  });

  it("says what an earlier version recorded, and when nothing is", () => {
    const run = ended();
    const last = run.kernelFrames.at(-1);
    if (!last) throw new Error("no kernel");
    expect(movedSentence({ ...run, kernelFrames: [{ ...last, parameter_drift: null, subspace_overlap: null }] })).toMatch(/moved by [\d.]+\u2009% of itself\.$/);
    expect(movedSentence(withStart(run, { kernel_steps: [] }))).toContain("records no kernels");
  });
});

describe("what would infinite width do", () => {
  it.each([
    [0.01, "almost the same"],
    [0.1, "much the same"],
    [0.8, "something else"],
  ])("by the distance from its prediction: %s", (distance, said) => {
    const run = ended();
    const last = run.frames.at(-1);
    if (!last?.predicted.infinite) throw new Error("no prediction");
    const frames = [{ ...last, predicted: { ...last.predicted, infinite: { ...last.predicted.infinite, distance } } }];
    expect(limitSentence({ ...run, frames })).toContain(`starts 10.0\u2009% from that of infinite width; it would do ${said}`);
  });

  it("and by how much of the network lies in the band, or why there is none", () => {
    const run = ended();
    expect(limitSentence(run)).toContain("from its prediction, and 100.0\u2009% of it lies in the band over draws.");
    expect(limitSentence(withStart(run, { centered: true }))).toMatch(/from its prediction, and from a start at zero the draw changes nothing\.$/);
    const last = run.frames.at(-1);
    if (!last?.predicted.ensemble) throw new Error("no band");
    const { ensemble, ...predicted } = last.predicted;
    expect(ensemble.spread).not.toBeNull();
    const frames = [{ ...last, predicted }];
    expect(limitSentence({ ...run, frames })).not.toContain("band");
  });

  it("says why there is nothing", () => {
    expect(limitSentence(withStart(ended(), { infinite: null }))).toContain("notices say why");
    // What is only rehearsed has no kernel of infinite width: nothing was too slow.
    expect(limitSentence({ ...withStart(ended(), { infinite: null }), frames: [] })).toBe("Measured while the network trains.");
  });
});

it("waits for the run", () => {
  for (const sentence of [orderSentence, movedSentence, limitSentence]) expect(sentence(emptyRun(""))).toBe("Measured while the network trains.");
});
