import { describe, expect, it } from "vitest";
import { defaults, presets, reader, schema } from "../test/fixtures";
import { randomFrom } from "../test/random";
import { FormState } from "./form.svelte";
import { fromHash } from "./link";
import { same } from "./schema";
import { readLink, writeLink, type ViewLink } from "./view-link";

const CHARTS = ["loss", "modes", "frequency-eigenvalue"];
const NOTHING: ViewLink = { run: null, depth: null, preset: null, time: null, scale: "log", selected: null, more: false, theme: null, ranges: {}, rest: "" };

describe("a link", () => {
  it.each(Array.from({ length: 25 }, (_, seed) => seed))("says the whole view, whatever it is (%i)", (seed) => {
    const random = randomFrom(seed);
    const maybe = <Value>(value: Value, otherwise: Value): Value => (random(0, 1) < 0.5 ? value : otherwise);
    const form = new FormState(schema, presets);
    const preset = presets[Math.floor(random(0, presets.length))];
    const variant = preset?.variants[0];
    if (variant) form.set(variant.config);
    form.choose("seed", Math.floor(random(0, 1e6)));
    form.choose("data.noise", random(0, 1));
    const ranges = Object.fromEntries(CHARTS.filter(() => random(0, 1) < 0.5).map((id) => [id, { x: [random(-9, 0), random(0, 9)], y: [random(-9, 0), random(0, 9)] }])) as ViewLink["ranges"];
    const view: ViewLink = {
      run: maybe<string | null>("0d3f-a_Z", null),
      depth: maybe<ViewLink["depth"]>("watch", "measure"),
      preset: maybe<string | null>(form.from, null),
      time: maybe<number | null>(random(0, 100), null),
      scale: maybe<ViewLink["scale"]>("linear", "log"),
      selected: maybe<number | null>(Math.floor(random(0, 64)), null),
      more: maybe(true, false),
      theme: maybe<ViewLink["theme"]>("dark", null),
      ranges: maybe(ranges, {}),
      rest: form.hash,
    };
    const read = readLink(`#${writeLink(view)}`);
    expect(read).toEqual(view);
    const back = fromHash(reader, read.rest);
    expect([back.problems, same(back.config, form.config)]).toEqual([[], true]);
  });

  it("of a config alone is one as before, and nobody's choice of anything else", () => {
    expect(readLink("#network.depth=3&seed=0")).toEqual({ ...NOTHING, rest: "network.depth=3&seed=0" });
    expect(readLink("#network.width=64&depth=measure&seed=3")).toEqual({ ...NOTHING, depth: "measure", rest: "network.width=64&seed=3" });
    expect(same(fromHash(reader, readLink("").rest).config, defaults())).toBe(true);
  });

  it.each(["run=../x", "t=soon", "t=-1", "mode=1.5", "theme=pink", "depth=deeper", "zoom.loss=1,2,3", "zoom.loss=1,1,2,3", "charts=all", "time=none"])("leaves out what it cannot say: %s", (part) => {
    expect(readLink(`#${part}`)).toEqual(NOTHING);
  });
});
