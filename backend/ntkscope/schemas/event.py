"""The closed union of what a run tells: the same events for page, REST, command line and notebook.

Shapes: n training points, g evaluation points, m followed modes (leading ones of K_0), G groups of them, T recording
times, F frequencies; Theta is the kernel of the same network at infinite width. Arrays are float64 here and float32
blocks on the wire; lists keep every digit. All but losses is in the person's own units (units.py). What an earlier
version did not record is None (wire/version_1.py).
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from ntkscope.schemas.array import Matrix, Vector
from ntkscope.schemas.base import Model
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event_parts import (
    Bending,
    HessianSharpness,
    Identity,
    InfiniteWidth,
    KernelAtPoints,
    KernelModes,
    KernelSlices,
    LearningTimeFit,
    Machine,
    ModeRow,
    MovingPrediction,
    PredictedFunction,
    Predictions,
    Suggestion,
    Verdict,
)
from ntkscope.schemas.rehearsal import DrawnRehearsal
from ntkscope.schemas.units import SIZE, SQUARE, VALUE
from ntkscope.schemas.wave import WaveForecast, WaveRow

LawName = Literal[
    "gradient_flow",
    "gradient_descent",
]
TRAINING_LAW: LawName = "gradient_descent"  # of the steps that training takes
PredictionName = Literal[
    "frozen",
    "rehearsed",
    "infinite",
    "ensemble",
]
Outcome = Literal["completed", "diverged", "dead_units", "cancelled"]
Reason = Literal["steps", "time", "loss", "wall_seconds", "all_learnt", "diverged", "dead_units", "cancelled"]


class Event(Model):
    """One entry of the log. `seq` is its ordinal in the generator, from 1; a Tick has none (0)."""

    version: Literal[2] = 2  # of the bytes; first, so that a reader knows what follows
    seq: int


class Started(KernelModes, Event):
    """Before the first step: the data, K_0 and its modes, and what theory says of every recording time.

    What `KernelModes` has is K_0's. One that follows an extension tells of the whole run, and takes the place of the
    one before.
    """

    type: Literal["started"] = "started"
    config: RunConfig
    machine: Machine
    notices: list[str]
    parameters: int
    learning_rate: float
    largest_stable_rate: float | None  # 2 / lambda_1(K_0); None where lambda_1 is 0
    largest_stable_eigenvalue: float | None  # 2 / learning_rate; None beyond the range of float64
    epsilon: float  # learnt means below this fraction of the start
    centered: bool  # the network's own start is subtracted: f is 0 at time 0
    geometry: Literal["interval", "circle", "plane", "points"]  # how a function is drawn
    inputs: Matrix  # (n, d) as the user thinks of them; on a circle (n, 1) angles
    targets: Annotated[Vector, VALUE]  # (n,) with noise
    grid: Matrix  # (g, d) evaluation points, same coordinates as inputs
    grid_target: Annotated[Vector | None, VALUE]  # (g,) clean target there; NaN, or None, where it is not known
    grid_shape: list[int]  # [g], or [rows, columns] for a heatmap, after which held-out points may come
    held_out: list[int] | None = None  # numbers of the grid's points that are data held out; None where there are none
    grid_start: Annotated[Vector, VALUE]  # (g,) f at time 0
    coefficient_floor: Annotated[float, SIZE]
    modes: Matrix  # (n, m) eigenvectors on the training points
    grid_modes: Matrix | None  # (g, k) the leading k followed modes above the floor, on the grid (Nystrom)
    mode_wave_vectors: Matrix | None  # (m, 2) on a plane: periods along both axes; NaN where undefined
    below_floor: int  # modes whose eigenvalue is below the noise floor
    residual_norm: Annotated[float, SIZE]  # ||r(0)||
    target_norm: float  # ||y||
    target_power: Vector | None  # (n,) share of ||y||^2 in the leading 1, 2, ... modes of K_0
    steps: list[int]  # T recording steps
    times: list[float]  # T of them, learning_rate * step
    kernel_steps: list[int]  # steps of the kernel frames
    law: LawName  # the one that charts draw: gradient_descent where the two come apart by over 1 %
    law_difference: float  # how far at most, over significant groups and all steps that there are; at most 1
    laws: dict[LawName, Predictions]  # what K_0 predicts, by every law
    waves: list[WaveForecast]  # W of them, that the target is made of: its mean first; empty for more than one input
    frequencies: Vector  # (F,) input-space frequency of each entry of the residual spectrum; empty where undefined
    infinite: InfiniteWidth | None  # None where it would take seconds; a notice says so
    slices: KernelSlices | None
    at_points: KernelAtPoints | None = None  # of K_0
    path: Annotated[Matrix | None, VALUE] = None  # (T, 2) f on the training points by K_0, where there are two
    rehearsal: DrawnRehearsal | None = None  # None where it is too large, and in a log written before this field


class Frame(Event):
    """A cheap measurement at a recording step.

    A run that ended between two of them has its last state measured too, with the predictions of its own time: its
    step is none of `Started.steps`. It enters the closing figures of that Finished, and none after an extension.
    """

    type: Literal["frame"] = "frame"
    step: int
    time: float
    wall_seconds: float
    loss: float
    held_out_error: Annotated[float | None, SQUARE]  # mean squared error on the grid, or on held-out points of it
    mode_coefficients: Annotated[Vector, SIZE]  # (m,) of the residual, in the basis of K_0
    remaining: Vector  # (G,) ||c_g(t)|| / ||c_g(0)||; NaN where not resolved
    learnt: Vector  # (G,) 1 - <c_g(t), c_g(0)> / ||c_g(0)||^2; NaN where not resolved
    infinite_remaining: Vector | None  # (H,) as `remaining`, in the basis of Theta
    residual_spectrum: Annotated[Vector, SIZE]  # (F,) |FFT of the residual| / n
    fitted: Annotated[Vector, VALUE]  # (n,) f on the training points
    function: Annotated[Vector, VALUE]  # (g,) f(x; t)
    predicted: dict[PredictionName, PredictedFunction]
    # By K_0, in the law that is drawn; by the rehearsal, as far as it came; by Theta, from this network's own f_0,
    # where it is known; and the networks of infinite width, where training is not centered.
    modes_learnt: int
    median_errors: dict[LawName, float | None]  # so far, against each law, over significant groups
    # (W,) |r_k| / |y_k|, the part of each wave of the target that is wrong; NaN where the target has none of it.
    wave_errors: Vector
    wave_errors_predicted: Vector  # (W,) by K_0, in the law that is drawn
    verdict: Verdict | None  # of all records so far; None before anything has moved


class KernelFrame(Event):
    """What needs K_t."""

    type: Literal["kernel_frame"] = "kernel_frame"
    step: int
    time: float
    wall_seconds: float
    eigenvalues: Vector  # (n,) of K_t, descending
    drift: float  # ||K_t - K_0||_F / ||K_0||_F
    identity: Identity | None
    mode_coefficients: Annotated[Vector | None, SIZE]  # (m,) of the measured residual, in the basis of K_t
    remaining: Vector | None  # (G,) norm over the modes of K_t of each group's ranks, over ||c_g(0)||
    slices: Matrix | None  # (s, c) of K_t, as in KernelSlices
    at_points: KernelAtPoints | None = None
    parameter_drift: float | None = None  # ||theta_t - theta_0|| / ||theta_0||; None beyond float64
    leading_modes: int | None  # k: as many as are significant, at least 1, no group cut
    subspace_overlap: float | None  # ||Q_0^T Q_t||_F^2 / k of the leading k modes: 1 where they span the same
    target_alignment: float | None  # <K_t, y y^T> / (||K_t||_F ||y||^2); None where either is 0
    trace: float | None
    effective_rank: float | None  # exp of the entropy of lambda / sum lambda
    condition_number: float | None  # lambda_1 over the smallest above the noise floor
    moving: MovingPrediction | None
    hessian: HessianSharpness | None  # where recording.hessian asks for it


class Checkpoint(Event):
    """The parameters at a pause, at the end and now and then, and what was recorded until then: never sent.

    A log keeps its newest one.
    """

    type: Literal["checkpoint"] = "checkpoint"
    step: int
    time: float
    wall_seconds: float
    parameters: bytes  # little-endian, in the training precision, in the order of the network's layers
    recorded_steps: list[int]  # R of the plan
    recorded_remaining: Matrix  # (R, G), as in Frame
    recorded_learnt: Matrix  # (R, G)
    recorded_kernel_steps: list[int]  # steps of the kernel frames
    recorded_function_errors: Vector | None  # (R,), as Verdict has them
    recorded_wave_errors: Matrix | None  # (R, W), as in Frame
    recorded_rehearsed_errors: Vector | None = None  # (R,), of the rehearsal; a log before this field has none
    # The kernel's motion until then, as Verdict has it; None without kernel frames.
    drift: float | None
    moving_error: float | None
    frozen_error: float | None
    moving: bytes  # float64, little-endian: residual (n,) and function (g,) that the moving kernel predicts
    moving_kernel: bytes  # before the end, that kernel itself (experiment/theory/moving.py); empty where it is K_0
    bending: Bending | None = None  # before the end, after a kernel frame; None where an earlier version wrote it


class Tick(Event):
    """Progress, at most every 0.1 s; never stored, takes no seq."""

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
    median_errors: dict[LawName, float | None]
    rows: list[ModeRow]
    learning_time_fit: LearningTimeFit | None  # None for fewer than two groups
    waves: list[WaveRow]  # what came of each wave of the target
    verdict: Verdict | None  # of all records
    suggestion: Suggestion | None  # after a run that diverged, died or saturated; None where nothing is known


RunEvent = Annotated[Started | Frame | KernelFrame | Checkpoint | Tick | Finished, Field(discriminator="type")]
SendableEvent = Annotated[Started | Frame | KernelFrame | Tick | Finished, Field(discriminator="type")]
EVENT: TypeAdapter[RunEvent] = TypeAdapter(RunEvent)
Command = Literal["pause", "resume", "cancel"]
