/** Every chart that is drawn can be read: a sentence and a table with the numbers of the run. */
import { expect, it } from "vitest";
import type { Started } from "../api/codec";
import { emptyRun, type RunState } from "../run/run";
import { DEFAULT_VIEW as VIEW } from "../run/view";
import { furtherFixture } from "../test/further-fixture";
import { sweepFixture } from "../test/sweep-fixture";
import { CHARTS } from "./further";
import { MOST_ROWS, twinOf } from "./parts/twin";
import { WIDTH_CHARTS, widthFigure } from "./width";

const RUN = furtherFixture({ geometry: "circle", finished: true, rehearsed: 60 });
const TWO: RunState = { ...RUN, started: { ...(RUN.started as Started), targets: Float32Array.from([1, 2]), path: { shape: [2, 2], values: Float32Array.from([0, 0, 1, 2]) } } };

/** Of each chart, some of the fixture's own numbers: a row of its table, or a part of one. */
const NUMBERS: Record<string, string> = {
  function: "angle θ 0.08727; target 0; network 0; K₀ 0",
  modes: "time 5.250; remaining, predicted 1.989×10⁻⁵; eigenvalue λ 2.041",
  eigenvalues: "eigenvalue λ, K₀ 100.0; eigenvalue λ, Kₜ 97.00; eigenvalue λ, infinite width 110.0",
  learnt: "Mode 1: share learnt, measured 100.6\u2009%; share learnt, predicted 100.0\u2009%",
  loss: "time 0.01000; step 1; held-out error 0.2500",
  drift: "time 0.08000; step 8; drift 0.2\u2009%",
  "learning-times": "Mode 1: eigenvalue λ 100.0; frequency 0; learnt, predicted t = 0.02303; learnt, measured t = 0.02533",
  "frequency-eigenvalue": "Frequency 1: eigenvalue λ, infinite width 27.50",
  "residual-frequency": "Frequency 0: time 0.01000; step 1; |rₖ| 0.9125",
  "residual-mode": "Mode 1: time 0.01000",
  "target-power": "Mode 1: in modes up to this 50.0\u2009%",
  path: "target y: f(x₁) 1.000; f(x₂) 2.000",
  motion: "time 189.2; step 18,924; kernel 2.2\u2009%; parameters 1.1\u2009%",
  "kernel-modes": "Mode 5 of Kₜ: angle θ 0; value 0.3333; eigenvalue λ 3.880",
  "one-step": "Point 8: f now 0.5913; moves by 0.0616",
  "kernel-slice": "Point 1: angle θ 0; K₀ −1.455; Kₜ −2.241; infinite width −1.601",
  turning: "overlap with K₀'s 0.9900; alignment with y 0.4200",
  sharpness: "Kₜ (Gauss–Newton) 97.00; as a share of 2/η 48.5\u2009%; Hessian 100.0",
  moving: "time 189.2; step 18,924; K₀ alone 9.0\u2009%; Kₜ on the way 1.0\u2009%",
  rank: "effective rank 3.100; trace 201.0",
  band: "network 0; infinite width 0; mean over the draw 0 ± 0.600",
  limit: "time 0.01000; infinite width 5.0\u2009%; its own K₀ 2.1\u2009%",
  "kernel-map": "Points 1 and 1: K₀ 10.00; Kₜ, t = 189 15.40; Θ, infinite width 11.00",
};

it.each(CHARTS.map((chart) => [chart.id, chart] as const))("tells the run's numbers: %s", (id, chart) => {
  const twin = twinOf(chart.figure(id === "path" ? TWO : RUN, VIEW, "light"));
  expect(twin.sentence).toContain(NUMBERS[id] ?? "a chart without numbers here");
  expect(twin.rows.length).toBeGreaterThan(0);
  expect(twin.rows.length).toBeLessThanOrEqual(MOST_ROWS);
  for (const row of twin.rows) expect(row).toHaveLength(twin.columns.length);
  expect([twin.sentence, ...twin.rows.flat()].join(" ")).not.toMatch(/NaN|undefined|null/);
});

it.each(CHARTS.map((chart) => [chart.id, chart] as const))("says why it has none yet: %s", (_id, chart) => {
  const twin = twinOf(chart.figure(emptyRun(""), VIEW, "light"));
  expect(twin.rows).toEqual([]);
  expect(twin.sentence).toMatch(/^[A-Z].*\.$/);
});

it("tells a study's numbers too, and not what a click does", () => {
  for (const quantity of Object.keys(WIDTH_CHARTS) as (keyof typeof WIDTH_CHARTS)[]) {
    const twin = twinOf(widthFigure(quantity, sweepFixture(), { narrow: false }, "light"));
    expect(twin.rows.length).toBeGreaterThan(2);
    expect(twin.rows.flat().join(" ")).toMatch(/Width \d+, NTK.*\d\.\d/);
    expect(twin.columns.join()).not.toContain("click");
  }
});
