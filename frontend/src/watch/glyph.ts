/** The small drawing of a row: a wave of the target, and as much of it as the network has. */

export type Glyph = { kind: "wave"; frequency: number; phase: number } | { kind: "mode"; paths: string[]; dots: { x: number; y: number; value: number }[] };

/** What is to be learnt, over one input. */
export interface Target {
  round: boolean;
  inputs: ArrayLike<number | null>;
  targets: ArrayLike<number | null>;
  grid: ArrayLike<number | null>;
  gridTarget: ArrayLike<number | null> | null;
}

/**
 * Where a wave begins, for its drawing alone: in radians, so that it lies as it does in the target. How large it is and
 * how much of it is learnt, the server says.
 */
export function phaseOf(target: Target, frequency: number): number {
  const [xs, ys] = target.gridTarget ? [target.grid, target.gridTarget] : [target.inputs, target.targets];
  const [low, length] = rangeOf(target);
  let [sine, cosine] = [0, 0];
  for (let i = 0; i < xs.length; i += 1) {
    const angle = 2 * Math.PI * frequency * (((xs[i] ?? low) - low) / length);
    sine += (ys[i] ?? 0) * Math.sin(angle);
    cosine += (ys[i] ?? 0) * Math.cos(angle);
  }
  return Math.atan2(cosine, sine);
}

function rangeOf({ round, inputs }: Target): [low: number, length: number] {
  if (round) return [0, 2 * Math.PI];
  const all = Array.from(inputs, (value) => value ?? 0);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return [low, high - low || 1];
}

/** An SVG path of so much of the wave, in a box whose height holds all of it. */
export function wavePath(frequency: number, phase: number, share: number, width: number, height: number): string {
  const pad = 3;
  const count = Math.max(24, Math.ceil(16 * frequency));
  const steps = Array.from({ length: count + 1 }, (_, i) => {
    const along = i / count;
    const value = share * (frequency === 0 ? 1 : Math.sin(2 * Math.PI * frequency * along + phase));
    return `${(pad + along * (width - 2 * pad)).toFixed(1)},${(height / 2 - value * (height / 2 - pad)).toFixed(1)}`;
  });
  return `M${steps.join("L")}`;
}
