import { beforeEach, describe, expect, it, vi } from "vitest";
import { keepDepth, keptDepth } from "./depth";

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
