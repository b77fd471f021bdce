import { describe, expect, it } from "vitest";
import type { TableColumn, TableReading } from "../api/types";
import { columnUses } from "./table";

function reading(uses: string): TableReading {
  const used = { x: "x", y: "y", ".": "no", t: "no" } as const;
  const columns = [...uses].map((one, i) => ({ name: "abcdef"[i], kind: one === "t" ? "text" : "number", used: used[one as "x"] }) as TableColumn);
  return { columns } as TableReading;
}

describe("the columns of a table", () => {
  it.each([
    ["x.y", "b", "x", ["a", "b"], "c"],
    ["xxy", "a", "no", ["b"], "c"],
    ["xxy", "a", "y", ["b"], "a"],
    ["x.y", "a", "no", ["a"], "c"], // never without an x
    ["xy", "a", "y", ["b"], "a"], // they change places
    ["x.y", "c", "x", ["a", "c"], "b"], // y becomes one that is free
    ["xxy", "c", "no", ["a"], "b"],
    ["xty", "c", "x", ["c"], "a"], // never text
  ] as const)("%s: %s as %s", (uses, name, use, x, y) => {
    expect(columnUses(reading(uses), name, use)).toEqual({ x, y });
  });
});
