/** Colours of modes: warm is learnt first, violet last. A mode keeps its colour in every chart. */
import type { Theme } from "./tokens";

/** Nine stops; lightness falls at every one, for normal and for dichromatic sight alike. */
export const MODE_STOPS: Record<Theme, readonly string[]> = {
  light: ["#c57807", "#bb5e02", "#af430a", "#a13833", "#903246", "#812962", "#69277a", "#3d1887", "#002362"],
  dark: ["#ffe596", "#ffd2a0", "#ffc0a1", "#ffaba2", "#f698ae", "#dd8dbb", "#c085c4", "#8a76d4", "#2c6fd2"],
};

/** The modes that matter most: they take so much of the scale, in equal steps. */
const FIRST = 8;
const SHARE = 0.6;

/**
 * From 0 to 1, `number` counts from 1: the first eight modes in equal steps, since it is those that are told apart, then 16, 32, 64 ...
 * in equal steps, since there it is the order that counts.
 */
export function modePosition(number: number, modes: number): number {
  if (modes <= 1) return 0;
  const last = Math.min(FIRST, modes);
  const share = modes > FIRST ? SHARE : 1;
  if (number <= last) return (share * (Math.max(1, number) - 1)) / (last - 1);
  return Math.min(1, share + ((1 - share) * Math.log(number / last)) / Math.log(modes / last));
}

/** The colour at a position from 0 to 1, interpolated in sRGB. */
export function modeColour(position: number, theme: Theme): string {
  const stops = MODE_STOPS[theme];
  const place = Math.max(0, Math.min(1, position)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  const low = channels(stops[index] as string);
  const high = channels(stops[index + 1] as string);
  const mixed = low.map((value, i) => Math.round(value + (place - index) * ((high[i] as number) - value)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** The colour with an opacity, as rgba(). */
export function withOpacity(hex: string, opacity: number): string {
  return `rgba(${channels(hex).join(",")},${opacity})`;
}

function channels(hex: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
}
