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

/** More labels than these are told by the first and the last. */
const LISTED = 2;
/** Of the bar: a letter, and the gap between two labels, where nothing is measured. */
const ROOM: Room = { letter: 0.01, gap: 0.02 };

/** How much of the bar a label takes: for each letter, and beside the next one. */
export interface Room {
  letter: number;
  gap: number;
}

/**
 * In order of time; what is there at the start and what comes after the end are left out.
 *
 * @param worded What a label says in full.
 */
export function marksOf(dues: readonly Due[], span: Span, room: Room = ROOM, worded: (label: string) => string = (label) => label): Mark[] {
  const placed = dues
    .filter(({ time }) => time > 0 && time <= span.last)
    .map((due) => ({ due, position: positionOf(span, due.time) }))
    .sort((a, b) => a.due.time - b.due.time);
  const groups = placed.map((one) => markOf([one], worded));
  // Joined labels are wider, and may reach others.
  for (let i = 1; i < groups.length; ) {
    const [before, here] = [groups[i - 1] as Group, groups[i] as Group];
    const wanted = (room.letter * (before.mark.label.length + here.mark.label.length)) / 2 + room.gap;
    if (here.mark.position - before.mark.position >= wanted) i += 1;
    else {
      groups.splice(i - 1, 2, markOf([...before.placed, ...here.placed], worded));
      i = Math.max(1, i - 1);
    }
  }
  return groups.map(({ mark }) => mark);
}

interface Group {
  placed: { due: Due; position: number }[];
  mark: Mark;
}

function markOf(placed: Group["placed"], worded: (label: string) => string): Group {
  return {
    placed,
    mark: {
      position: ((placed[0]?.position ?? 0) + (placed.at(-1)?.position ?? 0)) / 2,
      label: worded(labelOf(placed.map(({ due }) => due.label))),
      title: placed.map(({ due }) => due.title).join("\n"),
      ticks: placed.map(({ due, position }) => ({ position, colour: due.colour })),
    },
  };
}

function labelOf(labels: string[]): string {
  return labels.length <= LISTED ? labels.join(", ") : `${labels[0]} … ${labels.at(-1)}`;
}
