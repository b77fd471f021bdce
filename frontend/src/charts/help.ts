/** The (?) of each card: formula, source, and how well it holds in this run. */
import { number, percent, whole } from "../format";
import { placeOf, predictionsOf } from "../run/at-time";
import type { RunState } from "../run/run";
import type { Help, LabChartId, Measured } from "./chart";
import { BASRI, CHIZAT, COHEN, HUANG, JACOT, LEE, RAHAMAN } from "./parts/sources";

export const HELP: Record<LabChartId, Help> = {
  function: {
    text:
      "The solid line is the network itself, measured. The switches draw what kernels say it should be by now, from the first residual alone: " +
      "K₀ the one at the start, Kₜ the one that moved, ∞ that of infinite width. The band holds networks of infinite width that differ in their draw: " +
      "mean ± 2 standard deviations. Beside each name stands the network's distance d from it, for the band from its mean.",
    formulas: [
      String.raw`f(x;t) = f_0(x) - K_0(x,X)\,Q\,\frac{I - e^{-\Lambda t}}{\Lambda}\,Q^{\top} r(0)`,
      String.raw`r(0) = f_0(X) - y, \qquad K_0(X,X) = Q\,\Lambda\,Q^{\top}`,
      String.raw`d = \frac{\lVert f - f_{\text{predicted}}\rVert}{\lVert f_{\text{predicted}}\rVert} \quad\text{on the grid}`,
    ],
    sources: [LEE, JACOT],
    measured: functionError,
  },
  modes: {
    text:
      "The residual is split into the kernel's eigenvectors. Each part, a mode, shrinks on its own, at the rate of its eigenvalue: " +
      "warm colours are learnt first, violet last. Modes that share an eigenvalue are one group and drawn as one. " +
      "Grey ones begin below 5 % of the residual and follow what leaks from the others.",
    formulas: [
      String.raw`c_i(t) = q_i^{\top} r(t) = e^{-\lambda_i t}\,c_i(0) \qquad \text{gradient flow}`,
      String.raw`c_i(k) = (1-\eta\lambda_i)^k\,c_i(0) \qquad \text{gradient descent},\ t=\eta k`,
    ],
    sources: [JACOT, RAHAMAN],
    measured: modeErrors,
  },
  eigenvalues: {
    text:
      "Each eigenvalue is a speed: mode i needs a time of about 1/λᵢ. Open circles are the kernel at the start, filled ones the kernel " +
      "at the play-head, the dotted line the same network at infinite width, Θ. A mode above the line 2/η grows at every step. Below the hatched edge an eigenvalue is round-off.",
    formulas: [
      String.raw`K_t = J_t J_t^{\top},\quad J_t = \frac{\partial f(X;\theta_t)}{\partial\theta}`,
      String.raw`\text{stable: } \eta < \frac{2}{\lambda_1}, \qquad \text{floor: } n\,u\,\lambda_1`,
    ],
    sources: [JACOT, BASRI, COHEN],
    measured: spectrumNumbers,
  },
  learnt: {
    text:
      "How much of each mode is gone from the residual. Bars are measured, the stroke over each bar is theory at the same time. " +
      "Slow modes are the oscillating ones: this is spectral bias.",
    formulas: [
      String.raw`1 - \frac{\langle c_g(t),\,c_g(0)\rangle}{\lVert c_g(0)\rVert^2}, \qquad t_i = \frac{\ln(1/\varepsilon)}{\lambda_i}`,
    ],
    sources: [RAHAMAN, BASRI],
    measured: learntNumbers,
  },
  loss: {
    text:
      "Half the sum of the squared residuals, beside what the frozen kernel predicts for it. Open circles are the mean squared error " +
      "against the clean target between the data. The dotted line is what the kernel at infinite width predicts.",
    formulas: [
      String.raw`L = \tfrac12\sum_i r_i^2 = \tfrac12\sum_i (1-\eta\lambda_i)^{2k}\,c_i(0)^2`,
      String.raw`\phantom{L} \approx \tfrac12\sum_i e^{-2\lambda_i t}\,c_i(0)^2`,
    ],
    sources: [LEE],
    measured: lossError,
  },
  drift: {
    text:
      "The theory holds as long as the kernel stays where it was. The wider the network and the smaller the target, the less it moves. " +
      "The second formula is checked at every record of the kernel: one step of training against the kernel's own prediction of it.",
    formulas: [
      String.raw`\frac{\lVert K_t - K_0\rVert_F}{\lVert K_0\rVert_F}`,
      String.raw`e = \frac{\lVert f_{k+1} - f_k + \eta K_t r_k\rVert}{\lVert \eta K_t r_k\rVert}`,
    ],
    sources: [HUANG, CHIZAT],
    measured: driftNumbers,
  },
};

function functionError(run: RunState): Measured[] {
  const frame = run.frames.at(-1);
  const started = run.started;
  if (!frame || !started) return [];
  const scale = started.target_norm / Math.sqrt(started.targets.length);
  const gap = rootMeanSquare(frame.function, frame.function_predicted);
  const rows: Measured[] = [{ label: "Root mean square gap to K₀'s prediction, as a share of the data's", value: percent(scale > 0 ? gap / scale : NaN) }];
  const { distances } = frame;
  const moving = run.kernelFrames.at(-1)?.moving?.distance;
  if (distances?.frozen != null) rows.push({ label: "Distance d from K₀'s prediction", value: percent(distances.frozen) });
  if (moving != null) rows.push({ label: "From Kₜ's, at its newest record", value: percent(moving) });
  if (distances?.infinite != null) rows.push({ label: "From infinite width's", value: percent(distances.infinite) });
  if (distances?.ensemble != null) rows.push({ label: "From the mean over networks of infinite width", value: percent(distances.ensemble) });
  if (frame.held_out_error !== null) rows.push({ label: "Mean squared error against the clean target", value: number(frame.held_out_error) });
  return rows;
}

function modeErrors(run: RunState): Measured[] {
  const last = run.finished ?? run.frames.at(-1);
  if (!last || !run.started) return [];
  return [
    { label: "Median error against (1 − ηλᵢ)ᵏ", value: percent(last.median_error_gradient_descent) },
    { label: "Median error against exp(−λᵢ t)", value: percent(last.median_error_gradient_flow) },
    { label: "Largest difference of the two laws", value: percent(run.started.law_difference) },
    { label: "Groups that count", value: whole(run.started.groups.filter((group) => group.counts).length) },
  ];
}

function spectrumNumbers(run: RunState): Measured[] {
  const started = run.started;
  if (!started) return [];
  const first = started.eigenvalues[0] ?? NaN;
  const rows: Measured[] = [
    { label: "Noise floor n u λ₁", value: number(started.noise_floor) },
    { label: "Eigenvalues below it", value: whole(started.below_floor) },
    { label: "η λ₁ / 2 at the start (stable below 1)", value: number((started.learning_rate * first) / 2) },
  ];
  const kernel = run.kernelFrames.at(-1);
  const { infinite } = started;
  if (infinite?.distance != null) rows.push({ label: "K₀ from infinite width, ‖K₀ − Θ‖ / ‖Θ‖", value: percent(infinite.distance) });
  if (infinite?.quadrature_error) rows.push({ label: "Error of Θ, found by quadrature", value: number(infinite.quadrature_error) });
  if (kernel) rows.push({ label: "Change of λ₁ since", value: percent((kernel.eigenvalues[0] ?? NaN) / first - 1) });
  return rows;
}

function learntNumbers(run: RunState): Measured[] {
  const frame = run.frames.at(-1);
  const started = run.started;
  if (!frame || !started) return [];
  return [
    { label: `Modes below ε = ${number(started.config.recording?.epsilon)} of their start`, value: whole(frame.modes_learnt) },
    { label: "Median error, over the modes that count", value: percent(frame.median_error) },
  ];
}

function lossError(run: RunState): Measured[] {
  const frame = run.frames.at(-1);
  const started = run.started;
  if (!frame || !started) return [];
  const { loss } = predictionsOf(started);
  const place = placeOf(started.times, frame.time);
  const [low, high] = [loss[place.low] ?? NaN, loss[place.high] ?? NaN];
  const predicted = low + place.weight * (high - low);
  return [
    { label: "Loss, measured", value: number(frame.loss) },
    { label: "Loss, predicted", value: number(predicted) },
    { label: "Measured over predicted", value: number(frame.loss / predicted) },
  ];
}

function driftNumbers(run: RunState): Measured[] {
  const kernel = run.kernelFrames.at(-1);
  if (!kernel) return [];
  const rows: Measured[] = [{ label: "Drift now", value: percent(kernel.drift) }];
  if (run.started) rows.push({ label: "Size of the target, ‖y‖", value: number(run.started.target_norm) });
  const identity = run.kernelFrames.findLast((frame) => frame.identity !== null)?.identity;
  if (identity) {
    rows.push({ label: "Error e of one step", value: identity.error === null ? "below its floor" : number(identity.error) });
    rows.push({ label: "Its round-off floor", value: number(identity.floor) });
  }
  return rows;
}

function rootMeanSquare(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(sum / a.length);
}
