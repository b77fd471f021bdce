/** Short messages that have no place of their own; one with an undo stays for ten seconds. */

import { words } from "../words";

export interface Toast {
  id: number;
  text: string;
  action: { label: string; act: () => void } | null;
}

const SHORT_MS = 4000;
/** How long the undo stays. */
export const UNDO_MS = 10_000;

export class Toasts {
  all = $state.raw<Toast[]>([]);
  private next = 1;

  say(text: string): void {
    this.add(text, null, SHORT_MS);
  }

  undo(text: string, act: () => void): void {
    this.add(text, { label: words.undo, act }, UNDO_MS);
  }

  dismiss(id: number): void {
    this.all = this.all.filter((toast) => toast.id !== id);
  }

  private add(text: string, action: Toast["action"], stay: number): void {
    const id = this.next++;
    this.all = [...this.all.slice(-2), { id, text, action }];
    setTimeout(() => this.dismiss(id), stay);
  }
}
