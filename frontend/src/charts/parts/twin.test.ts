import { describe, expect, it } from "vitest";
import { MOST_ROWS, twinOf, type Told } from "./twin";

const SAYS: Told = {
  data: [],
  subtitle: "y against x",
  note: null,
  empty: null,
  describe: (trace, point) => ({ title: `Row ${trace}`, rows: [["x", String(point)]], group: null }),
};
const line = (length: number, hoverinfo: "none" | "skip" = "none", gap = -1) => ({
  name: "line",
  type: "scatter" as const,
  x: Array.from({ length }, (_, i) => i),
  y: Array.from({ length }, (_, i) => (i === gap ? null : i)),
  hoverinfo,
});

describe("a figure in words", () => {
  it("has the first, the last and others evenly between them, of every trace that can be found", () => {
    const twin = twinOf({ ...SAYS, data: [line(100), line(100, "skip"), line(3)] });
    expect(twin.columns).toEqual(["what", "x"]);
    expect(twin.rows.map((row) => row.join(" "))).toEqual(["Row 0 0", "Row 0 12", "Row 0 25", "Row 0 37", "Row 0 50", "Row 0 62", "Row 0 74", "Row 0 87", "Row 0 99", "Row 2 0", "Row 2 1", "Row 2 2"]);
    expect(twin.sentence).toBe("y against x. The first that it shows, Row 0: x 0. The last, Row 2: x 2.");
  });

  it("takes the newest point of each of many traces, and spreads over those", () => {
    const twin = twinOf({ ...SAYS, data: Array.from({ length: 40 }, () => line(5)) });
    expect(twin.rows).toHaveLength(MOST_ROWS);
    expect([twin.rows[0], twin.rows.at(-1)]).toEqual([["Row 0", "4"], ["Row 39", "4"]]);
  });

  it("says once what several traces say, leaves gaps out, and needs no name where all have one", () => {
    const same = (_trace: number, point: number) => ({ title: "network", rows: [["x", String(point)], ["f", "1"]] as [string, string][], group: null });
    const twin = twinOf({ ...SAYS, describe: same, data: [line(4, "none", 2), line(4, "none", 2)] });
    expect(twin).toMatchObject({ columns: ["x", "f"], rows: [["0", "1"], ["1", "1"], ["3", "1"]] });
  });

  it("reads a heatmap along its diagonal, as the pointer numbers its cells", () => {
    const edges = { name: "map", type: "heatmap" as const, x: [1, 2, 3, 4], y: [0, 1], z: [[1, 2, 3], [4, 5, 6]], hoverinfo: "none" as const };
    expect(twinOf({ ...SAYS, data: [edges] }).rows).toEqual([["0"], ["1"], ["6"]]);
  });

  it("says why there is nothing, and what is left out", () => {
    expect(twinOf({ ...SAYS, data: [line(3)], empty: "Nothing yet." })).toEqual({ sentence: "Nothing yet.", columns: [], rows: [] });
    expect(twinOf({ ...SAYS, data: [line(1)], note: "2 outside" }).sentence).toBe("y against x. It shows x 0. 2 outside.");
  });
});
