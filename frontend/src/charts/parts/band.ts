/** The band that holds networks of infinite width, which differ in their draw: how it is drawn, and how much of the network lies in it. */
import type { Frame } from "../../api/codec";
import type { Trace, Values } from "./figure";
import { BAND_DEVIATIONS, bandFill, lineStyle, type Prediction } from "./predictions";

/** There along its upper edge and back along its lower one. */
export function bandTrace(one: Prediction, x: Values, curve: (values: ArrayLike<number> | null) => Values): Trace {
  const edge = (sign: 1 | -1) => curve(one.values && one.values.map((value, i) => value + sign * (one.spread?.[i] ?? 0)));
  return {
    name: one.name,
    type: "scatter",
    mode: "lines",
    x: [...x, ...[...x].reverse()],
    y: [...edge(1), ...[...edge(-1)].reverse()],
    line: { simplify: false, ...lineStyle(one) },
    fill: "toself",
    fillcolor: bandFill(one),
    hoverinfo: "skip",
  };
}

/** The share of the evaluation points at which the network lies in the band; null where there is none. */
export function insideBand(frame: Frame | null | undefined): number | null {
  const told = frame?.predicted.ensemble;
  if (!frame || !told?.spread) return null;
  const { function: mean, spread } = told;
  let [inside, all] = [0, 0];
  for (let i = 0; i < mean.length; i += 1) {
    const apart = Math.abs((frame.function[i] as number) - (mean[i] as number));
    if (!Number.isFinite(apart)) continue;
    all += 1;
    if (apart <= BAND_DEVIATIONS * (spread[i] as number)) inside += 1;
  }
  return all ? inside / all : null;
}
