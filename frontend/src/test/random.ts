/** Numbers for properties that hold of any: the same ones every time. */
export function randomFrom(seed: number): (low: number, high: number) => number {
  let state = seed >>> 0;
  return (low, high) => {
    // Mulberry32 (Tommy Ettinger, public domain).
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return low + ((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * (high - low));
  };
}
