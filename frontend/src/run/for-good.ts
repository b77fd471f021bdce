/** When a measured error is below a limit for good: the page's twin of numerics/crossings.py's `for_good`. */

export interface ForGood {
  /** From then on at or below the limit; null where the last value is above. */
  time: number | null;
  /** At or below once, and above at the end. */
  lost: boolean;
}

/**
 * Interpolated linearly in the logarithm of the error, between the last record above and the next.
 *
 * @param times Ascending.
 * @param errors Not negative; NaN where nothing was measured.
 */
export function forGood(times: readonly number[], errors: readonly number[], limit: number): ForGood {
  const measured = times.map((time, i) => ({ time, error: errors[i] ?? NaN })).filter(({ error }) => !Number.isNaN(error));
  const last = measured.findLastIndex(({ error }) => error > limit);
  const first = measured[0];
  if (!first) return { time: null, lost: false };
  if (last < 0) return { time: first.time, lost: false };
  const [before, after] = [measured[last], measured[last + 1]];
  if (!before || !after) return { time: null, lost: measured.some(({ error }) => error <= limit) };
  const part = after.error <= 0 ? 1 : Math.log(before.error / limit) / Math.log(before.error / after.error);
  return { time: before.time + part * (after.time - before.time), lost: false };
}
