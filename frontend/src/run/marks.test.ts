import { describe, expect, it } from "vitest";
import { marksOf } from "./marks";

const moment = (label: string, time: number) => ({ label, time, title: `${label} at ${time}`, colour: "red" });
const span = { first: 0.01, last: 100 };

describe("marksOf", () => {
  it("stand in order of time, where the play-head will be", () => {
    const marks = marksOf([moment("7", 10), moment("1", 0.1)], span);
    expect(marks.map(({ label }) => label)).toEqual(["1", "7"]);
    expect(marks[0]?.position).toBeCloseTo(0.25, 12);
    expect(marks[1]?.position).toBeCloseTo(0.75, 12);
    expect(marks[0]).toMatchObject({ title: "1 at 0.1", ticks: [{ colour: "red" }] });
  });

  it("leave out what is there at the start and what comes after the end", () => {
    expect(marksOf([moment("1", 0), moment("2", 101)], span)).toEqual([]);
  });

  it("are joined where their labels would collide, with all named to the pointer and a tick each", () => {
    const [mark, ...rest] = marksOf([moment("1", 1), moment("2", 1.1)], span);
    expect(rest).toEqual([]);
    expect(mark).toMatchObject({ label: "1, 2", title: "1 at 1\n2 at 1.1" });
    expect(mark?.ticks).toHaveLength(2);
    expect(mark?.position).toBeGreaterThan(0.5);
    expect(marksOf([1, 1.1, 1.2, 1.3].map((time, i) => moment(String(i), time)), span)[0]?.label).toBe("0 … 3");
  });

  it("are joined sooner on a narrow bar, where a label takes more of it", () => {
    const two = [moment("1", 1), moment("2", 1.8)];
    expect(marksOf(two, span, 1000, 46)).toHaveLength(2);
    expect(marksOf(two, span, 330, 46)).toHaveLength(1);
  });

  it("never collide, however many there are", () => {
    const marks = marksOf(Array.from({ length: 40 }, (_, i) => moment(String(i), 0.02 * 1.2 ** i)), span);
    const gaps = marks.slice(1).map(({ position }, i) => position - (marks[i]?.position ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0.04);
    expect(marks.flatMap(({ ticks }) => ticks)).toHaveLength(40);
  });
});
