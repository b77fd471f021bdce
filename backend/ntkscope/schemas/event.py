"""The closed union of what a run tells: the same events for page, REST, command line and notebook.

Shapes: n training points, g evaluation points, m followed modes (leading ones of K_0), G groups of them, T recording
times, F frequencies; Theta is the kernel of the same network at infinite width. Arrays are float64 here and float32
blocks on the wire.
"""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, TypeAdapter

from ntkscope.schemas.array import Matrix, Vector
from ntkscope.schemas.base import Model
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event_parts import (
    Distances,
    Ensemble,
    FrequencyFit,
    Group,
    HessianSharpness,
    Identity,
    InfiniteWidth,
    KernelSlices,
    LearningTimeFit,
    Machine,
    ModeRow,
    MovingPrediction,
    Predictions,
    Suggestion,
    Verdict,
)

LawName = Literal["gradient_flow", "gradient_descent"]
TRAINING_LAW: LawName = "gradient_descent"  # of the steps that training takes
Outcome = Literal["completed", "diverged", "dead_units", "cancelled"]
Reason = Literal["steps", "time", "loss", "wall_seconds", "all_learnt", "diverged", "dead_units", "cancelled"]


class Event(Model):
    """One entry of the log. `seq` is its ordinal in the generator, from 1; a Tick has none (0)."""

    seq: int


class Started(Event):
    """Before the first step: the data, K_0 and its modes, and what theory says of every recording time."""

    type: Literal["started"] = "started"
    config: RunConfig
    machine: Machine
    notices: list[str]
    parameters: int
    learning_rate: float
    stability_limit: float | None  # 2 / lambda_1(K_0); None where lambda_1 is 0
    geometry: Literal["interval", "circle", "plane", "points"]  # how a function is drawn
    inputs: Matrix  # (n, d) as the user thinks of them; on a circle (n, 1) angles
    targets: Vector  # (n,) with noise
    grid: Matrix  # (g, d) evaluation points, same coordinates as inputs
    grid_target: Vector | None  # (g,) clean target there; None where it is not known
    grid_shape: list[int]  # [g], or [rows, columns] for a heatmap
    grid_start: Vector  # (g,) f at time 0
    eigenvalues: Vector  # (n,) of K_0, descending
    noise_floor: float
    coefficient_floor: float
    modes: Matrix  # (n, m) eigenvectors on the training points
    mode_coefficients: Vector  # (m,) of the residual at time 0
    mode_frequencies: Vector  # (m,) input-space frequency of each mode; NaN where undefined
    groups: list[Group]
    below_floor: int  # modes whose eigenvalue is below the noise floor
    residual_norm: float  # ||r(0)||
    target_norm: float  # ||y||
    steps: Vector  # (T,) recording steps
    times: Vector  # (T,) learning_rate * step
    kernel_steps: Vector  # steps of the kernel frames
    law: LawName  # the one that charts draw: gradient_descent where the two come apart by over 1 %
    law_difference: (
        float  # max over modes that count and all steps of |(1 - eta lambda)^k - exp(-eta lambda k)|; at most 1
    )
    gradient_flow: Predictions
    gradient_descent: Predictions
    frequencies: Vector  # (F,) input-space frequencies of the residual spectrum; empty where undefined
    # What follows is missing in logs of earlier versions.
    target_power: Vector | None = None  # (n,) share of ||y||^2 in the leading 1, 2, ... modes of K_0
    frequency_fits: list[FrequencyFit] = Field(default_factory=list)
    infinite: InfiniteWidth | None = None  # None where it would take seconds; a notice says so
    grid_modes: Matrix | None = None  # (g, k) the leading k followed modes above the floor, on the grid (Nystrom)
    mode_wave_vectors: Matrix | None = None  # (m, 2) on a plane: periods along both axes; NaN where undefined
    slices: KernelSlices | None = None


OFF_PLAN = -1


class Frame(Event):
    """A cheap measurement at recording time `index`.

    A run that ended between two of them has its last state measured too, with the predictions of its own time: its
    index is -1. It enters the closing figures of that Finished, and none after an extension.
    """

    type: Literal["frame"] = "frame"
    index: int
    step: int
    time: float
    wall_seconds: float
    loss: float
    held_out_error: float | None  # mean squared error against the clean target on the evaluation grid
    mode_coefficients: Vector  # (m,) of the residual, in the basis of K_0
    remaining: Vector  # (G,) ||c_g(t)|| / ||c_g(0)||; NaN where not drawn
    learnt: Vector  # (G,) 1 - <c_g(t), c_g(0)> / ||c_g(0)||^2; NaN where not drawn
    function: Vector  # (g,) f(x; t)
    function_predicted: Vector  # (g,) frozen kernel, in the law that is drawn
    fitted: Vector  # (n,) f on the training points
    spectrum: Vector  # (F,) |FFT of the residual| / n
    modes_learnt: int
    median_error: float | None  # so far, against the law that is drawn, over groups that count
    median_error_gradient_flow: float | None
    median_error_gradient_descent: float | None
    # What follows is missing in logs of earlier versions.
    function_infinite: Vector | None = None  # (g,) predicted by Theta, from this network's own f_0
    ensemble: Ensemble | None = None  # where training is not centered
    distances: Distances | None = None
    infinite_remaining: Vector | None = None  # (H,) as `remaining`, in the basis of Theta
    verdict: Verdict | None = None  # of all records so far; None before anything has moved


class KernelFrame(Event):
    """What needs K_t. Fields with a default are missing in logs of earlier versions."""

    type: Literal["kernel_frame"] = "kernel_frame"
    step: int
    time: float
    wall_seconds: float
    eigenvalues: Vector  # (n,) of K_t, descending
    drift: float  # ||K_t - K_0||_F / ||K_0||_F
    identity: Identity | None
    mode_coefficients: Vector | None = None  # (m,) of the measured residual, in the basis of K_t
    remaining: Vector | None = None  # (G,) norm over the modes of K_t of each group's ranks, over ||c_g(0)||
    slices: Matrix | None = None  # (s, c) of K_t, as in KernelSlices
    leading_modes: int | None = None  # k: as many as count, at least 1, no group cut
    subspace_overlap: float | None = None  # ||Q_0^T Q_t||_F^2 / k of the leading k modes: 1 where they span the same
    target_alignment: float | None = None  # <K_t, y y^T> / (||K_t||_F ||y||^2); None where either is 0
    trace: float | None = None
    effective_rank: float | None = None  # exp of the entropy of lambda / sum lambda
    condition_number: float | None = None  # lambda_1 over the smallest above the noise floor
    moving: MovingPrediction | None = None
    hessian: HessianSharpness | None = None  # where recording.hessian asks for it


class Checkpoint(Event):
    """The parameters at a pause and at the end, and what was recorded until then: stored, never sent."""

    type: Literal["checkpoint"] = "checkpoint"
    step: int
    wall_seconds: float
    parameters: bytes  # little-endian, in the training precision, in the order of the network's layers
    recorded_steps: Vector  # (R,) of the plan
    recorded_remaining: Matrix  # (R, G), as in Frame
    recorded_learnt: Matrix  # (R, G)
    time: float = 0.0  # missing in logs of earlier versions
    moving: bytes = b""  # float64, little-endian: residual (n,) and function (g,) that the moving kernel predicts
    recorded_kernel_steps: Vector = Field(default_factory=lambda: np.zeros(0))  # steps of the kernel frames
    recorded_function_errors: Vector = Field(default_factory=lambda: np.zeros(0))  # (R,), as Verdict has them
    # The kernel's motion until then, as Verdict has it; None without kernel frames.
    drift: float | None = None
    moving_error: float | None = None
    frozen_error: float | None = None
    moving_kernel: bytes = b""  # at a pause, that kernel itself (experiment/theory/moving.py); empty where it is K_0


class Tick(Event):
    """Progress, at most every 0.2 s; never stored, takes no seq."""

    type: Literal["tick"] = "tick"
    step: int
    time: float
    loss: float
    wall_seconds: float
    steps_per_second: float
    seconds_left: float | None
    paused: bool


class Finished(Event):
    """The end, with a sentence for the reader. The last one of a log counts.

    One that follows another without a Started in between is that of an extension cancelled before it began; it has
    no closing figures, and those before it stand.
    """

    type: Literal["finished"] = "finished"
    outcome: Outcome
    sentence: str
    reason: Reason
    step: int
    time: float
    loss: float | None
    wall_seconds: float
    median_error: float | None
    median_error_gradient_flow: float | None
    median_error_gradient_descent: float | None
    rows: list[ModeRow]
    learning_time_fit: LearningTimeFit | None = None  # None for fewer than two groups, and in earlier logs
    verdict: Verdict | None = None  # of all records
    suggestion: Suggestion | None = None  # after a run that diverged, died or saturated; None where nothing is known


RunEvent = Annotated[Started | Frame | KernelFrame | Checkpoint | Tick | Finished, Field(discriminator="type")]
SendableEvent = Annotated[Started | Frame | KernelFrame | Tick | Finished, Field(discriminator="type")]
EVENT: TypeAdapter[RunEvent] = TypeAdapter(RunEvent)
Command = Literal["pause", "resume", "cancel"]
