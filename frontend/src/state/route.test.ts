import { expect, it } from "vitest";
import { pageAt } from "./route.svelte";

it.each([
  ["/", "lab"],
  ["/sweep", "sweep"],
  ["/ntk/", "lab"],
  ["/ntk/sweep", "sweep"],
  ["/sweeping", "lab"],
  ["/ntk/server", "server"],
])("%s is the page %s", (path, page) => {
  expect(pageAt(path)).toBe(page);
});
