import { beforeEach, describe, expect, it } from "vitest";
import type { Plotly, PlotlyElement, PlotlyPointEvent } from "plotly.js-cartesian-dist-min";
import { functionChart } from "../charts/function";
import { lossChart } from "../charts/loss";
import type { Figure } from "../charts/parts/figure";
import { DEFAULT_VIEW as VIEW } from "../run/view";
import { runFixture } from "../test/run-fixture";
import { Plot } from "./plot";
import type { Ranges } from "./ranges";

/** Plotly's part in it: what it was asked to do, its layout, and its events. */
let calls: string[];
let given: { data: object[]; layout: Record<string, { range: [number, number] }> };
let element: PlotlyElement;
let fire: Record<string, (event: never) => void>;
let told: { ranges: Ranges; zoomed: boolean }[];
let plot: Plot;

const size = { width: 400, height: 300 };

beforeEach(() => {
  calls = [];
  fire = {};
  told = [];
  const host = document.createElement("div");
  element = Object.assign(host, {
    layout: {},
    on: (name: string, act: (event: never) => void) => (fire[name] = act),
  }) as unknown as PlotlyElement;
  const take = (name: string) => (_element: HTMLElement, data: object[], layout: typeof given.layout) => {
    calls.push(name);
    given = { data, layout };
    element.layout = layout;
    return Promise.resolve();
  };
  const plotly = {
    newPlot: take("newPlot"),
    react: take("react"),
    relayout: (_element: HTMLElement, change: Record<string, [number, number]>) => {
      calls.push("relayout");
      for (const [key, range] of Object.entries(change)) element.layout[key.split(".")[0] as string] = { range };
      fire["plotly_relayout"]?.(change as never);
      return Promise.resolve();
    },
    animate: (_element: HTMLElement, frame: { traces: number[] }) => {
      calls.push(`animate ${frame.traces.join()}`);
      return Promise.reject(new Error("overtaken"));
    },
    purge: () => calls.push("purge"),
  } as unknown as Plotly;
  plot = new Plot(plotly, element, {
    hover: (trace, point) => calls.push(`hover ${trace} ${point}`),
    leave: () => calls.push("leave"),
    click: (trace, point) => calls.push(`click ${trace} ${point}`),
    ranges: (ranges, zoomed) => told.push({ ranges, zoomed }),
  });
});

/** What Plotly does when the reader drags a rectangle. */
function zoom(x: [number, number]): void {
  element.layout = { ...element.layout, xaxis: { range: x } };
  fire["plotly_relayout"]?.({ "xaxis.range[0]": x[0], "xaxis.range[1]": x[1] } as never);
}

const at = (time: number | null): Figure => functionChart.figure(runFixture(), { ...VIEW, time }, "light");

describe("the plot", () => {
  it("is made once, then only its moved lines are drawn, then nothing while nothing changes", () => {
    plot.draw(at(0.1), size, 0);
    plot.draw(at(1), size, 40);
    plot.draw(at(1), size, 80);
    expect(calls).toEqual(["newPlot", "animate 1,2"]);
  });

  it("is drawn anew for another size or theme, never rebuilt", () => {
    plot.draw(at(1), size, 0);
    plot.draw(at(1), { width: 500, height: 300 }, 40);
    plot.draw(functionChart.figure(runFixture(), { ...VIEW, time: 1 }, "dark"), { width: 500, height: 300 }, 80);
    expect(calls).toEqual(["newPlot", "react", "react"]);
    expect(given.layout).toMatchObject({ width: 500, height: 300 });
  });

  it("gives Plotly copies: figures stay as they were made", () => {
    const figure = at(1);
    const before = JSON.stringify(figure);
    plot.draw(figure, size, 0);
    (given.data[1] as { y: number[] }).y = [];
    given.layout["xaxis"] = { range: [7, 8] };
    expect(JSON.stringify(figure)).toBe(before);
  });

  it("waits a second before its axes grow", () => {
    const small = lossChart.figure(runFixture(), VIEW, "light");
    const large = lossChart.figure(runFixture({ excursion: 100 }), VIEW, "light");
    expect(plot.draw(small, size, 0)).toBe(false);
    expect(plot.draw(large, size, 500)).toBe(true);
    expect(given.layout["yaxis"]?.range).toEqual(small.layout.yaxis.range);
    expect(plot.draw(large, size, 1500)).toBe(false);
    expect(given.layout["yaxis"]?.range).toEqual(large.layout.yaxis.range);
  });

  it("keeps a zoom: Plotly is given the ranges from before it, and the axes do not grow", () => {
    const small = lossChart.figure(runFixture(), VIEW, "light");
    plot.draw(small, size, 0);
    zoom([-1, 0]);
    expect(told.at(-1)).toMatchObject({ zoomed: true, ranges: { x: [-1, 0] } });
    plot.draw(lossChart.figure(runFixture({ excursion: 100 }), VIEW, "light"), size, 60_000);
    expect(given.layout["xaxis"]?.range).toEqual(small.layout.xaxis.range);
    expect(given.layout["yaxis"]?.range).toEqual(small.layout.yaxis.range);
  });

  it("keeps a zoom of the page's own, which Plotly would forget, until it is reset", () => {
    const figure = lossChart.figure(runFixture(), VIEW, "light");
    const wanted: Ranges = { x: [-1, 0], y: [-2, 1] };
    plot.draw(figure, size, 0);
    plot.zoomTo(wanted);
    expect(told.at(-1)).toEqual({ zoomed: true, ranges: wanted });
    plot.draw(lossChart.figure(runFixture(), { ...VIEW, time: 1 }, "light"), { width: 400, height: 300 }, 40);
    expect([given.layout["xaxis"]?.range, given.layout["yaxis"]?.range]).toEqual([wanted.x, wanted.y]);
    plot.resetZoom();
    plot.draw(figure, size, 80);
    expect(given.layout["xaxis"]?.range).toEqual(figure.layout.xaxis.range);
    expect(told.at(-1)?.zoomed).toBe(false);
  });

  it("gives a zoomed axis ticks of its own, and whole decades back to the whole one", () => {
    plot.draw(lossChart.figure(runFixture(), VIEW, "light"), size, 0);
    expect(given.layout["xaxis"]).toHaveProperty("dtick");
    zoom([-1, 0]);
    plot.draw(lossChart.figure(runFixture(), VIEW, "light"), size, 40);
    expect(given.layout["xaxis"]).not.toHaveProperty("dtick");
  });

  it("is whole again at a double click, and when another run is shown", () => {
    const figure = lossChart.figure(runFixture(), VIEW, "light");
    plot.draw(figure, size, 0);
    zoom([-1, 0]);
    fire["plotly_doubleclick"]?.(undefined as never);
    expect(told.at(-1)).toEqual({ zoomed: false, ranges: { x: figure.layout.xaxis.range, y: figure.layout.yaxis.range } });
    zoom([-1, 0]);
    plot.draw(lossChart.figure(runFixture({ geometry: "circle" }), VIEW, "light"), size, 40);
    expect(told.at(-1)?.zoomed).toBe(false);
  });

  it("passes on what the pointer finds, a heatmap's cell as one number", () => {
    plot.draw(functionChart.figure(runFixture({ geometry: "plane" }), VIEW, "light"), size, 0);
    const event = (curveNumber: number, pointNumber: number | [number, number]) =>
      ({ points: [{ curveNumber, pointNumber }], event: new MouseEvent("mousemove") }) as PlotlyPointEvent as never;
    fire["plotly_hover"]?.(event(3, 5));
    fire["plotly_hover"]?.(event(0, [2, 4]));
    fire["plotly_click"]?.(event(3, 6));
    fire["plotly_unhover"]?.(undefined as never);
    expect(calls.slice(1)).toEqual(["hover 3 5", "hover 0 16", "click 3 6", "leave"]);
  });

  it("is cleared away once, and not before it was made", () => {
    plot.destroy();
    expect(calls).toEqual([]);
    plot.draw(at(1), size, 0);
    plot.destroy();
    plot.destroy();
    expect(calls).toEqual(["newPlot", "purge"]);
  });
});
