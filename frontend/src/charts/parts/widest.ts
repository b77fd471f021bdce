/**
 * How wide words get that change while the play-head moves: the card keeps them that room, so that nothing beside them
 * moves. Digits are all of one width: of two numbers the one with more signs is the wider one.
 */
import type { Started } from "../../api/codec";
import { number, percent } from "../../format";
import type { Figure, LegendItem } from "./figure";
import { chartWords } from "./words";

/** Of the shares below the whole the one that takes most room: "< 0.1 %". */
const LEAST_SHARE = 1e-5;

export function longest(texts: readonly string[]): string {
  return texts.reduce((most, text) => (text.length > most.length ? text : most), "");
}

/** Of all times of a run the one that takes most room: its size alone decides, so one of every size is looked at. */
export function widestTime({ times }: Started): number {
  const [first = 0, last = 0] = [times.find((time) => time > 0), times.at(-1)];
  if (!first) return last;
  const [low, high] = [Math.floor(Math.log10(first)), Math.floor(Math.log10(last))];
  const sizes = Array.from({ length: high - low + 1 }, (_, i) => 8.88 * 10 ** (low + i));
  return sizes.reduce((most, time) => (number(time).length > number(most).length ? time : most), last);
}

/** A subtitle that ends with the time of what is shown; null where nothing is shown yet. */
export function timed(text: string, time: number | null | undefined, started: Started | null): Pick<Figure, "subtitle" | "widest"> {
  const told = (at: number) => `${text}, ${chartWords.at(at)}`;
  return { subtitle: time == null ? text : told(time), ...(started && text && { widest: told(widestTime(started)) }) };
}

/** A name with a share behind it, where there is one; `most`: the largest so far. */
export function shared(name: string, share: number | null, most: number | null): Required<Pick<LegendItem, "text" | "widest">> {
  const told = (one: number | null) => (one === null ? name : `${name} ${percent(one)}`);
  return { text: told(share), widest: told(most !== null && most >= 1 ? most : LEAST_SHARE) };
}
