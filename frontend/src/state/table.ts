/** Which columns of a table are x and y, as a person changes it. */
import type { TableChoices } from "../api/client";
import type { DatasetPoints, TableColumn, TableReading } from "../api/types";

/** The choices that give a column another use. x keeps the table's order; nothing is left without an x. */
export function columnUses(reading: TableReading, name: string, use: TableColumn["used"]): Pick<TableChoices, "x" | "y"> {
  const before = (wanted: TableColumn["used"]) => reading.columns.filter((one) => one.used === wanted).map((one) => one.name);
  const was = reading.columns.find((one) => one.name === name)?.used;
  let y = before("y")[0] ?? "";
  let x = reading.columns.filter((one) => (one.name === name ? use === "x" : one.used === "x")).map((one) => one.name);
  if (use === "y") {
    // Where the last x becomes y, they change places.
    if (!x.length && y) x = [y];
    y = name;
  } else if (was === "y") {
    const others = reading.columns.filter((one) => one.name !== name && one.kind !== "text");
    y = (others.findLast((one) => one.used === "no") ?? others.at(-1))?.name ?? "";
    x = x.filter((one) => one !== y);
    if (!x.length) x = [name];
  }
  if (!x.length) x = before("x");
  return { x, y };
}

/** The choices that a config has made. */
export function choicesOf({ x, y, separator, decimal, missing }: DatasetPoints): TableChoices {
  return { x, y, separator, decimal, missing };
}
