/** Where a panel goes: beside its card, or below or above it, so that the chart it tells of is seen; never outside the window. */

const GAP = 4;
const EDGE = 8;
/** With less room than this below and above, the card is scrolled to the top of its page first. */
const ROOM = 300;
/** With less than this even then, the panel lies over the card: the card fills the window. */
const LEAST = 160;

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Spot {
  left: number;
  top: number;
  /** It scrolls inside, where it would be higher. */
  height: number;
}

interface Size {
  width: number;
  height: number;
}

export function spotBeside(button: Box, panel: Size, window: Size, card: Box): Spot {
  const wide = GAP + panel.width + EDGE;
  const whole = window.height - 2 * EDGE;
  const aside = card.right + wide <= window.width ? card.right + GAP : card.left >= wide ? card.left - GAP - panel.width : null;
  if (aside !== null) return { left: aside, top: Math.max(EDGE, Math.min(card.top, window.height - panel.height - EDGE)), height: whole };
  const left = Math.max(EDGE, Math.min(button.right - panel.width, window.width - panel.width - EDGE));
  const [below, above] = roomsOf(card, window);
  const room = Math.max(below, above);
  if (room < LEAST) return { left, top: Math.max(EDGE, Math.min(button.bottom + GAP, window.height - panel.height - EDGE)), height: whole };
  const height = Math.min(panel.height, room);
  return { left, top: below >= panel.height || below >= above ? card.bottom + GAP : card.top - GAP - height, height: room };
}

function roomsOf(card: Box, window: Size): [below: number, above: number] {
  return [window.height - card.bottom - GAP - EDGE, card.top - GAP - EDGE];
}

/** Places it now and whenever its content grows, as when formulas come in, until it is closed. */
export function placeBeside(panel: HTMLElement, button: HTMLElement): void {
  const card = button.closest("section") ?? button;
  const most = panel.style.maxHeight;
  const place = () => {
    panel.style.maxHeight = most;
    const { left, top, height } = spotBeside(
      button.getBoundingClientRect(),
      { width: panel.offsetWidth, height: panel.offsetHeight },
      { width: innerWidth, height: innerHeight },
      card.getBoundingClientRect(),
    );
    panel.style.maxHeight = `${Math.min(height, panel.offsetHeight)}px`;
    panel.style.left = `${left}px`;
    panel.style.top = `${top}px`;
  };
  const box = card.getBoundingClientRect();
  const aside = Math.max(box.left, innerWidth - box.right) >= GAP + panel.offsetWidth + EDGE;
  if (!aside && Math.max(...roomsOf(box, { width: innerWidth, height: innerHeight })) < ROOM) card.scrollIntoView({ block: "start" });
  place();
  const observer = new ResizeObserver(place);
  for (const child of panel.children) observer.observe(child);
  panel.addEventListener("beforetoggle", () => observer.disconnect(), { once: true });
}
