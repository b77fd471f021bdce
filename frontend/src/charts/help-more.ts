/** The (?) of the further cards: formula, source, and how well it holds in this run. */
import type { FrequencyFit } from "../api/types";
import { number, percent, plain, whole, withError } from "../format";
import type { RunState } from "../run/run";
import type { Help, Measured, MoreChartId } from "./chart";
import { apart, countFlat, exponentsOf, placedGroups } from "./frequency-eigenvalue";
import { SLICE_HELP } from "./help-slice";
import { timedGroups } from "./learning-times";
import { BASRI, JACOT, RAHAMAN } from "./parts/sources";
import { countingFrequencies, startOf } from "./residual-frequency";

export const MORE_HELP: Record<MoreChartId, Help> = {
  "residual-frequency": {
    text:
      "The residual split into plain waves over the inputs, whatever the kernel is. Each row is one frequency, each colour the share of its " +
      "start that is left. Low rows that darken first are spectral bias. Frequencies that begin below 5 % of the strongest are left blank.",
    formulas: [
      String.raw`r_k(t) = \frac1n \sum_j r_j(t)\,e^{-2\pi i k x_j}`,
      String.raw`r(t) = Q\,e^{-\Lambda t}\,Q^{\top} r(0)`,
    ],
    sources: [RAHAMAN, BASRI],
    measured: frequenciesLeft,
  },
  "residual-mode": {
    text:
      "The residual split into the kernel's own eigenvectors, the first at the bottom. Each colour is the share of a mode's start that is " +
      "left. Theory says that each row darkens at the rate of its eigenvalue: the edge climbs to the right. The switch takes the eigenvectors of the kernel at the start, K₀, of each moment's own, Kₜ, or of infinite width, ∞: the more they agree, the more the theory holds.",
    formulas: [String.raw`\frac{\lvert c_i(t)\rvert}{\lvert c_i(0)\rvert} = e^{-\lambda_i t} \approx \lvert 1-\eta\lambda_i\rvert^{k}, \qquad t = \eta k`, String.raw`c_i(t) = q_i^{\top} r(t), \qquad q_i \text{ of } K_0,\ K_t \text{ or } \Theta`],
    sources: [JACOT, RAHAMAN],
    measured: modesLeft,
  },
  "learning-times": {
    text:
      "A mode is learnt when it first falls below ε of its start. On logarithmic axes the prediction is a line of slope −1: half the " +
      "eigenvalue takes twice the time. Steps that are not small bend its fast end. Grey modes begin too small to count. The thin line is fitted " +
      "to the modes that count, were learnt, and are slower than half the largest eigenvalue.",
    formulas: [String.raw`t_i = \frac{\ln(1/\varepsilon)}{\lambda_i}`, String.raw`t_i = \eta\,\frac{\ln(1/\varepsilon)}{-\ln\lvert 1-\eta\lambda_i\rvert} \qquad \text{gradient descent}`],
    sources: [RAHAMAN, BASRI],
    measured: timeErrors,
  },
  "frequency-eigenvalue": {
    text:
      "How fast the kernel is for each frequency of the inputs. For ReLU on a circle the eigenvalue falls like 1/k² at high frequencies, so " +
      "that twice the frequency takes four times as long. Odd and even frequencies may fall apart from each other; without a bias one hidden layer has no odd ones above 1. " +
      "On an interval a mode's frequency is half its number of sign changes. Thin lines are fitted to K₀ up to a quarter of the number of points; " +
      "the dotted one is the same network at infinite width.",
    formulas: [String.raw`K_0\, q_k = \lambda_k\, q_k, \qquad \lambda_k \sim k^{-2}, \qquad \frac{\lambda_k}{\lambda_{2k}} \to 4`],
    sources: [BASRI],
    measured: doublings,
  },
  "kernel-slice": SLICE_HELP,
};

function frequenciesLeft(run: RunState): Measured[] {
  const frame = run.frames.at(-1);
  const started = run.started;
  if (!frame || !started) return [];
  const start = startOf(run);
  const counts = countingFrequencies(start);
  const epsilon = started.config.recording?.epsilon ?? NaN;
  const below = counts.filter((one, k) => one && (frame.spectrum[k] as number) < epsilon * (start?.[k] as number)).length;
  return [
    { label: "Frequencies that count", value: whole(counts.filter(Boolean).length) },
    { label: `Of these, below ε = ${number(epsilon)} of their start`, value: whole(below) },
    { label: "Median error of the law, over the modes that count", value: percent(frame.median_error) },
  ];
}

function modesLeft(run: RunState): Measured[] {
  const last = run.finished ?? run.frames.at(-1);
  if (!last) return [];
  return [
    { label: "Median error against (1 − ηλᵢ)ᵏ", value: percent(last.median_error_gradient_descent) },
    { label: "Median error against exp(−λᵢ t)", value: percent(last.median_error_gradient_flow) },
  ];
}

function timeErrors(run: RunState): Measured[] {
  const started = run.started;
  if (!started) return [];
  const counting = timedGroups(run, started).filter(({ group }) => group.counts);
  const gaps = counting.flatMap(({ predicted, measured }) => (measured === null ? [] : [Math.abs(measured / predicted - 1)])).sort((a, b) => a - b);
  const rows: Measured[] = [{ label: "Groups that count, learnt in this run", value: run.finished ? whole(gaps.length) : number(null) }];
  if (gaps.length) {
    rows.push({ label: "Middle gap of measured to predicted time", value: percent(gaps[gaps.length >> 1]) });
    rows.push({ label: "Largest gap", value: percent(gaps.at(-1)) });
  }
  const fit = run.finished?.learning_time_fit;
  if (fit) {
    rows.push({ label: "Slope of the fit (theory −1)", value: withError(fit.slope, fit.standard_error) });
    rows.push({ label: "Groups in the fit", value: whole(fit.count) });
    rows.push({ label: "Eigenvalues in the fit", value: `${number(fit.lowest)} to ${number(fit.highest)}` });
  }
  return rows;
}

/** λ_k / λ_2k, beside the 4 of the formula, and the exponents beside its −2. */
function doublings(run: RunState): Measured[] {
  const started = run.started;
  if (!started) return [];
  const eigenvalues = new Map<number, number>();
  for (const { frequency, group } of placedGroups(started)) if (!eigenvalues.has(frequency)) eigenvalues.set(frequency, group.eigenvalue);
  const rows: Measured[] = [
    { label: "Groups with a frequency above 0", value: whole(placedGroups(started).length) },
    { label: "Modes of frequency 0, left out", value: whole(countFlat(started)) },
  ];
  for (const k of [1, 2, 4, 8, 16]) {
    const [one, two] = [eigenvalues.get(k), eigenvalues.get(2 * k)];
    if (one !== undefined && two !== undefined) rows.push({ label: `Eigenvalue at k = ${k} over that at ${2 * k}`, value: number(one / two) });
  }
  return [...rows, ...exponents("K₀", started.frequency_fits), ...exponents("Infinite width", started.infinite?.frequency_fits)];
}

/** With the frequencies that the fit covers. */
function exponents(kernel: string, fits: FrequencyFit[] | undefined): Measured[] {
  const chosen = apart(fits);
  return exponentsOf(chosen).map(([kind, value], i) => {
    const fit = chosen[i] as FrequencyFit;
    return { label: `${kernel}, exponent, ${kind ? `${kind} ` : ""}k from ${plain(fit.lowest)} to ${plain(fit.highest)}`, value };
  });
}
