/** What can be undone, and done again. */

export interface History<Value> {
  past: readonly Value[];
  now: Value;
  future: readonly Value[];
  /** Of the last change: one of the same kind is a part of it. */
  kind: string;
}

/** So many steps back. */
const KEPT = 200;

export function begun<Value>(now: Value): History<Value> {
  return { past: [], now, future: [], kind: "" };
}

/** @param kind Changes of the same kind that follow one another are undone together; "" is always one of its own. */
export function changed<Value>(history: History<Value>, now: Value, kind = ""): History<Value> {
  const joined = kind !== "" && kind === history.kind;
  return { past: joined ? history.past : [...history.past, history.now].slice(-KEPT), now, future: [], kind };
}

export function undone<Value>(history: History<Value>): History<Value> {
  const { past, now, future } = history;
  return past.length ? { past: past.slice(0, -1), now: past.at(-1) as Value, future: [now, ...future], kind: "" } : history;
}

export function redone<Value>(history: History<Value>): History<Value> {
  const { past, now, future } = history;
  return future.length ? { past: [...past, now], now: future[0] as Value, future: future.slice(1), kind: "" } : history;
}
