/** Colour arithmetic for the tests of the tokens: contrast, dichromatic sight, distance in OKLab. */

type Triple = [number, number, number];

/** WCAG 2 contrast ratio of two opaque colours. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((p, q) => q - p) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export type Sight = "normal" | "protan" | "deutan" | "tritan";
export const SIGHTS: Sight[] = ["normal", "protan", "deutan", "tritan"];

/** Machado, Oliveira & Fernandes 2009, severity 1, on linear sRGB. */
const DICHROMACY: Record<Exclude<Sight, "normal">, number[][]> = {
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Distance of two colours in OKLab, as this sight sees them. */
export function distance(a: string, b: string, sight: Sight = "normal"): number {
  const [p, q] = [oklab(seen(a, sight)), oklab(seen(b, sight))];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

/** OKLab lightness, as this sight sees it. */
export function lightness(colour: string, sight: Sight = "normal"): number {
  return oklab(seen(colour, sight))[0];
}

function seen(hex: string, sight: Sight): Triple {
  const rgb = linear(hex);
  if (sight === "normal") return rgb;
  return multiply(DICHROMACY[sight], rgb).map((value) => Math.max(0, Math.min(1, value))) as Triple;
}

function luminance(hex: string): number {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function linear(hex: string): Triple {
  return [1, 3, 5].map((start) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Triple;
}

/** Ottosson 2020. */
function oklab(rgb: Triple): Triple {
  const cones = multiply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  ).map(Math.cbrt) as Triple;
  return multiply(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

function multiply(matrix: number[][], vector: Triple): Triple {
  return matrix.map((row) => row.reduce((sum, value, i) => sum + value * (vector[i] as number), 0)) as Triple;
}
