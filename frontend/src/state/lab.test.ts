import { encode } from "@msgpack/msgpack";
import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunSummary } from "../api/types";
import { FakeSocket } from "../test/fake-socket";
import { defaults, recorded } from "../test/fixtures";
import { LabState } from "./lab.svelte";

const stored = recorded.filter(({ json }) => json.type !== "tick");
const summary = (id: string, state = "running") =>
  ({ id, name: "", tags: [], state, sentence: "", ahead: 0, last_seq: id === "long" ? 100 : 0, recorded: false, config: defaults() }) as unknown as RunSummary;
const requests: string[] = [];
let answers: Record<string, () => Response> = {};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame", "cancelAnimationFrame", "performance"] });
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    const key = `${init.method} ${url.pathname.replace(/^.*\/api\//, "")}`;
    requests.push(key);
    return answers[key]?.() ?? Response.json({ title: "No", status: 404, detail: "No such thing." }, { status: 404 });
  });
  FakeSocket.all = [];
  requests.length = 0;
  answers = { "POST runs": () => Response.json(summary("new", "queued")), "GET runs/new": () => Response.json(summary("new")) };
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const socket = () => FakeSocket.all.at(-1) as FakeSocket;

function opened(): LabState {
  const lab = new LabState();
  lab.open(summary("old"));
  socket().open();
  for (const { bytes } of stored) socket().message(bytes);
  vi.advanceTimersByTime(200);
  flushSync();
  return lab;
}

describe("training", () => {
  it("opens the socket as soon as the server has named the run", async () => {
    const lab = new LabState();
    await lab.train({} as never, "");
    expect(requests).toEqual(["POST runs"]);
    expect(socket().url).toContain("/api/runs/new/stream?after=0");
    expect(lab.phase).toBe("queued");
  });

  it("keeps the former charts until the new run has something to show", async () => {
    const lab = opened();
    await lab.train({} as never, "");
    expect(lab.run.id).toBe("old");
    socket().open();
    socket().message(stored[0]?.bytes ?? new Uint8Array());
    expect(lab.run.id).toBe("new");
  });

  it("but not for long", async () => {
    const lab = opened();
    await lab.train({} as never, "");
    vi.advanceTimersByTime(700);
    expect(lab.run.id).toBe("new");
    expect(lab.run.started).toBeNull();
  });

  it("keeps the server's refusal, and the run in view", async () => {
    const lab = opened();
    answers["POST runs"] = () => Response.json({ title: "Too large", status: 422, expected: "Less.", got: "more", remedy: "" }, { status: 422 });
    expect(await lab.train({} as never, "")).toBe(false);
    expect(lab.problem?.sentence).toBe("Less. You gave more.");
    expect(lab.run.id).toBe("old");
    expect(lab.busy).toBe(false);
  });
});

describe("the run in view", () => {
  it("tells the page once a frame, however many events came", () => {
    const lab = new LabState();
    lab.open(summary("old"));
    vi.advanceTimersByTime(500);
    const before = lab.version;
    socket().open();
    for (const { bytes } of stored) socket().message(bytes);
    expect(lab.version).toBe(before);
    vi.advanceTimersByTime(20);
    expect(lab.version).toBe(before + 1);
    expect(lab.run.frames).toHaveLength(4);
    expect(lab.phase).toBe("completed");
  });

  it("draws history as a whole, or once a second while it comes in", () => {
    const lab = new LabState();
    lab.open(summary("long"));
    socket().open();
    for (const { bytes } of stored) socket().message(bytes);
    vi.advanceTimersByTime(900);
    const before = lab.version;
    vi.advanceTimersByTime(200);
    expect(lab.version).toBe(before + 1);
    const last = { ...recorded.at(-1)?.json, seq: 99 };
    socket().message(encode(last));
    vi.advanceTimersByTime(20);
    expect(lab.version).toBe(before + 2);
  });

  it("goes on in the same log when it is extended", async () => {
    const lab = opened();
    answers["POST runs/old/extend"] = () => Response.json(summary("old"));
    const first = socket();
    await lab.extend(100);
    expect(first.readyState).toBe(3);
    expect(socket().url).toContain("after=8");
    expect(lab.run.frames).toHaveLength(4);
  });

  it("goes on in the same log when it is resumed after its worker or its server was killed", async () => {
    const lab = new LabState();
    lab.open(summary("old"));
    socket().open();
    for (const { bytes } of stored.slice(0, 3)) socket().message(bytes);
    vi.advanceTimersByTime(700);
    const seen = lab.run.lastSeq;
    socket().drop(4500, "The worker died with exit code -9.");
    expect(lab.phase).toBe("failed");
    answers["POST runs/old/resume"] = () => Response.json(summary("old", "queued"));
    await lab.resume();
    expect(lab.closed).toBeNull();
    expect(socket().url).toContain(`after=${seen}`);
    expect(lab.phase).not.toBe("failed");
  });

  it("keeps its socket when it is resumed from a pause", async () => {
    const lab = opened();
    answers["POST runs/old/resume"] = () => Response.json(summary("old"));
    const first = socket();
    await lab.resume();
    expect(socket()).toBe(first);
    expect(first.readyState).not.toBe(3);
  });

  it("is told apart from a run that was left", () => {
    const lab = opened();
    const left = socket();
    lab.open(summary("other"));
    left.message(stored[0]?.bytes ?? new Uint8Array());
    vi.advanceTimersByTime(700);
    expect(lab.run.id).toBe("other");
    expect(lab.run.lastSeq).toBe(0);
  });

  it("says why it failed", () => {
    const lab = opened();
    lab.open(summary("other"));
    socket().drop(4500, "The worker died with exit code -9.");
    expect(lab.phase).toBe("failed");
    expect(lab.closed?.reason).toContain("-9");
  });
});
