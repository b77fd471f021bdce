/** Numbers as a reader sees them: three significant figures, true minus, thin spaces; never NaN or Infinity. */

const MISSING = "–";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** By their number of decimals: one takes a hundred times as long to make as to use. */
const GROUPED: Intl.NumberFormat[] = [];

function grouped(value: number, decimals = 0): string {
  GROUPED[decimals] ??= new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return minus(GROUPED[decimals].format(value));
}

/** 3.20, 2,667, 1.23×10⁻⁴; an en dash for what is missing. */
export function number(value: number | null | undefined, figures = 3): string {
  if (value == null || !Number.isFinite(value)) return MISSING;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 99_999.5) return scientific(value, figures);
  // The power of ten after rounding: 0.99999 is 1.00.
  const decimals = Math.max(0, figures - 1 - Math.floor(Math.log10(Number(size.toPrecision(figures)))));
  return grouped(value, decimals);
}

/** A count in full: 2,667. */
export function whole(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return MISSING;
  return grouped(Math.round(value));
}

/** A value as a person would type it, for inputs: no rounding, no grouping. */
export function plain(value: number): string {
  return minus(String(value));
}

/** A fixed number of decimals, as slopes are compared by; never a negative zero. */
export function fixed(value: number | null | undefined, decimals: number): string {
  if (value == null || !Number.isFinite(value)) return MISSING;
  const text = value.toFixed(decimals);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}

/** −0.0031 ± 0.0021: the error has two figures, the value as many decimals; three where there is no error. */
export function withError(value: number | null | undefined, error: number | null | undefined): string {
  if (!error || !Number.isFinite(error)) return fixed(value, 3);
  const power = Math.floor(Math.log10(Number(Math.abs(error).toPrecision(2))));
  const decimals = Math.min(10, Math.max(0, 1 - power));
  return `${fixed(value, decimals)} ± ${fixed(error, decimals)}`;
}

/** 2.1 %, with a thin space. */
export function percent(fraction: number | null | undefined): string {
  if (fraction == null || !Number.isFinite(fraction)) return MISSING;
  const value = 100 * fraction;
  if (value !== 0 && Math.abs(value) < 0.05) return "<\u20090.1\u2009%";
  return `${value >= 1000 ? number(value) : minus(value.toFixed(1))}\u2009%`;
}

/** Wall clock: 0.4 s, 41 s, 3 min 20 s, 2 h 5 min. */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return MISSING;
  if (seconds < 0.05) return "below 0.1 s";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const all = Math.round(seconds);
  if (all < 60) return `${all} s`;
  if (all < 3600) return pair(Math.floor(all / 60), "min", all % 60, "s");
  if (all < 172_800) return pair(Math.floor(all / 3600), "h", Math.floor((all % 3600) / 60), "min");
  return `${whole(all / 86_400)} days`;
}

/** 12 kB, 3.4 MB, 2.1 GB. */
export function bytes(count: number): string {
  for (const [unit, size] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]] as const) {
    if (count >= size) return `${(count / size).toLocaleString("en-US", { maximumSignificantDigits: 3 })} ${unit}`;
  }
  return `${count} B`;
}

function scientific(value: number, figures: number): string {
  const [mantissa = "", exponent = "0"] = value.toExponential(figures - 1).split("e");
  return `${minus(mantissa)}×10${superscript(Number(exponent))}`;
}

function superscript(exponent: number): string {
  const digits = String(Math.abs(exponent));
  return (exponent < 0 ? "⁻" : "") + [...digits].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");
}

function minus(text: string): string {
  return text.replace(/^-/, "−");
}

function pair(large: number, unit: string, small: number, lesser: string): string {
  return small ? `${large} ${unit} ${small} ${lesser}` : `${large} ${unit}`;
}

/** How long ago, in the largest unit: "just now", "5 min ago", "3 days ago". */
export function ago(secondsSince1970: number, now = Date.now() / 1000): string {
  const seconds = Math.max(0, now - secondsSince1970);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? "yesterday" : `${days} days ago`;
}

/** 3, 0.5, 3.82: a frequency, without zeros at its end. */
export function frequency(value: number): string {
  return number(value).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

/** A number of steps in full, or as a power of ten where nobody would count them. */
export function steps(value: number): string {
  return value < 1e7 ? whole(value) : number(value);
}

/** Ascending numbers: 3; 4–5; 29–32; with a gap among them each for itself, since those between belong to others: 8, 10. */
export function ranged(numbers: readonly number[]): string {
  const [first = 0, last = first] = [numbers[0], numbers.at(-1)];
  const whole = last - first + 1 === numbers.length;
  return whole && numbers.length > 1 ? `${first}–${last}` : numbers.join(", ");
}

/** A sentence in which no line ends between a quantity and its value. */
export function unbroken(sentence: string): string {
  return sentence.replaceAll(" = ", "\u00a0=\u00a0");
}
