/** What the charts of the width study say. */
import { number, whole } from "../format";

export const widthWords = {
  titles: {
    distance: "The kernel at the start nears its limit",
    drift: "The kernel moves less and less",
  },
  distanceSubtitle: "‖K₀ − Θ‖ / ‖Θ‖ against width",
  driftSubtitle: (comparedAt: number | null) =>
    `‖Kₜ − K₀‖ / ‖K₀‖ against width${comparedAt === null ? "" : `, at λ₁t = ${number(comparedAt)}`}`,
  axes: { distance: "‖K₀ − Θ‖ / ‖Θ‖", drift: "‖Kₜ − K₀‖ / ‖K₀‖" },
  symbols: { distance: "distance", drift: "drift" },
  width: "width",
  fit: "fit",
  theory: "theory",
  single: "a single run",
  mean: (runs: number) => `mean of ${whole(runs)}`,
  zeros: (count: number) => `${whole(count)} at zero, not drawn`,
  waiting: "Waiting for the first run to complete.",
  nothing: "No run has measured it.",
  hover: (width: number, scaling: string) => `Width ${whole(width)}, ${scaling}`,
  seed: "seed",
  runs: "mean of",
  error: "standard error",
  click: "click",
  opens: "opens the run in the Lab",
  inThisStudy: "Measured in this study",
  twin: (title: string) => `${title}: means over the seeds`,
} as const;
