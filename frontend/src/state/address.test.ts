/** A link that is opened shows what its sender saw, as far as this server can. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunSummary } from "../api/types";
import { FakeSocket } from "../test/fake-socket";
import { defaults, presets, schema } from "../test/fixtures";
import { words } from "../words";
import { toHash } from "./link";
import { PageState } from "./page.svelte";
import { at, put, SchemaReader } from "./schema";
import { readLink } from "./view-link";

const reader = new SchemaReader(schema);
const seeded = (seed: number) => put(defaults(), "seed", seed);
const summary = (id: string, config = defaults()) =>
  ({ id, name: "", tags: [], state: "completed", sentence: "", ahead: 0, last_seq: 0, recorded: false, config }) as unknown as RunSummary;

let here: RunSummary[] = [];
beforeEach(() => {
  here = [summary("newest", seeded(1)), summary("older", seeded(2))];
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", async (url: URL) => {
    const path = url.pathname.replace(/^.*\/api\//, "");
    const own = here.find(({ id }) => path === `runs/${id}`);
    const answer = { schema, presets, session: { role: "open", person: "" }, runs: { runs: here.slice(0, 1), unreadable: [], total: here.length } }[path] ?? own;
    return answer ? Response.json(answer) : Response.json({ title: "No", status: 404, detail: "No such run." }, { status: 404 });
  });
});
afterEach(() => {
  location.hash = "";
  vi.unstubAllGlobals();
});

async function opened(hash: string): Promise<PageState> {
  location.hash = hash;
  const page = new PageState();
  await page.start();
  return page;
}

const shown = (page: PageState) => [page.lab.summary?.id, at(page.form?.config, "seed")];

describe("a link with a run", () => {
  it("shows that run, whatever else was trained since, at the sender's play-head and in his theme", async () => {
    const page = await opened(`run=older&${toHash(reader, seeded(2))}&depth=measure&t=0.5&time=linear&mode=3&charts=more&theme=dark&zoom.loss=0,1,2,3`);
    expect(shown(page)).toEqual(["older", 2]);
    expect([page.depth, page.playhead.time, page.playhead.scale, page.more, page.surroundings.theme]).toEqual(["measure", 0.5, "linear", true, "dark"]);
    expect([page.charts.selected, page.charts.ranges]).toEqual([3, { loss: { x: [0, 1], y: [2, 3] } }]);
    expect(page.address.absent).toBe("");
    // And the address says it all again.
    expect(readLink(page.address.hash)).toEqual(readLink(location.hash));
  });

  it("is enough without a config", async () => {
    expect(shown(await opened("run=older"))).toEqual(["older", 2]);
  });

  it("that is not here sets up its config, says so, and shows no other run", async () => {
    const page = await opened(`run=elsewhere&${toHash(reader, seeded(7))}`);
    expect(shown(page)).toEqual([undefined, 7]);
    expect(page.address.absent).toBe(words.absent);
    expect(readLink(page.address.hash).run).toBeNull();
  });

  it("that is not here is that of the same config where there is one", async () => {
    const page = await opened(`run=elsewhere&${toHash(reader, seeded(1))}`);
    expect(shown(page)).toEqual(["newest", 1]);
    expect([page.address.absent, page.toasts.all.at(-1)?.text]).toEqual(["", words.sameElsewhere]);
  });

  it("that is not here, without a config, says only that", async () => {
    const page = await opened("run=elsewhere");
    expect([shown(page), page.address.absent]).toEqual([["newest", 1], words.absentAlone]);
  });
});

describe("what a reader chooses while the page begins", () => {
  it.each(["", `run=older&${toHash(reader, seeded(2))}`])("stays (%s)", async (hash) => {
    location.hash = hash;
    const page = new PageState();
    const starting = page.start();
    page.showCharts(true);
    page.playhead.scale = "linear";
    await starting;
    expect([page.more, page.playhead.scale]).toEqual([true, "linear"]);
  });
});

describe("a link of a config alone", () => {
  it("opens as before: set up, beside the newest run", async () => {
    const page = await opened("seed=7&network.width=64");
    expect(shown(page)).toEqual(["newest", 7]);
    expect(readLink(page.address.hash)).toMatchObject({ run: null, rest: "network.width=64&seed=7" });
  });

  it("keeps the name and the words of the preset that was changed", async () => {
    const preset = presets[0];
    const variant = preset?.variants[0];
    const page = await opened(`seed=7&preset=${preset?.id}/${variant?.name}`);
    expect([page.form?.origin?.preset.id, page.form?.edited]).toEqual([preset?.id, true]);
    expect(readLink(page.address.hash).preset).toBe(`${preset?.id}/${variant?.name}`);
  });

  it("leaves the run in view when it is pasted into the address bar", async () => {
    const page = await opened("run=older");
    location.hash = "seed=9";
    await page.address.changed();
    expect(shown(page)).toEqual(["older", 9]);
  });
});

describe("a link that is pasted into the address bar", () => {
  const paste = async (page: PageState, hash: string) => {
    location.hash = hash;
    await page.linkChanged();
  };

  it("is taken in every part that it says", async () => {
    const page = await opened(`run=older&${toHash(reader, seeded(2))}&depth=watch&t=0.5`);
    await paste(page, `run=newest&${toHash(reader, seeded(1))}&depth=measure&t=0.25&time=linear&mode=3&charts=more&theme=dark&zoom.loss=0,1,2,3`);
    expect([shown(page), page.depth, page.playhead.time, page.playhead.scale, page.charts.selected, page.more, page.surroundings.theme]).toEqual([["newest", 1], "measure", 0.25, "linear", 3, true, "dark"]);
    expect([page.charts.ranges, page.charts.linked]).toEqual([{ loss: { x: [0, 1], y: [2, 3] } }, 1]);
    await paste(page, `run=newest&${toHash(reader, seeded(1))}&depth=measure&theme=light`);
    expect([page.playhead.time, page.playhead.scale, page.charts.selected, page.more, page.surroundings.theme]).toEqual([null, "log", null, false, "light"]);
    expect([page.charts.ranges, page.charts.linked]).toEqual([{}, 2]);
  });

  it("goes to another depth, and leaves run, config and play-head", async () => {
    const page = await opened("run=older&depth=watch&t=0.5");
    await paste(page, "depth=measure");
    expect([shown(page), page.depth, page.playhead.time]).toEqual([["older", 2], "measure", 0.5]);
  });

  it("is taken before the page has begun, and the last of several", async () => {
    location.hash = "depth=watch";
    const page = new PageState();
    const starting = page.start();
    await paste(page, `run=older&${toHash(reader, seeded(2))}&depth=measure&t=0.5`);
    await starting;
    expect([shown(page), page.depth, page.playhead.time]).toEqual([["older", 2], "measure", 0.5]);
    await Promise.all([paste(page, "run=older&t=0.1"), paste(page, "run=newest&t=0.2")]);
    expect([shown(page), page.playhead.time]).toEqual([["newest", 1], 0.2]);
  });
});
