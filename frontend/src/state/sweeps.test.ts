import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Sweep } from "../api/types";
import { sweepFixture } from "../test/sweep-fixture";
import { SweepsState } from "./sweeps.svelte";
import { Toasts, UNDO_MS } from "./toasts.svelte";

const requests: string[] = [];
let answers: Record<string, () => Response | Error>;
const row = (changes: Partial<Sweep> = {}) => sweepFixture(changes);

beforeEach(() => {
  vi.useFakeTimers();
  requests.length = 0;
  answers = {
    "GET sweeps": () => Response.json({ total: 2, sweeps: [row(), row({ id: "old", name: "Old" })], unreadable: [] }),
    "GET sweeps/abc": () => Response.json(row()),
    "GET sweeps/old": () => Response.json(row({ id: "old" })),
    "DELETE sweeps/abc": () => new Response(null, { status: 204 }),
  };
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    const key = `${init.method} ${url.pathname.replace(/^.*\/api\//, "")}`;
    requests.push(key);
    const answer = answers[key]?.() ?? Response.json({ title: "No", detail: "No such thing." }, { status: 404 });
    if (answer instanceof Error) throw answer;
    return answer;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([
  [["network.width"], true],
  [["seed", "network.parameterization"], true],
  [["network.width", "network.activation"], false],
  [["data.noise"], false],
])("a sweep over %j is a width study: %s", async (fields, studied) => {
  answers["GET sweeps/abc"] = () => Response.json(row({ axes: fields.map((field) => ({ field, values: [1] })) }));
  const { sweeps } = await begun();
  expect(sweeps.studied).toBe(studied);
});

async function begun(): Promise<{ sweeps: SweepsState; toasts: Toasts }> {
  const toasts = new Toasts();
  const sweeps = new SweepsState(toasts);
  await sweeps.start();
  return { sweeps, toasts };
}

describe("the studies", () => {
  it("begin with the newest, or the one of the link", async () => {
    expect((await begun()).sweeps.sweep?.id).toBe("abc");
    const linked = new SweepsState(new Toasts());
    await linked.start("old");
    expect(linked.sweep?.id).toBe("old");
  });

  it("keep what is shown while the server is away, and go on by themselves", async () => {
    answers["GET sweeps/abc"] = () => Response.json(row({ state: "running", done: 3 }));
    const { sweeps } = await begun();
    expect(sweeps.running).toBe(true);
    answers["GET sweeps/abc"] = () => new TypeError("refused");
    const stop = sweeps.follow();
    await vi.advanceTimersByTimeAsync(1100);
    expect(sweeps.silent).toBe(true);
    expect(sweeps.sweep?.done).toBe(3);
    answers["GET sweeps/abc"] = () => Response.json(row({ state: "completed" }));
    await vi.advanceTimersByTimeAsync(1100);
    expect(sweeps.silent).toBe(false);
    expect(sweeps.running).toBe(false);
    stop();
    const asked = requests.length;
    await vi.advanceTimersByTimeAsync(5000);
    expect(requests).toHaveLength(asked);
  });

  it("take no late answer for the study that was opened meanwhile", async () => {
    const { sweeps } = await begun();
    let answer: (response: Response) => void = () => undefined;
    answers["GET sweeps/abc"] = () => ({ then: (act: typeof answer) => (answer = act) }) as unknown as Response;
    const stop = sweeps.follow();
    await vi.advanceTimersByTimeAsync(0);
    await sweeps.open("old");
    answer(Response.json(row()));
    await vi.advanceTimersByTimeAsync(0);
    expect(sweeps.sweep?.id).toBe("old");
    stop();
  });

  it("say why a command was refused, and keep the study", async () => {
    const { sweeps } = await begun();
    await sweeps.cancel();
    expect(sweeps.problem?.sentence).toContain("No such thing.");
    expect(sweeps.sweep?.id).toBe("abc");
    expect(sweeps.busy).toBe(false);
  });
});

describe("deleting", () => {
  it("takes the row away at once, tells the server after the undo", async () => {
    const { sweeps } = await begun();
    sweeps.remove(row());
    flushSync();
    expect(sweeps.rows.map((one) => one.id)).toEqual(["old"]);
    await vi.advanceTimersByTimeAsync(UNDO_MS - 100);
    expect(sweeps.sweep?.id).toBe("old");
    expect(requests).not.toContain("DELETE sweeps/abc");
    await vi.advanceTimersByTimeAsync(200);
    expect(requests).toContain("DELETE sweeps/abc");
  });

  it("never reaches the server where it is undone", async () => {
    const { sweeps, toasts } = await begun();
    sweeps.remove(row());
    toasts.all.at(-1)?.action?.act();
    await vi.advanceTimersByTimeAsync(2 * UNDO_MS);
    expect(sweeps.rows.map((one) => one.id)).toEqual(["abc", "old"]);
    expect(sweeps.sweep?.id).toBe("abc");
    expect(requests).not.toContain("DELETE sweeps/abc");
  });
});
