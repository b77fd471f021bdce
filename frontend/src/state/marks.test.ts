import { describe, expect, it } from "vitest";
import type { WaveAnswer } from "../api/types";
import { learningMarks } from "./marks";

const row = (frequency: number, time: number | null) => ({ frequency, time, step: time === null ? null : 100 * time }) as WaveAnswer;
const span = { first: 0.01, last: 100 };

describe("learningMarks", () => {
  it("stand in order of time, where the play-head will be", () => {
    const marks = learningMarks([row(7, 10), row(1, 0.1)], span);
    expect(marks.map((mark) => mark.frequency)).toEqual([1, 7]);
    expect(marks[0]?.position).toBeCloseTo(0.25, 12);
    expect(marks[1]?.position).toBeCloseTo(0.75, 12);
    expect(marks.map((mark) => [mark.step, mark.time])).toEqual([[10, 0.1], [1000, 10]]);
  });

  it("leave out the mean, what is not learnt in the run or there at its start, and what would lie on another", () => {
    const marks = learningMarks([row(0, 3), row(1, 1), row(2, 1.1), row(3, null), row(4, 101), row(5, 0)], span);
    expect(marks.map((mark) => mark.frequency)).toEqual([1]);
  });
});
