import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { followPinch, pinched, type Fingers } from "./pinch";
import type { Ranges } from "./ranges";

const ranges: Ranges = { x: [-2, 2], y: [0, 10] };
const valueAt = (range: [number, number], share: number) => range[0] + share * (range[1] - range[0]);

describe("pinched", () => {
  it("leaves everything as it is while the fingers rest", () => {
    const fingers: Fingers = [{ x: 0.2, y: 0.3 }, { x: 0.6, y: 0.7 }];
    const same = pinched(ranges, fingers, fingers);
    for (const axis of ["x", "y"] as const) same[axis].forEach((end, i) => expect(end).toBeCloseTo(ranges[axis][i] as number, 12));
  });

  it("keeps what was between the fingers between them, and halves the ranges when they part twice as far", () => {
    const from: Fingers = [{ x: 0.4, y: 0.4 }, { x: 0.6, y: 0.6 }];
    const to: Fingers = [{ x: 0.4, y: 0.3 }, { x: 0.8, y: 0.7 }];
    const zoomed = pinched(ranges, from, to);
    expect(zoomed.x[1] - zoomed.x[0]).toBeCloseTo(2, 12);
    expect(valueAt(zoomed.x, 0.6)).toBeCloseTo(valueAt(ranges.x, 0.5), 12);
    expect(valueAt(zoomed.y, 0.5)).toBeCloseTo(valueAt(ranges.y, 0.5), 12);
  });
});

describe("followPinch", () => {
  let host: HTMLElement;
  let inner: HTMLElement;
  let zoomed: Ranges[];
  let stop: () => void;
  const box = { left: 0, top: 0, width: 100, height: 100 } as DOMRect;

  beforeEach(() => {
    zoomed = [];
    host = document.createElement("div");
    inner = host.appendChild(document.createElement("div"));
    stop = followPinch(host, { begin: () => ({ box, ranges }), zoom: (next) => zoomed.push(next) });
  });
  afterEach(() => stop());

  function touch(type: string, ...points: [number, number][]): Event {
    const event = new Event(type, { bubbles: true, cancelable: true });
    Object.assign(event, { touches: points.map(([clientX, clientY]) => ({ clientX, clientY })) });
    inner.dispatchEvent(event);
    return event;
  }

  it("leaves one finger to the page, and keeps it from Plotly", () => {
    const plotly = vi.fn();
    inner.addEventListener("touchstart", plotly);
    touch("touchstart", [10, 10]);
    expect(touch("touchmove", [10, 60]).defaultPrevented).toBe(false);
    expect(plotly).not.toHaveBeenCalled();
    expect(zoomed).toEqual([]);
  });

  it("zooms with two, until one is lifted", () => {
    touch("touchstart", [40, 50], [60, 50]);
    expect(touch("touchmove", [30, 50], [70, 50]).defaultPrevented).toBe(true);
    expect(zoomed[0]?.x.map((end) => Math.round(end * 1e9) / 1e9)).toEqual([-1, 1]);
    touch("touchend", [30, 50]);
    touch("touchmove", [20, 50], [80, 50]);
    expect(zoomed).toHaveLength(1);
  });

  it("does nothing once its listeners are removed", () => {
    stop();
    touch("touchstart", [40, 50], [60, 50]);
    touch("touchmove", [30, 50], [70, 50]);
    expect(zoomed).toEqual([]);
  });
});
