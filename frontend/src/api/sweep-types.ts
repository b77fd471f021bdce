/** Width studies as the server sends them. */
import type { RunConfig, RunState } from "./types";

export type SweepState = "running" | "completed" | "cancelled" | "interrupted";
export type Scaling = RunConfig["network"]["parameterization"];
export type Quantity = "distance" | "drift";

export interface SweepAxis {
  field: "network.width" | "network.parameterization" | "seed";
  values: (number | string)[];
}

export interface SweepRequest {
  name: string;
  config: RunConfig;
  axes: SweepAxis[];
}

export interface SweepRun {
  index: number;
  values: Record<string, number | string>;
  run_id: string | null;
  state: RunState | "waiting";
  sentence: string;
  distance: number | null;
  drift: number | null;
  compared_at: number | null;
}

export interface StudyPoint {
  parameterization: Scaling;
  width: number;
  runs: number;
  distance: number | null;
  distance_error: number | null;
  drift: number | null;
  drift_error: number | null;
}

export interface StudySlope {
  parameterization: Scaling;
  quantity: Quantity;
  slope: number;
  standard_error: number | null;
  count: number;
  expected: number | null;
  lowest_width: number;
  highest_width: number;
  at_lowest: number;
  at_highest: number;
}

export interface WidthStudy {
  compared_at: number | null;
  points: StudyPoint[];
  slopes: StudySlope[];
}

export interface SweepRow {
  id: string;
  name: string;
  state: SweepState;
  sentence: string;
  created_at: number;
  ended_at: number | null;
  config: RunConfig;
  axes: SweepAxis[];
  total: number;
  done: number;
  failed: number;
}

export interface Sweep extends SweepRow {
  runs: SweepRun[];
  study: WidthStudy | null;
}

export interface SweepList {
  total: number;
  sweeps: SweepRow[];
}
