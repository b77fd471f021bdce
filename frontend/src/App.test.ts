import { mount, tick, unmount } from "svelte";
import { describe, expect, it, vi } from "vitest";
import App from "./App.svelte";

vi.mock("./pages/Lab.svelte", () => {
  throw new Error("404");
});

describe("the page", () => {
  it("says what to do where one of its parts cannot be fetched", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("silent")));
    location.hash = "#depth=measure";
    const app = mount(App, { target: document.body });
    await vi.waitFor(async () => {
      await tick();
      expect(document.body.textContent).toContain("Load the page again.");
    });
    await unmount(app);
  });

  it("goes to the depth of a link that is pasted before any of its parts is there", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("silent")));
    location.hash = "#depth=watch";
    const app = mount(App, { target: document.body });
    location.hash = "#depth=measure";
    dispatchEvent(new HashChangeEvent("hashchange"));
    await vi.waitFor(() => expect(document.body.textContent).toContain("Load the page again."));
    await unmount(app);
  });
});
