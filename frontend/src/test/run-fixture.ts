/** Runs made up for tests: a spectrum, its two laws, and measurements that stray from them a little. */
import type { Finished, Frame, KernelFrame, Matrix, Predictions, Started } from "../api/codec";
import type { Group } from "../api/types";
import { emptyRun, type RunState } from "../run/run";
import { rehearsalOf } from "./rehearsed-fixture";
import { atPointsOf } from "./at-points-fixture";

export interface FixtureOptions {
  geometry: Started["geometry"];
  law: Started["law"];
  /** Recording times reached so far. */
  frames: number;
  /** Times f, remaining and learnt of the measurements, from frame 20 on: an excursion. */
  excursion: number;
  heldOut: boolean;
  kernels: boolean;
  /** With the fields that logs of earlier versions lack. */
  further: boolean;
  centered: boolean;
  /** The run has ended, with a closing table. */
  finished: boolean;
  /** Recording times that a rehearsal came to; 0: there was none. */
  rehearsed: number;
}

const N = 16;
const MODES = 12;
const TIMES = 60;
const GRID = 36;
const GRID_MODES = 6;
const SLICES = 4;
const RATE = 0.01;
const FREQUENCIES = N / 2 + 1;

export function runFixture(options: Partial<FixtureOptions> = {}): RunState {
  const chosen: FixtureOptions = {
    geometry: "interval",
    law: "gradient_descent",
    frames: TIMES,
    excursion: 1,
    heldOut: true,
    kernels: true,
    further: true,
    centered: false,
    finished: false,
    rehearsed: 0,
    ...options,
  };
  const run = emptyRun(`fixture-${chosen.geometry}`);
  const started = startedOf(chosen);
  if (chosen.rehearsed) started.rehearsal = rehearsalOf(started, chosen.rehearsed, GRID);
  run.started = started;
  for (let index = 0; index < chosen.frames; index += 1) run.frames.push(frameOf(started, index, chosen));
  if (chosen.rehearsed) for (const { predicted } of run.frames) predicted.rehearsed = { function: new Float32Array(GRID).fill(7), spread: null, distance: 0.02 };
  if (chosen.kernels) {
    for (let index = 0; index < chosen.frames; index += 6) {
      run.kernelFrames.push({
        version: 2,
        type: "kernel_frame",
        seq: 100 + index,
        step: started.steps[index] as number,
        time: started.times[index] as number,
        wall_seconds: index,
        eigenvalues: started.eigenvalues.map((value) => value * 0.97),
        drift: 0.0004 * index,
        identity: { error: index ? 1e-4 : null, floor: 1e-12 },
        mode_coefficients: null,
        remaining: null,
        slices: null,
        leading_modes: null,
        subspace_overlap: null,
        target_alignment: null,
        trace: null,
        effective_rank: null,
        condition_number: null,
        moving: null,
        hessian: null,
        ...(chosen.further ? furtherOfKernel(started, index) : {}),
      });
    }
  }
  if (chosen.finished) run.finished = finishedOf(started);
  run.version = run.frames.length;
  return run;
}

/** λ = 100 / i^2, with pairs as on a circle, a mode that does not count, and one below every floor. */
function startedOf(options: FixtureOptions): Started {
  const eigenvalues = Float32Array.from({ length: N }, (_, i) => (i < N - 2 ? 100 / (i + 1) ** 2 : 1e-15));
  const groups: Group[] = [
    group([0], 100, 1),
    group([1, 2], 20, 0.8),
    group([3, 4], 5, 0.6),
    group([5], 100 / 36, 0.4),
    group([6], 100 / 49, 0.01, { significant: false }),
    group([7], 100 / 64, 0.3),
    group([8], 100 / 81, 0.2),
    group([9], 1, 0.1),
    group([10], 100 / 121, 1e-20, { significant: false, resolved: false, learning_time: null }),
    group([11], 1e-15, 0.2, { significant: false, resolved: false, learning_time: null }),
  ];
  const ordered = options.geometry === "interval" || options.geometry === "circle";
  if (!ordered) for (const one of groups) one.frequency = null;
  const steps = Array.from({ length: TIMES }, (_, i) => (i === 0 ? 0 : Math.round(1.2 ** i) + i - 1));
  const times = steps.map((step) => RATE * step);
  const round = options.geometry === "circle";
  const columns = options.geometry === "plane" ? 2 : options.geometry === "points" ? 3 : 1;
  const inputs = matrix(N, columns, (row, column) => (round ? (2 * Math.PI * row) / N : Math.sin(7 * row + column)));
  const grid = matrix(GRID, columns, (row, column) => {
    if (options.geometry === "plane") return column === 0 ? (row % 6) / 5 : Math.floor(row / 6) / 5;
    return round ? (2 * Math.PI * (row + 0.5)) / GRID : -1 + (2 * row + column) / GRID;
  });
  return {
    version: 2,
    type: "started",
    seq: 1,
    config: {} as unknown as Started["config"],
    machine: { device: "cpu", device_name: "cpu", precision: "float64", threads: 1, torch_version: "2" },
    notices: [],
    parameters: 100,
    learning_rate: RATE,
    largest_stable_rate: 0.02,
    largest_stable_eigenvalue: 2 / RATE,
    epsilon: 0.1,
    centered: options.centered,
    geometry: options.geometry,
    inputs,
    targets: Float32Array.from({ length: N }, (_, i) => Math.sin(i)),
    grid,
    grid_target: options.heldOut ? Float32Array.from({ length: GRID }, (_, i) => Math.sin(i / 3)) : null,
    grid_shape: options.geometry === "plane" ? [6, 6] : [GRID],
    grid_start: new Float32Array(GRID),
    eigenvalues,
    noise_floor: 1e-12,
    coefficient_floor: 1e-15,
    modes: matrix(N, MODES, (row, column) => Math.cos((2 * Math.PI * row * ((column + 1) >> 1)) / N + (column % 2 ? 0.4 : 0.4 - Math.PI / 2))),
    mode_coefficients: Float32Array.from({ length: MODES }, () => 0.5),
    mode_frequencies: Float32Array.from({ length: MODES }, (_, i) => (i + 1) >> 1),
    groups,
    below_floor: 2,
    residual_norm: 2,
    target_norm: 2,
    steps,
    times,
    kernel_steps: steps.filter((_, i) => options.kernels && i % 6 === 0),
    law: options.law,
    law_difference: 0.4,
    laws: {
      gradient_flow: predictionsOf(groups, times, (eigenvalue, time) => Math.exp(-eigenvalue * time)),
      gradient_descent: predictionsOf(groups, times, (eigenvalue, time) => (1 - RATE * eigenvalue) ** Math.round(time / RATE)),
    },
    waves: [],
    frequencies: Float32Array.from({ length: ordered ? FREQUENCIES : 0 }, (_, k) => k),
    target_power: null,
    frequency_fits: [],
    grid_modes: null,
    mode_wave_vectors: null,
    slices: null,
    infinite: null,
    ...(options.further ? furtherOfStart(options, eigenvalues, groups) : {}),
  };
}

/** The limit's spectrum lies a tenth above, ends sooner and has fewer modes that count; its rows of the kernel are K_0's, times 1.1. */
function furtherOfStart(options: FixtureOptions, eigenvalues: Float32Array, groups: Group[]): Partial<Started> {
  const slices = matrix(SLICES, N, (row, column) => 10 * Math.cos(row * 4 - column));
  return {
    grid_modes: matrix(GRID, GRID_MODES, (row, column) => Math.sin(((column + 1) * row) / 6)),
    mode_wave_vectors: options.geometry === "plane" ? matrix(MODES, 2, (row, column) => (row === 11 ? NaN : row + column)) : null,
    slices: { rows: Array.from({ length: SLICES }, (_, i) => 4 * i), columns: Array.from({ length: N }, (_, i) => i), values: slices },
    at_points: atPointsOf(1),
    infinite: {
      kernel: atPointsOf(1.1).kernel,
      eigenvalues: eigenvalues.map((value, i) => (i < N - 3 ? 1.1 * value : 1e-14)),
      noise_floor: 2e-12,
      mode_coefficients: new Float32Array(MODES).fill(0.5),
      mode_frequencies: Float32Array.from({ length: MODES }, (_, i) => (i + 1) >> 1),
      distance: 0.1,
      truncation_error: 2e-9,
      frequency_fits: [],
      groups: groups.slice(0, 6).map((one) => ({ ...one, eigenvalue: 1.1 * one.eigenvalue })),
      loss: new Float32Array(TIMES).fill(0.1),
      slices: { shape: slices.shape, values: slices.values.map((value) => 1.1 * value) },
    },
  };
}

function furtherOfKernel(started: Started, index: number): Partial<KernelFrame> {
  const grown = 1 + 0.01 * index;
  return {
    remaining: Float32Array.from(started.groups, (one) => (one.resolved ? Math.exp(-0.1 * index) : NaN)),
    slices: started.slices ? { shape: started.slices.values.shape, values: started.slices.values.values.map((value) => grown * value) } : null,
    at_points: atPointsOf(grown), parameter_drift: 0.0002 * index,
    moving: {
      mode_coefficients: new Float32Array(MODES),
      remaining: new Float32Array(started.groups.length),
      learnt: new Float32Array(started.groups.length),
      loss: 0.1,
      function: Float32Array.from({ length: GRID }, (_, i) => Math.sin(i / 3) * (index / TIMES) + 0.01),
      fitted: started.targets,
      error: 0.01,
      frozen_error: 0.02,
      distance: index ? 0.011 : null,
    },
  };
}

function predictedOf(index: number, options: FixtureOptions): Frame["predicted"] {
  const at = (size: number) => Float32Array.from({ length: GRID }, (_, i) => size * Math.sin(i / 3) * (index / TIMES));
  if (!options.further) return { frozen: { function: at(1), spread: null, distance: null } };
  return {
    frozen: { function: at(1), spread: null, distance: index ? 0.021 : null },
    infinite: { function: at(1.05), spread: null, distance: index ? 0.05 : null },
    ...(options.centered ? {} : { ensemble: { function: at(1), spread: new Float32Array(GRID).fill(0.3), distance: index ? 0.3 : null } }),
  };
}

function group(modes: number[], eigenvalue: number, start: number, more: Partial<Group> = {}): Group {
  const learning = Math.log(10) / eigenvalue;
  return { modes, eigenvalue, start_magnitude: start, significant: true, resolved: true, frequency: modes[0] ?? null, learning_time: learning, ...more };
}

function predictionsOf(groups: Group[], times: number[], factor: (eigenvalue: number, time: number) => number): Predictions {
  const at = (row: number, column: number) => factor((groups[column] as Group).eigenvalue, times[row] as number);
  const missing = (column: number) => !(groups[column] as Group).resolved;
  return {
    remaining: matrix(times.length, groups.length, (row, column) => (missing(column) ? NaN : Math.abs(at(row, column)))),
    learnt: matrix(times.length, groups.length, (row, column) => (missing(column) ? NaN : 1 - at(row, column))),
    loss: Float32Array.from(times, (_, row) => 0.5 * groups.reduce((sum, one, column) => sum + (missing(column) ? 0 : at(row, column) * one.start_magnitude) ** 2, 0)),
  };
}

function frameOf(started: Started, index: number, options: FixtureOptions): Frame {
  const predicted = started.laws[started.law];
  const columns = started.groups.length;
  const size = index >= 20 ? options.excursion : 1;
  const row = (values: Matrix, from = index) => values.values.slice(from * columns, (from + 1) * columns);
  const stray = 1 + 0.01 * Math.sin(index);
  return {
    version: 2,
    type: "frame",
    seq: 2 + index,
    step: started.steps[index] as number,
    time: started.times[index] as number,
    wall_seconds: index / 10,
    loss: (predicted.loss[index] as number) * stray * size ** 2,
    held_out_error: options.heldOut ? 0.5 / (1 + index) : null,
    mode_coefficients: new Float32Array(MODES),
    remaining: row(predicted.remaining).map((value) => value * stray * size),
    learnt: row(predicted.learnt).map((value) => value * stray * size),
    function: Float32Array.from({ length: GRID }, (_, i) => size * Math.sin(i / 3) * (index / TIMES)),
    predicted: predictedOf(index, options),
    infinite_remaining: options.further ? Float32Array.from(started.infinite?.groups ?? [], (one) => Math.exp(-one.eigenvalue * (started.times[index] as number))) : null,
    fitted: started.targets.map((value) => (value * index) / TIMES),
    residual_spectrum: started.frequencies.map((k) => (k < 6 ? stray * size * Math.exp(-(started.times[index] as number) * (10 / (1 + k) ** 2)) : 0.001)),
    modes_learnt: Math.floor(index / 8),
    median_errors: { gradient_flow: 0.03, gradient_descent: 0.02 },
    wave_errors: new Float32Array(),
    wave_errors_predicted: new Float32Array(),
    verdict: null,
  };
}

/** Every mode takes a tenth longer than predicted; the last ones are not reached. */
function finishedOf(started: Started): Finished {
  const last = started.times.at(-1) as number;
  return {
    version: 2,
    type: "finished",
    seq: 900,
    outcome: "completed",
    sentence: "Reached the last step.",
    reason: "steps",
    step: started.steps.at(-1) as number,
    time: last,
    loss: 0.1,
    wall_seconds: 6,
    median_errors: { gradient_flow: 0.03, gradient_descent: 0.02 },
    waves: [],
    verdict: null,
    suggestion: null,
    learning_time_fit: null,
    rows: started.groups.map(({ modes, eigenvalue, significant, learning_time }) => ({
      modes: modes.map((mode) => mode + 1),
      eigenvalue,
      significant,
      predicted_learning_time: learning_time,
      measured_learning_time: learning_time !== null && eigenvalue > 2 ? 1.1 * learning_time : null,
      lost: false,
      median_error: significant ? 0.02 : null,
    })),
  };
}

function matrix(rows: number, columns: number, value: (row: number, column: number) => number): Matrix {
  return {
    shape: [rows, columns],
    values: Float32Array.from({ length: rows * columns }, (_, i) => value(Math.floor(i / columns), i % columns)),
  };
}
