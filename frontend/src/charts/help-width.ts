/** The (?) of the width study's two cards. */
import type { Quantity, Sweep } from "../api/types";
import { number, whole, withError } from "../format";
import { SCALINGS, theoryText } from "../words-sweep";
import type { Help, Measured } from "./chart";
import { CHIZAT, HUANG, JACOT, LEE, MEI, YANG } from "./parts/sources";
import { errorOf } from "./width";

export const WIDTH_HELP: Record<Quantity, Pick<Help, "text" | "formulas" | "sources">> = {
  distance: {
    text:
      "A wider network starts with a kernel nearer to the one of infinite width: its entries are means over the units, so that they stray " +
      "like 1/√width. Under mean-field scaling the kernel times the width is compared: at the start these are the same numbers, and the " +
      "two scalings are drawn a little apart. Faint marks are single runs, filled ones means with their standard errors; the fit is of the means.",
    formulas: [
      String.raw`\frac{\lVert K_0 - \Theta\rVert_F}{\lVert\Theta\rVert_F} \propto \text{width}^{-1/2}`,
      String.raw`\text{mean field: } K_0 \to \text{width}\cdot K_0`,
    ],
    sources: [JACOT, LEE],
  },
  drift: {
    text:
      "How far training has moved the kernel, in all runs at the same λ₁t. Under NTK scaling the move dies out with the width, and with it " +
      "everything that a frozen kernel cannot tell: like 1/width for a smooth activation, with the power −3/4 for ReLU, whose kinks flip. Under mean-field " +
      "scaling the output is divided by √width and the rate multiplied by it: the weights then move enough to change the kernel at any width.",
    formulas: [
      String.raw`\frac{\lVert K_t - K_0\rVert_F}{\lVert K_0\rVert_F} \propto \text{width}^{-1}\ \text{(smooth)},\ \text{width}^{-3/4}\ \text{(ReLU)}`,
      String.raw`\text{mean field: } \propto \text{width}^{0}`,
    ],
    sources: [HUANG, CHIZAT, MEI, YANG],
  },
};

/** The slopes, and the widest network's means. */
export function widthNumbers(sweep: Sweep | null, quantity: Quantity): Measured[] {
  const study = sweep?.study;
  if (!study) return [];
  const rows: Measured[] = [];
  for (const slope of study.slopes.filter((one) => one.quantity === quantity)) {
    const scaling = SCALINGS[slope.parameterization];
    rows.push({ label: `Slope, ${scaling} (theory ${theoryText(slope.expected)})`, value: withError(slope.slope, slope.standard_error) });
  }
  const widest = Math.max(...study.points.map((point) => point.width));
  for (const point of study.points.filter((one) => one.width === widest && one[quantity] !== null)) {
    const error = errorOf(point, quantity);
    const value = error === null ? number(point[quantity]) : withError(point[quantity], error);
    rows.push({ label: `At width ${whole(widest)}, ${SCALINGS[point.parameterization]}`, value });
  }
  return rows;
}
