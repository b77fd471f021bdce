import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { emptyRun, reduce } from "../run/run";
import { FakeSocket } from "../test/fake-socket";
import { recorded } from "../test/fixtures";
import { RunStream, streamUrl, WINDOW, type Connection } from "./stream";

const sockets = () => FakeSocket.all;
const newest = () => FakeSocket.all.at(-1) as FakeSocket;
const stored = recorded.filter(({ json }) => json.type !== "tick");

function follow() {
  const run = emptyRun("abc");
  const states: Connection[] = [];
  const closed: [number, string][] = [];
  const stream = new RunStream("abc", () => run.lastSeq, {
    event: (event) => reduce(run, event),
    connection: (state) => states.push(state),
    closed: (code, reason) => closed.push([code, reason]),
  });
  return { run, states, closed, stream };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  FakeSocket.all = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the address", () => {
  it("follows the page's own, sub-path and all", () => {
    vi.spyOn(document, "baseURI", "get").mockReturnValue("https://host:8443/lab/#seed=0");
    expect(streamUrl("abc", 7)).toBe("wss://host:8443/lab/api/runs/abc/stream?after=7");
  });
});

describe("acknowledging", () => {
  it("waits up to 100 ms and is cumulative", () => {
    follow();
    newest().open();
    for (const { bytes } of stored.slice(0, 3)) newest().message(bytes);
    expect(newest().sent).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(newest().sent).toEqual(['{"ack":3}']);
  });

  it("comes at once when the window is full", () => {
    follow();
    newest().open();
    expect(stored).toHaveLength(WINDOW);
    for (const { bytes } of stored) newest().message(bytes);
    expect(newest().sent).toEqual(['{"ack":8}']);
    vi.advanceTimersByTime(1000);
    expect(newest().sent).toHaveLength(1);
  });

  it("does not answer ticks, which have no seq", () => {
    follow();
    newest().open();
    const tick = recorded.find(({ json }) => json.type === "tick")?.bytes ?? new Uint8Array();
    for (let i = 0; i < 20; i += 1) newest().message(tick);
    vi.advanceTimersByTime(1000);
    expect(newest().sent).toEqual([]);
  });
});

describe("a broken line", () => {
  it("is taken up again after the last seq, and nothing is lost or doubled", () => {
    const { run, states } = follow();
    newest().open();
    for (const { bytes } of stored.slice(0, 4)) newest().message(bytes);
    newest().drop();
    expect(states.at(-1)).toBe("reconnecting");
    vi.advanceTimersByTime(250);
    expect(sockets()).toHaveLength(2);
    expect(newest().url).toContain("after=4");
    newest().open();
    expect(states.at(-1)).toBe("live");
    // The server may send again what it had sent before the acknowledgement came.
    for (const { bytes } of stored.slice(2)) newest().message(bytes);
    expect(run.frames.map((frame) => frame.step)).toEqual([0, 1, 4, 20]);
    expect(run.lastSeq).toBe(8);
  });

  it("is tried more and more rarely, at most every 8 s", () => {
    follow();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const before = sockets().length;
      newest().drop();
      let waited = 0;
      while (sockets().length === before) {
        vi.advanceTimersByTime(50);
        waited += 50;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
  });

  it("is tried quickly again after a message came through", () => {
    follow();
    newest().drop();
    vi.advanceTimersByTime(250);
    newest().open();
    newest().message(stored[0]?.bytes ?? new Uint8Array());
    newest().drop();
    vi.advanceTimersByTime(250);
    expect(sockets()).toHaveLength(3);
  });

  it("is tried at once when the network is back", () => {
    follow();
    newest().drop();
    dispatchEvent(new Event("online"));
    expect(sockets()).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(sockets()).toHaveLength(2);
  });

  it.each([1006, 1012, 4408])("comes back after code %i", (code) => {
    follow();
    newest().drop(code);
    vi.advanceTimersByTime(10_000);
    expect(sockets()).toHaveLength(2);
  });
});

describe("the end", () => {
  it.each([
    [1000, "completed"],
    [4404, "There is no run abc."],
    [4410, "The run was deleted."],
    [4500, "The worker died with exit code -9."],
    [4503, "interrupted"],
  ])("with code %i is for good", (code, reason) => {
    const { states, closed } = follow();
    newest().open();
    newest().drop(code, reason);
    vi.advanceTimersByTime(60_000);
    dispatchEvent(new Event("online"));
    expect(sockets()).toHaveLength(1);
    expect(states.at(-1)).toBe("ended");
    expect(closed).toEqual([[code, reason]]);
  });

  it.each([
    [200, { state: "completed", sentence: "Done." }, 1000, "Done."],
    [200, { state: "failed", sentence: "The worker died." }, 4500, "The worker died."],
    [200, { state: "interrupted", sentence: "The server stopped." }, 4503, "The server stopped."],
    [410, { detail: "It was deleted." }, 4410, "It was deleted."],
    [404, { detail: "There is none." }, 4404, "There is none."],
  ])("is asked of the run where a proxy closes without a code: status %i, %o", async (status, body, code, reason) => {
    vi.stubGlobal("fetch", async () => Response.json(body, { status }));
    const { states, closed } = follow();
    newest().open();
    for (const { bytes } of stored) newest().message(bytes);
    newest().drop(1005);
    await vi.advanceTimersByTimeAsync(250); // the log may have more
    expect(sockets()).toHaveLength(2);
    newest().open();
    newest().drop(1005);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets()).toHaveLength(2);
    expect(states.at(-1)).toBe("ended");
    expect(closed).toEqual([[code, reason]]);
  });

  it.each([
    [200, { state: "running", sentence: "Training." }],
    [502, {}],
  ])("is not come without a code while the run goes on, or nobody can say: status %i", async (status, body) => {
    vi.stubGlobal("fetch", async () => Response.json(body, { status }));
    const { states, closed } = follow();
    newest().open();
    newest().drop(1005);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sockets()).toHaveLength(2);
    expect([states.at(-1), closed]).toEqual(["reconnecting", []]);
  });

  it("from the page's side leaves nothing running", () => {
    const { stream, states } = follow();
    newest().open();
    newest().message(stored[0]?.bytes ?? new Uint8Array());
    stream.close();
    vi.advanceTimersByTime(60_000);
    expect(newest().sent).toEqual([]);
    expect(sockets()).toHaveLength(1);
    expect(states).toEqual(["connecting", "live"]);
  });

  it("comes with a sentence where the page does not understand the server", () => {
    const { closed } = follow();
    newest().open();
    newest().message(new Uint8Array([0x07]));
    expect(closed[0]?.[1]).toMatch(/Reload the page/);
  });
});
