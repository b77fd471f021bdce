/** A rehearsal made up for tests. */
import type { Matrix, Started } from "../api/codec";

/** K₀'s prediction to a few recording times, doubled; its function at a node is the node's number everywhere. */
export function rehearsalOf(started: Started, reached: number, grid: number): NonNullable<Started["rehearsal"]> {
  const { loss, remaining, learnt } = started.laws[started.law];
  const columns = remaining.shape[1] ?? 0;
  const first = ({ values }: Matrix): Matrix => ({ shape: [reached, columns], values: values.slice(0, reached * columns).map((value) => 2 * value) });
  const nodes = [0, 1, 10, 100];
  return {
    waves: [],
    ended: "budget",
    reach: 100,
    horizon: 1_000_000,
    peak: 1.2,
    growth: 1.1,
    drift: 0.2,
    kernels: 20,
    steps_taken: 40,
    work: 1e9,
    budget: 1.6e10,
    at_risk: false,
    sentence: "Rehearsed to step 100: its budget ends there.",
    course: {
      steps: started.steps.slice(0, reached),
      loss: loss.slice(0, reached).map((value) => 2 * value),
      remaining: first(remaining),
      learnt: first(learnt),
      nodes,
      largest_eigenvalues: Float32Array.from(nodes, () => 100),
      drift: Float32Array.from(nodes, (_, i) => 0.1 * i),
      function: { shape: [nodes.length, grid], values: Float32Array.from({ length: nodes.length * grid }, (_, i) => Math.floor(i / grid)) },
    },
  };
}
