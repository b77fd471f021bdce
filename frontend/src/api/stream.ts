/** A run's log over a socket: history first, then live, in order; it reconnects and loses nothing. */
import { decodeEvent, type StreamEvent } from "./codec";
import { apiUrl } from "./client";
import { endOf, NO_CODE } from "./ending";

/** `connecting` before the first message, `live` while open, `reconnecting` after a break, `ended` for good. */
export type Connection = "connecting" | "live" | "reconnecting" | "ended";

export interface Listener {
  event(event: StreamEvent): void;
  connection(state: Connection): void;
  /** The server closed for good: the run ended, failed, or is gone. */
  closed(code: number, reason: string): void;
}

/** The server sends at most this many events beyond the last acknowledged one. */
export const WINDOW = 8;
const ACK_DELAY_MS = 100;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 8000;
/** After these the log will not grow: trying again cannot help. The others are broken lines. */
const FINAL_CODES = new Set([1000, 4400, 4404, 4410, 4500, 4503, 4507]);

/** The socket's address, from the page's own: http -> ws, whatever the sub-path. */
export function streamUrl(id: string, after: number): string {
  const url = apiUrl(`runs/${id}/stream?after=${after}`);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  return url.href;
}

export class RunStream {
  private socket: WebSocket | null = null;
  private acknowledged: number;
  private waiting = 0;
  private ackTimer: ReturnType<typeof setTimeout> | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private over = false;
  /** Nothing has come through this socket. */
  private empty = true;
  private readonly wake = () => {
    if (!this.socket && !this.over && !document.hidden) this.connect();
  };

  private readonly id: string;
  private readonly lastSeq: () => number;
  private readonly listener: Listener;

  /** @param lastSeq The last seq that the page has; read again at every reconnect. */
  constructor(id: string, lastSeq: () => number, listener: Listener) {
    this.id = id;
    this.lastSeq = lastSeq;
    this.listener = listener;
    this.acknowledged = lastSeq();
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    listener.connection("connecting");
    this.connect();
  }

  /** Stop for good, from the page's side. */
  close(): void {
    this.over = true;
    clearTimeout(this.ackTimer);
    clearTimeout(this.retryTimer);
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.socket?.close();
    this.socket = null;
  }

  private connect(): void {
    clearTimeout(this.retryTimer);
    const socket = new WebSocket(streamUrl(this.id, this.lastSeq()));
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.acknowledged = this.lastSeq();
    this.waiting = 0;
    this.empty = true;
    socket.onopen = () => {
      if (socket === this.socket) this.listener.connection("live");
    };
    socket.onmessage = (message: MessageEvent<ArrayBuffer>) => {
      if (socket === this.socket) this.receive(message.data);
    };
    socket.onclose = (close) => {
      if (socket === this.socket) this.broken(close.code, close.reason);
    };
  }

  private receive(data: ArrayBuffer): void {
    this.attempts = 0;
    this.empty = false;
    let event: StreamEvent;
    try {
      event = decodeEvent(data);
    } catch (error) {
      this.end(0, (error as Error).message);
      return;
    }
    this.listener.event(event);
    if (event.type === "tick") return;
    this.waiting += 1;
    if (this.waiting >= WINDOW) this.acknowledge();
    else this.ackTimer ??= setTimeout(() => this.acknowledge(), ACK_DELAY_MS);
  }

  private acknowledge(): void {
    clearTimeout(this.ackTimer);
    this.ackTimer = undefined;
    this.waiting = 0;
    const seq = this.lastSeq();
    if (seq <= this.acknowledged || this.socket?.readyState !== WebSocket.OPEN) return;
    this.acknowledged = seq;
    this.socket.send(JSON.stringify({ ack: seq }));
  }

  private broken(code: number, reason: string): void {
    this.socket = null;
    clearTimeout(this.ackTimer);
    this.ackTimer = undefined;
    if (FINAL_CODES.has(code)) {
      this.end(code, reason);
      return;
    }
    // A line may break in this way too; where it had nothing to bring, the run tells whether it has ended.
    if (code === NO_CODE && this.empty) void this.ask();
    else this.again();
  }

  private async ask(): Promise<void> {
    const end = await endOf(this.id);
    if (this.socket || this.over) return;
    if (end) this.end(...end);
    else this.again();
  }

  private again(): void {
    this.listener.connection("reconnecting");
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.attempts);
    this.attempts += 1;
    // Spread by up to a half, so that a class of viewers does not come back in one instant.
    this.retryTimer = setTimeout(() => this.connect(), wait * (0.75 + Math.random() / 2));
  }

  private end(code: number, reason: string): void {
    this.close();
    this.listener.connection("ended");
    this.listener.closed(code, reason);
  }
}
