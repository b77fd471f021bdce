/** When something is predicted, as marks along the play-head. Those that would lie on one another share a label. */
import { positionOf, type Span } from "./playhead";

export interface Due {
  time: number;
  /** On the bar. */
  label: string;
  /** To the pointer. */
  title: string;
  colour?: string;
}

export interface Mark {
  /** Of the label. */
  position: number;
  label: string;
  /** What it stands for, a line each. */
  title: string;
  ticks: { position: number; colour: string | undefined }[];
}

/** Nearer than this along the bar, labels are joined. */
const NEAREST = 0.04;
/** More labels than these are told by the first and the last. */
const LISTED = 2;

/**
 * In order of time; what is there at the start and what comes after the end are left out.
 *
 * @param width Of the bar, in px; 0 while it is not known.
 * @param label Of the widest label, in px.
 */
export function marksOf(dues: readonly Due[], span: Span, width = 0, label = 24): Mark[] {
  const nearest = width > 0 ? Math.max(NEAREST, label / width) : NEAREST;
  const placed = dues
    .filter(({ time }) => time > 0 && time <= span.last)
    .map((due) => ({ due, position: positionOf(span, due.time) }))
    .sort((a, b) => a.due.time - b.due.time);
  const joined: (typeof placed)[] = [];
  for (const one of placed) {
    const group = joined.at(-1);
    if (group && one.position - middle(group) < nearest * (group.length > 1 ? 1.5 : 1)) group.push(one);
    else joined.push([one]);
  }
  return joined.map((group) => ({
    position: middle(group),
    label: labelOf(group.map(({ due }) => due.label)),
    title: group.map(({ due }) => due.title).join("\n"),
    ticks: group.map(({ due, position }) => ({ position, colour: due.colour })),
  }));
}

function middle(group: { position: number }[]): number {
  return ((group[0]?.position ?? 0) + (group.at(-1)?.position ?? 0)) / 2;
}

function labelOf(labels: string[]): string {
  return labels.length <= LISTED ? labels.join(", ") : `${labels[0]} … ${labels.at(-1)}`;
}
