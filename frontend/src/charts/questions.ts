/** Three questions about a run, each answered by one sentence with its numbers: every rule is here. */
import type { Started } from "../api/codec";
import { fixed, number, percent, whole } from "../format";
import { insideBand } from "./parts/band";
import type { RunState } from "../run/run";
import { rehearsedDrift } from "./parts/rehearsed";
import { chartWords } from "./parts/words";

/** Below, the kernel stays where it was for what theory needs; above the second, it is another one. */
const [HARDLY, MUCH] = [0.05, 0.3];

const said = {
  inside: (share: number) => `, and ${percent(share)} of it lies in the band over draws`,
  noBand: ", and from a start at zero the draw changes nothing",
} as const;

/** Why this order? By the measured slope once the run has ended, else by K₀'s eigenvalues. */
export function orderSentence({ started, finished }: RunState): string {
  if (!started) return chartWords.notYet;
  const fit = finished?.learning_time_fit;
  if (fit) {
    const slope = -fit.slope;
    const held = Math.abs(slope - 1) <= 0.1 ? "as the kernel says" : "where the kernel says 10 times";
    return `Because of the eigenvalues: a mode with a tenth of the eigenvalue took ${number(10 ** slope)} times as long, ${held} (slope ${fixed(fit.slope, 2)} over ${whole(fit.count)} groups).`;
  }
  const counting = started.groups.filter((group) => group.significant);
  const [first, last] = [counting[0], counting.at(-1)];
  if (!first || !last || first === last) return "The target lies in one group of modes: there is no order to explain.";
  return `Because of the eigenvalues: the first mode that counts has ${number(first.eigenvalue / last.eigenvalue)} times that of the last, and should be learnt so much sooner.`;
}

/** Did the kernel move? By its drift at the newest record; before there is one, by the rehearsal's at its end. */
export function movedSentence({ started, kernelFrames }: RunState): string {
  if (!started) return chartWords.notYet;
  if (!started.kernel_steps.length) return "This run records no kernels.";
  const last = kernelFrames.at(-1);
  if (!last) return rehearsedSentence(started);
  const word = moved(last.drift);
  const parameters = last.parameter_drift == null ? "" : `, the parameters by ${percent(last.parameter_drift)}`;
  const overlap = last.subspace_overlap == null ? "" : `; its ${last.leading_modes === 1 ? "leading mode overlaps" : `${whole(last.leading_modes)} leading modes overlap`} ${fixed(last.subspace_overlap, 2)} with those at the start`;
  return `${word}: by t = ${number(last.time)} the kernel has moved by ${percent(last.drift)} of itself${parameters}${overlap}.`;
}

function moved(drift: number): string {
  return drift < HARDLY ? "Hardly" : drift < MUCH ? "Somewhat" : "Yes";
}

function rehearsedSentence(started: Started): string {
  const reach = (started.rehearsal?.course.nodes.at(-1) ?? 0) * started.learning_rate;
  const end = Math.min(reach, started.times.at(-1) ?? 0);
  const drift = rehearsedDrift(started, end);
  return drift === null ? chartWords.notYet : `${moved(drift)}, as rehearsed: by t = ${number(end)} the kernel moves by ${percent(drift)} of itself.`;
}

/** What would infinite width do? By how far the kernel starts from it, and the trained function is from its prediction. */
export function limitSentence({ started, frames }: RunState): string {
  if (!started) return chartWords.notYet;
  const { infinite } = started;
  if (!infinite && !frames.length) return chartWords.notYet;
  if (!infinite) return "The kernel of infinite width was not found soon enough here: the set-up's notices say why.";
  const start = infinite.distance == null ? "" : `This network's kernel starts ${percent(infinite.distance)} from that of infinite width`;
  const now = frames.at(-1)?.predicted.infinite?.distance;
  if (now == null) return start ? `${start}.` : chartWords.notYet;
  const inside = insideBand(frames.at(-1));
  const band = started.centered ? said.noBand : inside === null ? "" : said.inside(inside);
  const almost = now < HARDLY ? "almost the same" : now < MUCH ? "much the same" : "something else";
  return `${start ? `${start}; it` : "It"} would do ${almost}: the trained function is now ${percent(now)} from its prediction${band}.`;
}
