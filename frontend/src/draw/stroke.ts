/** A freehand stroke: a height for every column that the pointer has passed, and the few points that say the same. */
import { curveThrough } from "./curve";
import { FEWEST, type Point } from "./points";

const LINE = { low: 0, high: 1, round: false };

/** What the pointer has drawn so far; where it comes back, the later height counts. */
export class Stroke {
  private readonly heights = new Map<number, number>();
  private last: { column: number; height: number } | null = null;

  /** The pointer is at this column now; those that it has jumped over are filled. */
  through(column: number, height: number): void {
    const from = this.last ?? { column, height };
    const steps = Math.max(1, Math.abs(column - from.column));
    for (let i = this.last ? 1 : 0; i <= steps; i += 1) {
      const share = i / steps;
      this.heights.set(Math.round(from.column + share * (column - from.column)), from.height + share * (height - from.height));
    }
    this.last = { column, height };
  }

  /** From left to right: x is the column. */
  get samples(): Point[] {
    return Array.from(this.heights, ([x, y]) => ({ x, y })).sort((a, b) => a.x - b.x);
  }
}

/**
 * The few of the samples whose curve is nowhere further from them than `tolerance`, or the `most` that serve it best:
 * one after another, where the curve so far is furthest off; then without those that turn out not to be needed. The
 * ends always stay.
 */
export function simplified(samples: readonly Point[], tolerance: number, most: number): Point[] {
  if (samples.length <= FEWEST) return [...samples];
  let chosen = [samples[0] as Point, samples.at(-1) as Point];
  let worst = furthest(samples, chosen);
  while (worst.off > tolerance && chosen.length < most) {
    chosen = [...chosen, worst.point].sort((a, b) => a.x - b.x);
    worst = furthest(samples, chosen);
  }
  if (worst.off > tolerance) return chosen;
  for (const point of chosen.slice(1, -1)) {
    const fewer = chosen.filter((one) => one !== point);
    if (furthest(samples, fewer).off <= tolerance) chosen = fewer;
  }
  return chosen;
}

/** The sample that the curve through the chosen ones misses most. */
function furthest(samples: readonly Point[], chosen: readonly Point[]): { point: Point; off: number } {
  const curve = curveThrough(chosen, LINE);
  let [point, off] = [samples[0] as Point, 0];
  for (const sample of samples) {
    const miss = Math.abs(curve(sample.x) - sample.y);
    if (miss > off) [point, off] = [sample, miss];
  }
  return { point, off };
}
