/** What the page takes from its surroundings: theme, width of the window, wish for less motion. */
import type { Theme } from "../theme/tokens";
import { frameOf } from "./frame";

const KEPT = "ntkscope.theme";
/** The window that everything is drawn for, in px; on a projector a smaller one: all is larger. */
const DRAWN_FOR = { page: [1440, 900], present: [1180, 740] } as const;

export class Surroundings {
  /** What is shown of the page. */
  readonly frame = frameOf(location.search);
  theme = $state<Theme>("light");
  /** By the reader, or by the sender of a link: a part of the link. */
  themeChosen = $state(kept() !== null);
  /** A phone. */
  narrow = $state(false);
  /** Watch's parts stand one below the other. */
  column = $state(false);
  /** No room for the form beside the charts, nor for Watch's choices in one line. */
  compact = $state(false);
  /** The header has room for whole sentences. */
  roomy = $state(false);
  reducedMotion = $state(false);
  /** How much larger than it is drawn for the window is: 1 up to 1440 by 900. */
  zoom = $state(1);
  /** The page is behind others: nobody looks. */
  hidden = $state(document.hidden);

  constructor() {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    this.theme = kept() ?? (dark.matches ? "dark" : "light");
    dark.addEventListener("change", () => {
      if (!this.themeChosen) this.apply(dark.matches ? "dark" : "light");
    });
    this.apply(this.theme);
    document.addEventListener("visibilitychange", () => (this.hidden = document.hidden));
    const [wide, high] = DRAWN_FOR[this.frame.present ? "present" : "page"];
    const measure = () => (this.zoom = Math.max(1, Math.min(2, innerWidth / wide, innerHeight / high)));
    measure();
    addEventListener("resize", measure);
    follow("(max-width: 699px)", (matches) => (this.narrow = matches));
    follow("(max-width: 999px)", (matches) => (this.column = matches));
    follow("(max-width: 1099px)", (matches) => (this.compact = matches));
    follow("(min-width: 1300px)", (matches) => (this.roomy = matches));
    follow("(prefers-reduced-motion: reduce)", (matches) => (this.reducedMotion = matches));
  }

  /** The theme of a link, for this visit. */
  showTheme(theme: Theme): void {
    this.themeChosen = true;
    this.apply(theme);
  }

  /** The other theme, remembered from now on. */
  toggleTheme(): void {
    this.showTheme(this.theme === "dark" ? "light" : "dark");
    try {
      localStorage.setItem(KEPT, this.theme);
    } catch {
      // Storage may be switched off: the choice holds until the page is left.
    }
  }

  private apply(theme: Theme): void {
    this.theme = theme;
    document.documentElement.dataset["theme"] = theme;
  }
}

function kept(): Theme | null {
  try {
    const value = localStorage.getItem(KEPT);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null;
  }
}

function follow(query: string, act: (matches: boolean) => void): void {
  const media = matchMedia(query);
  act(media.matches);
  media.addEventListener("change", () => act(media.matches));
}
