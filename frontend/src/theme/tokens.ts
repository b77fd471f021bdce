/** The colours of both themes, as numbers for charts; tokens.css gives the same ones to the page (a test compares them). */

export type Theme = "light" | "dark";

export interface Tokens {
  bg: string;
  surface: string;
  sunken: string;
  text: string;
  muted: string;
  axis: string;
  grid: string;
  line: string;
  control: string;
  accent: string;
  onAccent: string;
  selected: string;
  ok: string;
  okTint: string;
  warning: string;
  warningTint: string;
  error: string;
  errorTint: string;
}

export const TOKENS: Record<Theme, Tokens> = {
  light: {
    bg: "#f5f7f9",
    surface: "#ffffff",
    sunken: "#edf0f3",
    text: "#17202a",
    muted: "#4f5d6a",
    axis: "#5b6773",
    grid: "#e8ecf0",
    line: "#d8dee4",
    control: "#7a8794",
    accent: "#0a5fc2",
    onAccent: "#ffffff",
    selected: "#dbe9fb",
    ok: "#1a6f37",
    okTint: "#e6f4ea",
    warning: "#855600",
    warningTint: "#fdf3dc",
    error: "#b3261e",
    errorTint: "#fdecea",
  },
  dark: {
    bg: "#0e1217",
    surface: "#161c23",
    sunken: "#10151b",
    text: "#e6ebf0",
    muted: "#a3b0bd",
    axis: "#9aa7b4",
    grid: "#232c35",
    line: "#2c3641",
    control: "#6c7b8a",
    accent: "#5aa9ff",
    onAccent: "#06121f",
    selected: "#1d3350",
    ok: "#5fd38d",
    okTint: "#12291c",
    warning: "#f2b84b",
    warningTint: "#2e240f",
    error: "#ff8f85",
    errorTint: "#331a18",
  },
};

/** One colour for each kind of curve; the dash or the mark says it again. */
interface Series {
  data: string;
  target: string;
  measured: string;
  frozen: string;
  moving: string;
  infinite: string;
  rehearsed: string;
}

export const SERIES: Record<Theme, Series> = {
  light: { data: "#5b6773", target: "#17202a", measured: "#158efe", frozen: "#c86505", moving: "#0f5000", infinite: "#9706a7", rehearsed: "#540078" },
  dark: { data: "#9aa7b4", target: "#e6ebf0", measured: "#4a90ff", frozen: "#f97738", moving: "#7bdc98", infinite: "#f3a8ff", rehearsed: "#a85484" },
};

/** Signed values, zero in the middle. */
export const DIVERGING: Record<Theme, readonly string[]> = {
  light: ["#0a4f96", "#6fa8dc", "#f4f5f6", "#e79a5f", "#a34700"],
  dark: ["#7db8ff", "#2f6bb0", "#1e252d", "#b3622a", "#ffb27a"],
};

/** Cividis, for magnitudes, the same in both themes: evenly spaced from the smallest to the largest. */
export const MAGNITUDE: readonly string[] = [
  "#00204c", "#002a66", "#00346e", "#273f6c", "#3c4a6b", "#4c556b", "#5b5f6d", "#686a70", "#757575",
  "#838178", "#928c78", "#a19876", "#b0a572", "#c0b16d", "#d1bf66", "#e1cc5c", "#f3db4f", "#ffe945",
];
