import { beforeEach, describe, expect, it, vi } from "vitest";
import { keepDepth, keptDepth, splitDepth, withDepth } from "./depth";

describe("depth in a link", () => {
  it("is taken out of the hash, wherever it stands", () => {
    expect(splitDepth("#network.width=64&depth=measure&seed=3")).toEqual({ depth: "measure", rest: "network.width=64&seed=3" });
    expect(splitDepth(`#${withDepth("seed=0", "watch")}`)).toEqual({ depth: "watch", rest: "seed=0" });
  });

  it("is nobody's choice where it is missing or unknown", () => {
    expect(splitDepth("#seed=0")).toEqual({ depth: null, rest: "seed=0" });
    expect(splitDepth("#depth=deeper&seed=0")).toEqual({ depth: null, rest: "seed=0" });
    expect(splitDepth("#depth=measure")).toEqual({ depth: "measure", rest: "" });
    expect(splitDepth("")).toEqual({ depth: null, rest: "" });
  });

  it("leaves a config's own field of that name alone", () => {
    expect(splitDepth("#network.depth=3&seed=0").rest).toBe("network.depth=3&seed=0");
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
