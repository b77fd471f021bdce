/** The (?) of the cards that tell where the target lies and how the kernel moves. */
import { number, percent, whole } from "../format";
import type { RunState } from "../run/run";
import type { Help, KernelChartId, Measured } from "./chart";
import { BARATIN, CANATAR, CHIZAT, COHEN, FORT, LEWKOWYCZ } from "./parts/sources";
import { powerAbove, reached } from "./target-power";

export const KERNEL_HELP: Record<KernelChartId, Help> = {
  "target-power": {
    text:
      "The target split into the eigenvectors of K₀, summed from the fastest mode on. A curve that rises at once is a target that the kernel " +
      "learns early; what is missing at mode i waits for slower ones. Modes below round-off are left out: the kernel cannot tell them.",
    formulas: [String.raw`C(i) = \frac{\sum_{j\le i} (q_j^{\top} y)^2}{\lVert y\rVert^2}, \qquad K_0 = Q\,\Lambda\,Q^{\top}`],
    sources: [CANATAR],
    measured: powerNumbers,
  },
  moving: {
    text:
      "Two predictions of the residual, both from its start and never corrected: one by K₀ alone, one by every kernel measured on the way. " +
      "Where the first leaves the measurement and the second does not, the kernel's motion is the reason. What the second still misses is " +
      "motion between two records.",
    formulas: [
      String.raw`\hat r_{\text{moving}}(t) = \prod_j (I-\eta K_j)^{k_{j+1}-k_j}\, r(0)`,
      String.raw`\frac{\lVert \hat r(t) - r(t)\rVert}{\lVert r(0)\rVert}, \qquad \hat r_{\text{frozen}}(t) = (I-\eta K_0)^{k}\, r(0)`,
    ],
    sources: [FORT, CHIZAT],
    measured: movingNumbers,
  },
  sharpness: {
    text:
      "Above 2/η a step overshoots in the steepest direction. Filled points are λ₁ of the kernel: the sharpness of the loss without its " +
      "second part, which vanishes with the residual. Open ones are the Hessian itself, with a bound on its error as a bar; it is recorded where " +
      "recording.hessian is on. At the edge of stability both rise to the line and stay near it; in a catapult they fall from above.",
    formulas: [
      String.raw`\nabla^2 L = J^{\top} J + \sum_i r_i\,\nabla^2 f_i, \qquad \lambda_1(J^{\top}J) = \lambda_1(K_t)`,
      String.raw`\text{stable: } \frac{\eta\,\lambda_1}{2} < 1`,
    ],
    sources: [COHEN, LEWKOWYCZ],
    measured: sharpnessNumbers,
  },
  turning: {
    text:
      "Filled: how much of the space that K₀'s leading modes span is still spanned by those of Kₜ; 1 is all of it. As many modes are " +
      "compared as count, and no group is cut. Open: how far the whole kernel points along the target. A kernel that learns features turns " +
      "its leading modes towards the target, and the alignment grows.",
    formulas: [
      String.raw`\frac{\lVert Q_0^{\top} Q_t\rVert_F^2}{k}`,
      String.raw`\frac{\langle K_t,\, y y^{\top}\rangle}{\lVert K_t\rVert_F\,\lVert y\rVert^2}`,
    ],
    sources: [BARATIN, FORT],
    measured: turningNumbers,
  },
  rank: {
    text:
      "How many modes share the kernel's trace: 1 where one eigenvalue holds it all, the number of points where all are equal. The thin " +
      "line is its start. A falling rank is a kernel that spends itself on fewer directions. The condition number is that of the modes above " +
      "round-off; trace and condition number stand beside each point under the pointer.",
    formulas: [
      String.raw`\exp\Bigl(-\sum_i p_i \ln p_i\Bigr), \qquad p_i = \frac{\lambda_i}{\sum_j \lambda_j}`,
      String.raw`\operatorname{tr} K_t = \sum_i \lambda_i, \qquad \kappa = \frac{\lambda_1}{\min\{\lambda_i : \lambda_i > n u \lambda_1\}}`,
    ],
    sources: [BARATIN],
    measured: rankNumbers,
  },
};

function powerNumbers(run: RunState): Measured[] {
  const { started } = run;
  if (!started) return [];
  const power = powerAbove(started);
  const marks = new Map((power ? reached(power) : []).map(({ share, mode }) => [share, whole(mode + 1)]));
  const missing = power ? "not above round-off" : number(null);
  return [
    { label: "Share in modes above round-off", value: percent(power?.at(-1)) },
    { label: "Modes for 90\u2009%", value: marks.get(0.9) ?? missing },
    { label: "Modes for 99\u2009%", value: marks.get(0.99) ?? missing },
    { label: "Modes above round-off", value: whole(started.eigenvalues.length - started.below_floor) },
  ];
}

function movingNumbers(run: RunState): Measured[] {
  if (!run.started) return [];
  const moving = run.kernelFrames.findLast((frame) => frame.moving != null)?.moving;
  return [
    { label: "Error by K₀ alone, now", value: percent(moving?.frozen_error) },
    { label: "Error by the kernels on the way, now", value: percent(moving?.error) },
    { label: "The same for the function between the data", value: percent(moving?.distance) },
    { label: "Kernels so far", value: whole(run.kernelFrames.length) },
  ];
}

function sharpnessNumbers(run: RunState): Measured[] {
  const { started } = run;
  if (!started) return [];
  const half = (value: number | undefined) => number(value === undefined ? null : (started.learning_rate * value) / 2);
  const hessian = run.kernelFrames.findLast((frame) => frame.hessian != null)?.hessian;
  const rows = [
    { label: "Limit 2/η", value: number(2 / started.learning_rate) },
    { label: "η λ₁ / 2 at the start", value: half(started.eigenvalues[0]) },
    { label: "η λ₁ / 2 now", value: half(run.kernelFrames.at(-1)?.eigenvalues[0]) },
    { label: "The same of the Hessian, now", value: half(hessian?.largest) },
  ];
  if (hessian) rows.push({ label: "Error of the Hessian's eigenvalue, at most", value: number(hessian.error) });
  return rows;
}

function turningNumbers(run: RunState): Measured[] {
  if (!run.started) return [];
  const [first, last] = [run.kernelFrames[0], run.kernelFrames.at(-1)];
  return [
    { label: "Leading modes compared", value: whole(last?.leading_modes) },
    { label: "Overlap now", value: number(last?.subspace_overlap) },
    { label: "Alignment at the start", value: number(first?.target_alignment) },
    { label: "Alignment now", value: number(last?.target_alignment) },
  ];
}

function rankNumbers(run: RunState): Measured[] {
  if (!run.started) return [];
  const [first, last] = [run.kernelFrames[0], run.kernelFrames.at(-1)];
  const pair = (label: string, value: (frame: NonNullable<typeof first>) => number | null | undefined) => [
    { label: `${label} at the start`, value: number(first && value(first)) },
    { label: `${label} now`, value: number(last && value(last)) },
  ];
  return [...pair("Effective rank", (frame) => frame.effective_rank), ...pair("Trace", (frame) => frame.trace), ...pair("Condition number", (frame) => frame.condition_number)];
}
