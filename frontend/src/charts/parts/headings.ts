/** What a table's columns are called, on the axes of what is drawn over them. */
import type { Started } from "../../api/codec";
import { chartWords } from "./words";

/** The headings of the only input and of the target; x and f where there is no table, or nothing was chosen in it. */
export function headings(started: Started | null): { x: string; f: string } {
  const data = (started?.config as Partial<Started["config"]> | undefined)?.data;
  const points = data?.points;
  const plain = { x: chartWords.x, f: chartWords.f };
  if (points?.kind !== "dataset" || data?.target.kind !== "dataset") return plain;
  const [x] = points.x ?? [];
  return points.x?.length === 1 && x && points.y ? { x, f: points.y } : plain;
}

/** Whether what is trained on is not the target itself: losses are of that then. */
export function targetIsScaled(started: Started): boolean {
  const { data } = started.config as Partial<Started["config"]>;
  return (data?.scale_targets ?? "none") !== "none";
}
