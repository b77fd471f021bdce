import { describe, expect, it } from "vitest";
import type { LearningFrequency } from "../api/types";
import { learningMarks } from "./marks";

const row = (frequency: number, time: number | null) => ({ frequency, time }) as LearningFrequency;
const span = { first: 0.01, last: 100 };

describe("learningMarks", () => {
  it("stand in order of time, where the play-head will be", () => {
    const marks = learningMarks([row(7, 10), row(1, 0.1)], span);
    expect(marks.map((mark) => mark.frequency)).toEqual([1, 7]);
    expect(marks[0]?.position).toBeCloseTo(0.25, 12);
    expect(marks[1]?.position).toBeCloseTo(0.75, 12);
  });

  it("leave out what is not learnt in the run, and what would lie on another", () => {
    const marks = learningMarks([row(1, 1), row(2, 1.1), row(3, null), row(4, 101)], span);
    expect(marks.map((mark) => mark.frequency)).toEqual([1]);
  });
});
