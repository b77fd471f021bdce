/** How the run in view is looked at: what the reader has chosen, at the play-head, in a window of this width. */
import { DEFAULT_VIEW, type View } from "../run/view";

export class ViewState {
  private chosen = $state.raw<Partial<View>>({});
  private readonly given: () => Pick<View, "time" | "narrow" | "zoom">;

  /** @param given What others decide: the play-head and the window. */
  constructor(given: () => Pick<View, "time" | "narrow" | "zoom">) {
    this.given = given;
  }

  readonly view: View = $derived.by(() => ({ ...DEFAULT_VIEW, ...this.chosen, ...this.given() }));

  change(part: Partial<View>): void {
    this.chosen = { ...this.chosen, ...part };
  }
}
