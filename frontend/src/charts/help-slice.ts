/** The (?) of the card with a row of the kernel. */
import { percent, whole } from "../format";
import type { RunState } from "../run/run";
import type { Help, Measured } from "./chart";
import { slicesApart } from "./kernel-slice";
import { JACOT } from "./parts/sources";

export const SLICE_HELP: Help = {
  text:
    "How much a step on one point, x₀, moves the network at every other point. A narrow peak lets the network learn fine detail, a broad one smooths. " +
    "Point at the card, or use the arrow keys, to take another x₀. Open circles are the kernel at the start, filled ones the kernel at the play-head. " +
    "Infinite width is the dotted line; squares where the inputs lie on none.",
  formulas: [
    String.raw`K(x,x') = \Big\langle \frac{\partial f(x;\theta)}{\partial\theta},\, \frac{\partial f(x';\theta)}{\partial\theta} \Big\rangle`,
    String.raw`f_{k+1}(x) - f_k(x) \approx -\eta\,K(x,x_0)\,r(x_0)`,
  ],
  sources: [JACOT],
  measured: rowsApart,
};

function rowsApart(run: RunState): Measured[] {
  const slices = run.started?.slices;
  if (!run.started) return [];
  const rows: Measured[] = [{ label: "Rows that are written down", value: whole(slices?.rows.length ?? 0) }];
  const limit = slicesApart(slices?.values, run.started.infinite?.slices);
  if (limit !== null) rows.push({ label: "K₀ from infinite width, over these rows", value: percent(limit) });
  const moved = slicesApart(run.kernelFrames.at(-1)?.slices, slices?.values);
  if (moved !== null) rows.push({ label: "Newest Kₜ from K₀, over these rows", value: percent(moved) });
  return rows;
}
