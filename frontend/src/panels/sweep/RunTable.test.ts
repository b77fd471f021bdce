import { flushSync, mount, unmount } from "svelte";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Sweep } from "../../api/types";
import { reader } from "../../test/fixtures";
import { otherFixture, sweepFixture } from "../../test/sweep-fixture";
import RunTable from "./RunTable.svelte";

let shown: Record<string, unknown> | undefined;
const onopen = vi.fn();

function show(sweep: Sweep, folded = false) {
  document.body.replaceChildren();
  shown = mount(RunTable, { target: document.body, props: { sweep, reader, folded, onopen } });
  flushSync();
}
const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
const headings = () => all("thead th").map((one) => one.textContent?.trim());
const losses = () => all("tbody tr").map((row) => row.children[5]?.textContent);

afterEach(() => {
  if (shown) void unmount(shown);
  onopen.mockReset();
});

describe("the table of a sweep's runs", () => {
  it("has a column for each axis, whatever they are", () => {
    show(otherFixture());
    expect(headings().slice(0, 4)).toEqual(["Activation", "Fraction of the limit", "Biases", "State"]);
    expect(all("tbody tr")).toHaveLength(6);
    show(otherFixture({ axes: [{ field: "data.noise", values: [0, 0.1] }] }));
    expect(headings().slice(0, 2)).toEqual(["Noise", "State"]);
  });

  it("is folded where charts say the same", () => {
    show(sweepFixture(), true);
    expect(all("tbody tr")).toHaveLength(0);
    const details = document.querySelector("details") as HTMLDetailsElement;
    details.open = true;
    details.dispatchEvent(new Event("toggle"));
    flushSync();
    expect(headings().slice(0, 3)).toEqual(["Width", "Scaling", "Seed"]);
  });

  it("is sorted by its headings, which are buttons and say the order", () => {
    show(otherFixture());
    const before = losses();
    const heading = all("thead th").find((one) => one.textContent?.includes("Loss")) as HTMLElement;
    const press = () => {
      heading.querySelector("button")?.click();
      flushSync();
    };
    expect(heading.getAttribute("aria-sort")).toBeNull();
    press();
    expect(heading.getAttribute("aria-sort")).toBe("ascending");
    expect(losses()).toEqual(["0.00250", "0.00333", "0.0100", "–", "–", "–"]);
    press();
    expect(heading.getAttribute("aria-sort")).toBe("descending");
    expect(losses()).toEqual(["0.0100", "0.00333", "0.00250", "–", "–", "–"]);
    press();
    expect(losses()).toEqual(before);
  });

  it("says of each run how it ended, and opens it in the Lab by a button with its values", () => {
    show(otherFixture());
    const cells = all("tbody tr").map((row) => [...row.children].map((cell) => cell.textContent?.trim()));
    expect(cells[0]).toEqual(["ReLU", "0.5", "On", "Completed", "60", "0.0100", "Holds", "0.0500", "0.0100", "Open in the Lab"]);
    expect(cells[1]).toEqual(["ReLU", "4", "On", "Diverged", "12", "–", "It diverged.", "Open in the Lab"]);
    expect(cells[5]).toEqual(["erf", "1.25", "On", "Waiting", "–", "–", "–", "–", "–", ""]);
    const buttons = all("tbody button");
    expect(buttons).toHaveLength(5);
    expect(buttons[2]?.getAttribute("aria-label")).toBe("Open in the Lab: Activation ReLU, Fraction of the limit 1.25, Biases On");
    buttons[2]?.click();
    expect(onopen).toHaveBeenCalledWith("run-2");
  });
});
