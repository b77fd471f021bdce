/** What the cards say around their charts. */

export const cardWords = {
  broken: "This chart could not be drawn.",
  predictions: "Predictions that are drawn",
  basis: "Kernel whose modes split the residual",
  basisNames: { frozen: "K₀", moving: "Kₜ", infinite: "∞" },
  basisHelp: { frozen: "Modes of the kernel at the start", moving: "Modes of the kernel of each moment", infinite: "Modes of the kernel of infinite width" },
  releaseMode: "No longer select this mode",
  eigenvectorOf: (name: string) => `${name}: eigenvector over the inputs`,
  helpFor: (title: string) => `About "${title}"`,
  source: "Source",
  inThisRun: "Measured in this run",
  notYet: "Nothing is measured yet.",
  axes: "Axes of the modes",
  logLog: "log–log",
  logLinear: "log–linear",
  logLogHelp: "Logarithmic time",
  logLinearHelp: "Linear time: exponentials are straight",
  allModes: "all modes",
  inThisStudy: "Measured in this study",
  click: "click",
  resetZoom: "Reset zoom",
} as const;
