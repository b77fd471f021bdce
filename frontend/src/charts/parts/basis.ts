/** The three kernels whose modes can split the residual: rows of groups, columns of records. */
import type { Frame, KernelFrame, Started } from "../../api/codec";
import type { Group } from "../../api/types";
import { number } from "../../format";
import { interpolated, bracketOf, predictionsOf } from "../../run/at-time";
import type { RunState } from "../../run/run";
import type { Basis, View } from "../../run/view";
import type { Theme } from "../../theme/tokens";
import type { Hover } from "./figure";
import { describeGroup, drawnGroups, groupName, type DrawnGroup } from "./groups";
import { heatFrames, heatOver, type Heat } from "./heat";
import { chartWords } from "./words";

const words = {
  notRecorded: "This run does not record it",
  ofKernel: (modes: string, kernel: string) => `${modes} of ${kernel}`,
} as const;

export const BASES: readonly Basis[] = ["frozen", "moving", "infinite"];

/** Why a run has no residual in these modes; null where it has, or may still get, one. */
export function missingBasis(run: RunState, basis: Basis): string | null {
  const { started } = run;
  if (!started || basis === "frozen") return null;
  if (basis === "moving") {
    if (!started.kernel_steps.length) return chartWords.noKernelFrames;
    return run.kernelFrames.length && !run.kernelFrames.some(({ remaining }) => remaining) ? words.notRecorded : null;
  }
  if (!started.infinite) return chartWords.leftOut;
  return started.infinite.groups?.length ? null : words.notRecorded;
}

/** The basis that is asked for; the first one where the run lacks it. */
export function basisOf(run: RunState, view: View): Basis {
  return missingBasis(run, view.basis) === null ? view.basis : "frozen";
}

/** Rows: groups that count; all that are drawn where all modes are asked for, or where none counts. */
export function rowsOf(started: Started, basis: Basis, view: View, theme: Theme): DrawnGroup[] {
  // The groups of infinite width are its own: a mode that is selected elsewhere is none of them.
  const own = basis === "infinite" ? { ...started, groups: started.infinite?.groups ?? [] } : started;
  const selected = basis === "infinite" ? null : view.selected;
  const all = drawnGroups(own, { ...view, selected, allModes: true }, theme);
  const counting = all.filter(({ group, index }) => group.significant || index === selected);
  return view.allModes || !all.some(({ group }) => group.significant) ? all : counting;
}

export interface BasisHeat {
  trace: Heat<Frame>["trace"];
  describe: (point: number) => Hover | null;
}

export function basisHeat(run: RunState, started: Started, basis: Basis, groups: DrawnGroup[]): BasisHeat {
  const rows = groups.map((_, row) => row);
  const at = (row: number) => groups[row]?.index ?? -1;
  if (basis === "moving") {
    const frames = run.kernelFrames.filter(({ time, remaining }) => time > 0 && remaining);
    const heat = heatOver(frames, rows, (frame, row) => frame.remaining?.[at(row)] ?? null);
    return { trace: heat.trace, describe: described(heat, groups, describeMoving) };
  }
  if (basis === "infinite") {
    const heat = heatOver(heatFrames(run, started), rows, (frame, row) => frame.infinite_remaining?.[at(row)] ?? null);
    return { trace: heat.trace, describe: described(heat, groups, describeInfinite) };
  }
  const heat = heatOver(heatFrames(run, started), rows, (frame, row) => frame.remaining[at(row)] ?? null);
  return { trace: heat.trace, describe: described(heat, groups, (frame, drawn) => describeFrozen(run, started, frame, drawn)) };
}

function described<One extends { time: number }>(heat: Heat<One>, groups: DrawnGroup[], tell: (frame: One, drawn: DrawnGroup) => Hover | null) {
  return (point: number): Hover | null => {
    const cell = heat.cell(point);
    const drawn = groups[cell?.row ?? -1];
    return cell && drawn ? tell(cell.frame, drawn) : null;
  };
}

function describeFrozen(run: RunState, started: Started, frame: Frame, { index }: DrawnGroup): Hover | null {
  const predicted = interpolated(predictionsOf(started).remaining, index, bracketOf(started.times, frame.time));
  return describeGroup(run, index, [...measuredRows(frame.time, frame.remaining[index]), [`${chartWords.remaining}, ${chartWords.theory}`, number(predicted, 4)]]);
}

/** The ranks are the group's; the modes are those that the kernel has now. */
function describeMoving(frame: KernelFrame, { index, group }: DrawnGroup): Hover {
  const value = group.modes.reduce((sum, mode) => sum + (frame.eigenvalues[mode] ?? NaN), 0) / group.modes.length;
  const rows = measuredRows(frame.time, frame.remaining?.[index]);
  return { title: named(group, "moving"), rows: [...rows, [chartWords.lambdaOf(chartWords.basisKernels.moving), number(value, 4)]], group: index };
}

function describeInfinite(frame: Frame, { index, group }: DrawnGroup): Hover {
  const rows = measuredRows(frame.time, frame.infinite_remaining?.[index]);
  rows.push([chartWords.lambdaOf(chartWords.basisKernels.infinite), number(group.eigenvalue, 4)]);
  if (group.frequency !== null) rows.push([chartWords.frequency, String(Number(group.frequency.toPrecision(4)))]);
  return { title: named(group, "infinite"), rows, group: null };
}

function measuredRows(time: number, remaining: number | undefined): Hover["rows"] {
  return [
    [chartWords.timeLabel, number(time, 4)],
    [`${chartWords.remaining}, ${chartWords.measured}`, number(remaining, 4)],
  ];
}

function named(group: Group, basis: Basis): string {
  return words.ofKernel(groupName(group), chartWords.basisKernels[basis]);
}
