/** The run of `run-fixture` with what logs of earlier versions lack: limits, fits, and more of every kernel. */
import type { KernelFrame } from "../api/codec";
import type { FrequencyFit } from "../api/types";
import type { RunState } from "../run/run";
import { runFixture, type FixtureOptions } from "./run-fixture";

const LEADING = 5;

export function furtherFixture(options: Partial<FixtureOptions> = {}): RunState {
  const run = runFixture(options);
  const { started } = run;
  if (!started) return run;
  const ordered = started.frequencies.length > 0;
  const fits = ordered ? (["all", "odd", "even"] as const).map((frequencies, i) => fit(frequencies, -2 - i / 10)) : [];
  // 50 %, 75 %, ...: 90 % by mode 4, 99 % by mode 7.
  started.target_power = started.eigenvalues.map((_, i) => 1 - 0.5 ** (i + 1));
  started.frequency_fits = fits;
  if (started.infinite) {
    started.infinite.mode_frequencies = ordered ? started.mode_frequencies : started.mode_frequencies.map(() => NaN);
    started.infinite.frequency_fits = fits.map((one) => ({ ...one, exponent: -1.9 }));
    started.infinite.loss = started.laws.gradient_descent.loss.map((value) => 0.9 * value);
  }
  run.kernelFrames = run.kernelFrames.map((frame, i) => further(frame, i));
  if (run.finished) {
    run.finished.learning_time_fit = {
      slope: -1.034,
      standard_error: 0.021,
      count: 3,
      lowest: 2,
      highest: 20,
      time_at_lowest: 1.2,
      time_at_highest: 0.12,
    };
  }
  return run;
}

function fit(frequencies: FrequencyFit["frequencies"], exponent: number): FrequencyFit {
  return { frequencies, exponent, standard_error: 0.03, lowest: 1, highest: 4, count: 4, lowest_eigenvalue: 100, highest_eigenvalue: 100 * 4 ** exponent };
}

/** The frozen kernel's error grows with every frame, the moving kernel's stays; the first frame is the start. */
function further(frame: KernelFrame, i: number): KernelFrame {
  const error = i === 0 ? 0 : 0.01;
  return {
    ...frame,
    leading_modes: LEADING,
    subspace_overlap: 1 - 0.01 * i,
    target_alignment: 0.4 + 0.02 * i,
    trace: 200 + i,
    effective_rank: 3 + 0.1 * i,
    condition_number: 1e4,
    ...(frame.moving ? { moving: { ...frame.moving, error, frozen_error: error * i, distance: error } } : {}),
    hessian: { largest: 99 + i, error: 0.5, products: 12 },
  };
}
