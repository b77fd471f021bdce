/** Where a panel goes: beside its card, which it does not cover; without room there, below its button or above it; never outside the window. */

const GAP = 4;
const EDGE = 8;

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export function spotBeside(button: Box, panel: { width: number; height: number }, window: { width: number; height: number }, card: Box): { left: number; top: number } {
  const wide = GAP + panel.width + EDGE;
  const aside = card.right + wide <= window.width ? card.right + GAP : card.left >= wide ? card.left - GAP - panel.width : null;
  if (aside !== null) return { left: aside, top: Math.max(EDGE, Math.min(card.top, window.height - panel.height - EDGE)) };
  const left = Math.max(EDGE, Math.min(button.right - panel.width, window.width - panel.width - EDGE));
  const below = button.bottom + GAP;
  if (below + panel.height <= window.height - EDGE) return { left, top: below };
  const above = button.top - GAP - panel.height;
  return { left, top: above >= EDGE ? above : Math.max(EDGE, window.height - panel.height - EDGE) };
}

/** Places it now and whenever its content grows, as when formulas come in, until it is closed. */
export function placeBeside(panel: HTMLElement, button: HTMLElement): void {
  const place = () => {
    const { left, top } = spotBeside(
      button.getBoundingClientRect(),
      { width: panel.offsetWidth, height: panel.offsetHeight },
      { width: innerWidth, height: innerHeight },
      (button.closest("section") ?? button).getBoundingClientRect(),
    );
    panel.style.left = `${left}px`;
    panel.style.top = `${top}px`;
  };
  place();
  const observer = new ResizeObserver(place);
  observer.observe(panel);
  panel.addEventListener("beforetoggle", () => observer.disconnect(), { once: true });
}
