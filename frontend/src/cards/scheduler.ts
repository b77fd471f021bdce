/**
 * One loop for all charts: at every frame of the screen the most overdue ones are drawn, until the budget is spent.
 * A chart that asks again before its own interval has passed waits; nothing that was asked for is forgotten.
 */

const BUDGET_MS = 12;
/** Half a frame of the screen: an interval of 33 ms is meant to be every other frame. */
const SLACK_MS = 8;

/** Draws, and says how many ms must pass before it may draw again. */
export type Draw = (now: number) => number;

export interface Task {
  /** Something has changed. */
  mark(): void;
  remove(): void;
}

interface Entry {
  draw: Draw;
  dirty: boolean;
  last: number;
  interval: number;
}

export class Scheduler {
  private readonly entries = new Set<Entry>();
  private waiting = false;
  private readonly request: (act: (now: number) => void) => void;
  private readonly clock: () => number;

  constructor(request: (act: (now: number) => void) => void, clock: () => number) {
    this.request = request;
    this.clock = clock;
  }

  add(draw: Draw): Task {
    const entry: Entry = { draw, dirty: false, last: -Infinity, interval: 0 };
    this.entries.add(entry);
    return {
      mark: () => {
        entry.dirty = true;
        this.wake();
      },
      remove: () => void this.entries.delete(entry),
    };
  }

  private wake(): void {
    if (this.waiting) return;
    this.waiting = true;
    this.request((now) => this.tick(now));
  }

  private tick(now: number): void {
    this.waiting = false;
    const due = [...this.entries]
      .filter((entry) => entry.dirty && now - entry.last >= entry.interval - SLACK_MS)
      .sort((a, b) => overdue(b, now) - overdue(a, now));
    const start = this.clock();
    for (const entry of due) {
      // The first one is always drawn: a chart above the budget still gets its turn.
      if (entry !== due[0] && this.clock() - start >= BUDGET_MS) break;
      if (!this.entries.has(entry)) continue;
      entry.dirty = false;
      entry.last = now;
      entry.interval = entry.draw(now);
    }
    if ([...this.entries].some((entry) => entry.dirty)) this.wake();
  }
}

/** In intervals, not in ms: what is drawn seldom is not always last. */
function overdue(entry: Entry, now: number): number {
  return (now - entry.last) / Math.max(1, entry.interval);
}

export const scheduler = new Scheduler(
  (act) => requestAnimationFrame(act),
  () => performance.now(),
);
