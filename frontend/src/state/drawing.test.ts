import { describe, expect, it } from "vitest";
import { MOST } from "../draw/points";
import { Stroke } from "../draw/stroke";
import { drawWords } from "../draw/words";
import { presets, schema } from "../test/fixtures";
import { chooseTarget, shownTarget } from "./choices";
import { DrawingState } from "./drawing.svelte";
import { FormState } from "./form.svelte";
import { fromHash } from "./link";
import { at, same } from "./schema";

function make(kind = "interval"): { form: FormState; drawing: DrawingState } {
  const form = new FormState(schema, presets);
  const points = form.rows.find(({ path }) => path === "data.points");
  if (points) form.branch(points, kind);
  chooseTarget(form, "drawn");
  return { form, drawing: new DrawingState(form) };
}

const xs = (form: FormState) => at(form.config, "data.target.x");

describe("a first drawing", () => {
  it("is one slow wave over the points that there are", () => {
    expect(xs(make().form)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(xs(make("circle").form)).toEqual([0, 0.5, 1, 1.5].map((part) => Number((part * Math.PI).toPrecision(12))));
    expect(shownTarget(make().form.config)).toBe("drawn");
  });

  it("goes along when the points move, and back", () => {
    const { form } = make();
    form.choose("data.points.high", 3);
    expect(xs(form)).toEqual([-1, 0, 1, 2, 3]);
    form.choose("data.points.high", 1);
    expect(xs(form)).toEqual([-1, -0.5, 0, 0.5, 1]);
  });
});

describe("every change", () => {
  it("is the form's at once, and can be undone and done again", () => {
    const { form, drawing } = make();
    drawing.place({ x: 0.25, y: 0.6 });
    expect(xs(form)).toEqual([-1, -0.5, 0, 0.25, 0.5, 1]);
    expect(drawing.chosen).toBe(3);
    expect(drawing.said).toBe("Point 4 of 6: x 0.25, y 0.6");
    drawing.remove();
    expect(xs(form)).toHaveLength(5);
    drawing.undo();
    drawing.undo();
    expect([xs(form), drawing.canUndo]).toEqual([[-1, -0.5, 0, 0.5, 1], false]);
    drawing.redo();
    expect(xs(form)).toHaveLength(6);
  });

  it("of an arrow key is a part of those before it", () => {
    const { form, drawing } = make();
    drawing.choose(2);
    for (let i = 0; i < 5; i += 1) drawing.nudge(1, 0, false);
    expect(at(form.config, "data.target.x")).toEqual([-1, -0.5, 0.1, 0.5, 1]);
    drawing.undo();
    expect(xs(form)).toEqual([-1, -0.5, 0, 0.5, 1]);
  });

  it("that came from elsewhere is no step of the drawing", () => {
    const { form, drawing } = make();
    drawing.place({ x: 0.25, y: 0.6 });
    form.choose("data.target", { kind: "drawn", x: [0, 1], y: [0, 1] });
    expect(drawing.canUndo).toBe(false);
    drawing.place({ x: 0.5, y: 0 });
    drawing.undo();
    expect(xs(form)).toEqual([0, 1]);
  });
});

it("has a stroke in the place of what it was drawn over, and 64 points at most", () => {
  const { form, drawing } = make();
  const stroke = new Stroke();
  for (let column = 0; column <= 600; column += 1) stroke.through(column, Math.sin(column / 5));
  drawing.cover(stroke, 600);
  expect(drawing.points.length).toBe(MOST);
  drawing.place({ x: 0.123, y: 0 });
  expect([drawing.points.length, drawing.said]).toEqual([MOST, drawWords.full]);
  // The link has it all, to the last figure.
  expect(same(fromHash(form.reader, form.hash).config, form.config)).toBe(true);
});
