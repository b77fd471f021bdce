/** Sentences of the further cards that tell of the kernel's motion, and of fits. */
import { number } from "../format";

export const moreWords = {
  spectralBias: "Spectral bias",
  kernelMoves: "When the kernel moves",

  notMeasured: "This run was recorded by an earlier version, which did not measure this.",
  noTarget: "The target is 0 everywhere.",
  targetPowerSubtitle: "share of ‖y‖² in modes 1 to i of K₀",
  shareAxis: "share of the target",
  share: "in modes up to this",
  reached: (marks: [share: string, mode: string][]) => marks.map(([share, mode]) => `${share} by mode ${mode}`).join(", "),
  movingSubtitle: "‖r̂(t) − r(t)‖ / ‖r(0)‖ against time",
  errorAxis: "relative error",
  frozenKernel: "K₀ alone",
  movingKernel: "Kₜ on the way",
  sharpnessSubtitle: "λ₁ against time",
  largestAxis: "largest eigenvalue",
  gaussNewton: "Kₜ (Gauss–Newton)",
  hessian: "Hessian",
  hessianBound: "its error, at most",
  overLimit: "as a share of 2/η",
  hessianOff: "Hessian not recorded",
  turningSubtitle: (modes: number | null) => (modes === null ? "of the leading modes and the target" : `leading ${modes === 1 ? "mode" : `${modes} modes`}, and the target`),
  turningAxis: "overlap, alignment",
  overlap: "overlap with K₀'s",
  alignment: "alignment with y",
  rankSubtitle: "exp(entropy of λ / Σλ) of Kₜ",
  rankAxis: "effective rank",
  trace: "trace",
  traceStart: "of its start",
  condition: "condition number",

  infiniteWidth: "infinite width",
  infiniteWidthShort: "width ∞",
  fit: "fit",
  slope: (slope: number, error: number | null) => `slope ${fitted(slope, error)} (theory −1)`,
  exponents: (fits: [kind: string, value: string][]) => `exponent ${fits.map(([kind, value]) => (kind ? `${kind} ${value}` : value)).join(", ")}`,
  odd: "odd",
  even: "even",
} as const;

/** "−1.03 ± 0.02"; two points have no error. */
export function fitted(value: number, error: number | null): string {
  const decimals = (one: number) => `${one < 0 ? "−" : ""}${Math.abs(one).toFixed(2)}`;
  if (error === null) return decimals(value);
  return `${decimals(value)} ± ${error < 0.005 ? number(error, 1) : error.toFixed(2)}`;
}
