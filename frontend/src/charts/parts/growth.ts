/** Where the curve of a prediction that grows without bound ends, and the sentence that says why. */
import type { Started } from "../../api/codec";
import { number, whole } from "../../format";

/**
 * A prediction is drawn until it is a thousand times as large as what it began with, its loss a million times: a run
 * itself is called diverged at 10⁸, and what lies beyond would only press everything measured flat.
 */
export const MOST_GROWN = 1e3;

const words = {
  ended: (name: string, why: string, step: number) => `${name}: ${why}, drawn to step ${whole(step)}`,
  fastest: (product: number) => `at this rate its fastest mode grows (ηλ₁ = ${number(product)})`,
  grows: "its values grow without bound",
} as const;

/** 2/eta: modes above it grow. Not to be reached where it is beyond all numbers. */
export function largestStableOf(started: Started): number {
  return started.largest_stable_eigenvalue ?? Infinity;
}

/** `eigenvalue`: the largest of the kernel that predicts. */
export function endedSentence(name: string, started: Started, eigenvalue: number | undefined, step: number): string {
  const grows = eigenvalue !== undefined && eigenvalue > largestStableOf(started);
  return words.ended(name, grows ? words.fastest(started.learning_rate * eigenvalue) : words.grows, step);
}

/** Whether every value is finite and at most `limit` in size. */
export function isSensible(values: ArrayLike<number> | null | undefined, limit: number): boolean {
  return Array.from(values ?? []).every((value) => Math.abs(value) <= limit);
}
