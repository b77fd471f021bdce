import { describe, expect, it } from "vitest";
import { randomFrom } from "../test/random";
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

  it.each(Array.from({ length: 20 }, (_, seed) => seed))("never collide, however many there are, and however wide (%i)", (seed) => {
    const random = randomFrom(seed);
    const count = Math.floor(random(1, 40));
    const room = { letter: random(0.002, 0.03), gap: random(0.005, 0.03) };
    const dues = Array.from({ length: count }, (_, i) => moment(String(i), 0.02 * 10 ** random(0, 3.5)));
    const marks = marksOf(dues, span, room, (label) => `k = ${label}`);
    const half = ({ label }: { label: string }) => (label.length * room.letter) / 2;
    const gaps = marks.slice(1).map((mark, i) => mark.position - half(mark) - ((marks[i]?.position ?? 0) + half(marks[i] ?? mark)));
    expect(Math.min(Infinity, ...gaps)).toBeGreaterThanOrEqual(room.gap - 1e-12);
    expect(marks.flatMap(({ ticks }) => ticks)).toHaveLength(count);
    for (const { title } of dues) expect(marks.some((mark) => mark.title.split("\n").includes(title))).toBe(true);
  });
});
