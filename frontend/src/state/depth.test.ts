import { beforeEach, describe, expect, it, vi } from "vitest";
import { joinHash, keepDepth, keptDepth, splitHash } from "./depth";

describe("a link in its parts", () => {
  it("has depth and preset taken out of the config, wherever they stand", () => {
    expect(splitHash("#network.width=64&depth=measure&seed=3")).toEqual({ depth: "measure", preset: null, rest: "network.width=64&seed=3" });
    const whole = { depth: "watch", preset: "six-frequencies/wide", rest: "seed=0" } as const;
    expect(splitHash(`#${joinHash(whole)}`)).toEqual(whole);
  });

  it("is nobody's choice where it is missing or unknown", () => {
    expect(splitHash("#seed=0")).toEqual({ depth: null, preset: null, rest: "seed=0" });
    expect(splitHash("#depth=deeper&seed=0").depth).toBeNull();
    expect(splitHash("#depth=measure")).toEqual({ depth: "measure", preset: null, rest: "" });
    expect(splitHash("")).toEqual({ depth: null, preset: null, rest: "" });
  });

  it("leaves a config's own field of that name alone", () => {
    expect(splitHash("#network.depth=3&seed=0").rest).toBe("network.depth=3&seed=0");
  });
});

describe("depth remembered", () => {
  beforeEach(() => localStorage.clear());

  it("is nothing until it is chosen", () => {
    expect(keptDepth()).toBeNull();
    keepDepth("measure");
    expect(keptDepth()).toBe("measure");
  });

  it("does without a storage", () => {
    vi.spyOn(localStorage, "getItem").mockImplementation(() => { throw new Error("off"); });
    vi.spyOn(localStorage, "setItem").mockImplementation(() => { throw new Error("off"); });
    expect(() => keepDepth("measure")).not.toThrow();
    expect(keptDepth()).toBeNull();
  });
});
