/** A study made up for tests: widths 64 and 256, both scalings, two seeds; drift ~ 1/width under NTK scaling. */
import type { RunConfig, Scaling, StudySlope, Sweep, SweepRun, Verdict } from "../api/types";
import { defaults } from "./fixtures";

const WIDTHS = [64, 256];
const SCALINGS: Scaling[] = ["ntk", "mean_field"];
const SEEDS = [0, 1];

function verdict(holds: boolean): Verdict {
  const numbers = { cause: null, function_error: holds ? 0.02 : 0.4, modes_error: 0.03, worst_error: 0.1, worst_modes: [2], drift: 0.01, rising: [] };
  return { ...numbers, ...(holds ? { word: "holds", text: "Prediction holds" } : { word: "fails", text: "The prediction fails" }) };
}

/** A sweep that is no width study: activations and rates; the highest rate diverges, the last run waits. */
export function otherFixture(changes: Partial<Sweep> = {}): Sweep {
  const activations = ["relu", "erf"];
  const rates = [0.5, 4, 1.25];
  const runs = activations.flatMap((activation) => rates.map((rate) => ({ activation, rate })));
  return sweepFixture({
    id: "other",
    name: "Activations and rates",
    axes: [
      { field: "network.activation", values: activations },
      { field: "training.learning_rate.fraction", values: rates },
      { field: "network.bias", values: [true] },
    ],
    total: 6,
    done: 5,
    failed: 2,
    runs: runs.map(({ activation, rate }, index): SweepRun => {
      const state = index === 5 ? "waiting" : rate === 4 ? "diverged" : "completed";
      const completed = state === "completed";
      return {
        index,
        values: { "network.activation": activation, "training.learning_rate.fraction": rate, "network.bias": true },
        run_id: state === "waiting" ? null : `run-${index}`,
        state,
        sentence: completed ? "Reached the last step, 60." : "It diverged.",
        steps: state === "waiting" ? null : rate === 4 ? 12 : 60,
        loss: completed ? 0.01 / (index + 1) : null,
        verdict: state === "waiting" ? null : verdict(index === 0),
        distance: completed ? 0.05 : null,
        drift: completed ? 0.01 * (index + 1) : null,
        compared_at: completed ? 60 : null,
      };
    }),
    study: null,
    ...changes,
  });
}

export function sweepFixture(changes: Partial<Sweep> = {}): Sweep {
  const runs: SweepRun[] = WIDTHS.flatMap((width) => SCALINGS.flatMap((scaling) => SEEDS.map((seed) => ({ width, scaling, seed })))).map(
    ({ width, scaling, seed }, index) => ({
      index,
      values: { "network.width": width, "network.parameterization": scaling, seed },
      run_id: `run-${index}`,
      state: "completed",
      sentence: "",
      steps: 300,
      loss: 1e-3 * (1 + index),
      verdict: verdict(scaling === "ntk"),
      distance: (1 + 0.2 * seed) / Math.sqrt(width),
      drift: scaling === "ntk" ? 6.4 / width : 0.3,
      compared_at: 300,
    }),
  );
  const slope = (parameterization: Scaling, quantity: StudySlope["quantity"], value: number, expected: number, ends: [number, number]): StudySlope => ({
    parameterization,
    quantity,
    slope: value,
    standard_error: 0.02,
    count: 2,
    expected,
    lowest_width: 64,
    highest_width: 256,
    at_lowest: ends[0],
    at_highest: ends[1],
  });
  return {
    id: "abc",
    name: "ReLU, widths 64 to 256, 2 seeds",
    state: "completed",
    sentence: "",
    created_at: 0,
    ended_at: 9,
    config: defaults() as unknown as RunConfig,
    axes: [
      { field: "network.width", values: WIDTHS },
      { field: "network.parameterization", values: SCALINGS },
      { field: "seed", values: SEEDS },
    ],
    total: 8,
    done: 8,
    failed: 0,
    runs,
    study: {
      compared_at: 300,
      points: WIDTHS.flatMap((width) =>
        SCALINGS.map((parameterization) => ({
          parameterization,
          width,
          runs: 2,
          distance: 1.1 / Math.sqrt(width),
          distance_error: 0.01,
          drift: parameterization === "ntk" ? 6.4 / width : 0.3,
          drift_error: 0.001,
        })),
      ),
      slopes: [
        slope("ntk", "distance", -0.5, -0.5, [0.14, 0.07]),
        slope("ntk", "drift", -1, -0.75, [0.1, 0.025]),
        slope("mean_field", "distance", -0.5, -0.5, [0.14, 0.07]),
        slope("mean_field", "drift", 0, 0, [0.3, 0.3]),
      ],
    },
    ...changes,
  };
}
