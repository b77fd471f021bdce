import { expect, it, vi } from "vitest";
import { DEFAULT_VIEW } from "../run/view";
import { ViewState } from "./view.svelte";

const make = () => new ViewState(() => ({ time: null, narrow: false, zoom: 1 }));
const LOSS = { id: "loss" };

it("keeps how far each chart is zoomed, in as many figures as a screen shows, until it is reset", () => {
  const charts = make();
  charts.zoom(LOSS, { x: [-1.23456789, 0], y: [1e-7 / 3, 2] });
  charts.zoom({ id: "modes" }, { x: [0, 1], y: [0, 1] });
  expect(charts.rangesOf(LOSS)).toEqual({ x: [-1.23457, 0], y: [3.33333e-8, 2] });
  charts.zoom(LOSS, null);
  expect(charts.ranges).toEqual({ modes: { x: [0, 1], y: [0, 1] } });
});

it("knows what is selected", () => {
  const charts = make();
  expect([charts.selected, charts.view]).toEqual([null, DEFAULT_VIEW]);
  charts.change({ selected: 3 });
  expect([charts.selected, charts.view.selected]).toEqual([3, 3]);
});

it("brings the chart that is asked for into sight, until something else is done", () => {
  const charts = make();
  const cell = document.createElement("div");
  const scrolled = vi.spyOn(cell, "scrollIntoView").mockReturnValue();
  charts.seek("loss");
  expect([charts.isSought(LOSS), charts.isSought({ id: "modes" })]).toEqual([true, false]);
  charts.reveal({ id: "modes" })(cell);
  expect(scrolled).not.toHaveBeenCalled();
  charts.reveal(LOSS)(cell);
  expect(scrolled).toHaveBeenCalledOnce();
  charts.seek(null);
  expect(charts.isSought(LOSS)).toBe(false);
});
