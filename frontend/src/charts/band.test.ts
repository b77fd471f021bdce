import { describe, expect, it } from "vitest";
import type { Frame, Started } from "../api/codec";
import { emptyRun, type RunState } from "../run/run";
import { DEFAULT_VIEW as VIEW } from "../run/view";
import { runFixture } from "../test/run-fixture";
import { bandChart } from "./band";
import { insideBand } from "./parts/band";
import type { Figure } from "./parts/figure";

const named = (figure: Figure, name: string) => figure.data.find((trace) => trace.name === name);

function withSpread(run: RunState, spread: number): RunState {
  const frames = run.frames.map((frame): Frame => {
    const { ensemble } = frame.predicted;
    return ensemble ? { ...frame, predicted: { ...frame.predicted, ensemble: { ...ensemble, spread: new Float32Array(frame.function.length).fill(spread) } } } : frame;
  });
  return { ...run, frames };
}

describe("beside infinite width", () => {
  it("draws the network, what infinite width predicts of it, and the band at two deviations around the mean", () => {
    const run = runFixture({ finished: true });
    const figure = bandChart.figure(run, VIEW, "light");
    const last = run.frames.at(-1) as Frame;
    const { infinite, ensemble } = last.predicted;
    expect(named(figure, "network")?.y).toEqual([...last.function]);
    expect(named(figure, "infinite width")?.y).toEqual([...(infinite?.function ?? [])]);
    const band = named(figure, "Band")?.y ?? [];
    expect(band[5]).toBeCloseTo((ensemble?.function[5] ?? NaN) + 0.6, 6);
    expect(band.at(-6)).toBeCloseTo((ensemble?.function[5] ?? NaN) - 0.6, 6);
    expect(figure.legend.map(({ text }) => text)).toEqual(["network", "infinite width 5.0\u2009%", "± 2 deviations"]);
    const [low, high] = figure.layout.yaxis.range;
    for (const edge of band) expect((edge as number) >= low && (edge as number) <= high).toBe(true);
  });

  it("counts how much of the network lies in the band", () => {
    const run = withSpread(runFixture(), 0);
    expect(insideBand(run.frames.at(-1))).toBe(1); // the fixture's network is its mean
    const away = run.frames.at(-1) as Frame;
    const half = { ...away, function: away.function.map((value, i) => (i % 2 ? value : value + 1)) };
    expect(insideBand(half)).toBe(0.5);
    expect(bandChart.figure({ ...run, frames: [half] }, VIEW, "light").note).toBe("50.0\u2009% of the network lies in the band");
    expect(insideBand(null)).toBeNull();
  });

  it("says that a run from zero has no band", () => {
    const figure = bandChart.figure(runFixture({ centered: true }), VIEW, "light");
    expect(named(figure, "Band")).toBeUndefined();
    expect(named(figure, "infinite width")).toBeDefined();
    expect(figure.note).toBe("no band: from a start at zero the draw changes nothing");
  });

  it.each(["plane", "points"] as const)("puts more inputs in the order of the prediction: %s", (geometry) => {
    const run = runFixture({ geometry });
    const figure = bandChart.figure(run, VIEW, "light");
    const predicted = named(figure, "infinite width")?.y as number[];
    expect(predicted).toEqual([...predicted].sort((a, b) => a - b));
    const order = Array.from(run.frames.at(-1)?.predicted.infinite?.function ?? [], (value, at) => ({ value, at })).sort((a, b) => a.value - b.value);
    expect(named(figure, "network")?.y[3]).toBe(run.frames.at(-1)?.function[order[3]?.at ?? 0]);
    expect(figure.describe(1, 3)?.rows[0]).toEqual(["place in that order", "4.000"]);
  });

  it("cuts a band that grows without bound at once the function's own height", () => {
    const wild = bandChart.figure(withSpread(runFixture(), 1e6), VIEW, "light").layout.yaxis.range;
    const calm = bandChart.figure(withSpread(runFixture(), 0), VIEW, "light").layout.yaxis.range;
    expect(wild[1] - wild[0]).toBeCloseTo(3 * (calm[1] - calm[0]), 5);
  });

  it("says why there is nothing", () => {
    const run = runFixture();
    const without = { ...run, started: { ...(run.started as Started), infinite: null } };
    expect(bandChart.figure(without, VIEW, "light").empty).toContain("notices say why");
    expect(bandChart.figure(emptyRun(""), VIEW, "light").empty).toBe("Waiting for the first measurement.");
  });

  it("says in the (?) how much it is", () => {
    expect(bandChart.help.measured(runFixture())).toContainEqual({ label: "Of the network inside the band", value: "100.0\u2009%" });
    expect(bandChart.help.measured(runFixture({ centered: true }))).toHaveLength(2);
  });
});
