"""What a run will take, before anything is computed: parameters, memory, seconds; and the limits it must keep."""

from dataclasses import dataclass
from itertools import pairwise

from ntkscope.errors import TooLarge
from ntkscope.experiment.machine import machine_speed
from ntkscope.experiment.machine_memory import machine_memory
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.split import rows_taken
from ntkscope.experiment.speed import Speed
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.data import Arcs, Circle, RandomPoints
from ntkscope.schemas.dataset import DatasetPoints
from ntkscope.schemas.network import FourierFeatures, Positional
from ntkscope.schemas.preview import Cost

SUBSET = "Take some of the rows: data.points.subset = even or random (--rows)"
DOUBLE = 8  # bytes
PARAMETER_COPIES = 6  # the start, the network, its gradient, the trial step's copy and gradient, the checkpoint
SIGNAL_COPIES = 5  # inputs, pre-activations, slopes and backward signals of a layer, and one being made
SQUARE_COPIES = 10  # K_0, K_t, the modes of both, and what the eigendecomposition works in
CROSS_COPIES = 4  # K(grid, points) at the start and now, and what it is made from
HESSIAN_STEPS = 200  # steps' worth of work in finding the Hessian's largest eigenvalue: 30 products or so
RECORD_COPIES = 4  # both laws' predictions, and what they are made from
KERNELS_PER_LAYER = 14  # calls that one step makes for every layer
FIXED_SECONDS = 0.01  # of any preview: points, target, groups
PASSES_PER_UNIT = 6  # times a step reads or writes every hidden unit's value, besides phi and its derivative


@dataclass(frozen=True)
class Limits:
    """What a server allows; each is its setting NTKSCOPE_<NAME>."""

    max_parameters: int
    max_points: int
    max_memory_bytes: int
    max_steps: int
    max_frames: int = 1000


@dataclass(frozen=True)
class Speeds:
    """Of a run's parts; what remains is the processor's."""

    steps: Speed  # and of its kernels
    eigen: Speed  # of the eigendecompositions of its kernel frames


@dataclass(frozen=True)
class Sizes:
    """The numbers that costs depend on."""

    n: int  # training points
    grid: int
    layers: list[tuple[int, int]]  # (inputs, outputs) of every affine layer
    parameters: int
    steps: int
    frames: int
    kernel_frames: int

    @property
    def units(self) -> int:
        """Hidden units of all layers."""
        return sum(outputs for _, outputs in self.layers[:-1])

    @property
    def multiply_adds(self) -> int:
        """Of one forward pass at one point."""
        return sum(inputs * outputs for inputs, outputs in self.layers)


def sizes(config: RunConfig, dataset: Table | None = None) -> Sizes:
    """The config's sizes; of a data set that is not given, as if it had no rows."""
    points, network = config.data.points, config.network
    match points:
        case Arcs(counts=counts):
            n, d = sum(counts), 2
        case Circle(n=n):
            d = 2
        case RandomPoints(n=n, d=d):
            pass
        case DatasetPoints():
            n, d = (0, 1) if dataset is None else (rows_taken(points, len(dataset.y)), dataset.x.shape[1])
        case _:
            n, d = points.n, 1
    grid = config.data.grid + (0 if config.data.hold_out.kind == "none" else n)  # what is held out joins it
    if points.kind == "dataset" and d > 2:
        grid = n  # the table's own points
    match network.encoding:
        case FourierFeatures(rows=rows):
            d = 2 * rows
        case Positional(octaves=octaves):
            d = 2 * octaves * d
    widths = [d, *network.widths, 1]
    layers = list(pairwise(widths))
    steps, recording = config.training.stop.steps, config.recording
    return Sizes(
        n=n,
        grid=grid,
        layers=layers,
        parameters=sum(inputs * outputs + network.bias * outputs for inputs, outputs in layers),
        steps=steps,
        frames=min(recording.frames, steps + 1),
        kernel_frames=min(recording.kernel_frames, recording.frames, steps + 1),
    )


def check_limits(config: RunConfig, limits: Limits, dataset: Table | None = None) -> None:
    """Refuses a config that this server's limits do not allow, before anything is allocated.

    Raises:
        TooLarge: says what it would take, and which setting allows it.
    """
    size = sizes(config, dataset)
    memory = memory_bytes(size)
    cost = f", which would take {readable_bytes(memory)} of memory"
    for got, most, unit, taking, name, where in (
        (size.parameters, limits.max_parameters, "parameters", cost, "MAX_PARAMETERS", "network.width"),
        (size.n, limits.max_points, "training points", cost, "MAX_POINTS", "data.points.n"),
        (size.steps, limits.max_steps, "steps", "", "MAX_STEPS", "training.stop.steps"),
        (config.recording.frames, limits.max_frames, "frames", "", "MAX_FRAMES", "recording.frames"),
    ):
        if got > most:
            smaller = "Make it smaller"
            if where == "data.points.n" and config.data.points.kind == "dataset":
                smaller, where = f"{SUBSET}, data.points.most_rows = {most:,} or less", "data.points.subset"
            raise TooLarge(
                f"At most {most:,} {unit}.",
                f"{got:,}{taking}",
                f"{smaller}, or raise the server's setting NTKSCOPE_{name}.",
                where,
            )
    if memory > limits.max_memory_bytes:
        there = machine_memory()
        raise TooLarge(
            f"A run of at most {readable_bytes(limits.max_memory_bytes)} of memory.",
            f"one of {readable_bytes(memory)}: {size.parameters:,} parameters, {size.n:,} points",
            "Make the network, the points or the evaluation grid smaller"
            + (
                f", or raise the server's setting NTKSCOPE_MAX_MEMORY_BYTES: there are {readable_bytes(there)} in all."
                if limits.max_memory_bytes < there
                else ": this machine, or the server's container, has no more."
            ),
            "network.width" if size.parameters > size.n**2 else "data.points.n",
        )


def memory_bytes(size: Sizes) -> int:
    """Memory at the peak, from above: parameters, signals, kernels and records in float64."""
    rows = max(size.n, size.grid)
    encoded = size.layers[0][0]
    return DOUBLE * (
        PARAMETER_COPIES * size.parameters
        + SIGNAL_COPIES * rows * (size.units + encoded)
        + SQUARE_COPIES * size.n**2
        + CROSS_COPIES * size.grid * size.n
        + RECORD_COPIES * size.frames * (size.n + size.grid)
    )


def start_bytes(size: Sizes) -> int:
    """What a prepared run (`InitialState`) keeps: parameters, inputs, the kernel and its modes, the grid's kernel."""
    encoded = 2 * (size.n + size.grid) * size.layers[0][0]  # in float64 and in the training's precision
    return DOUBLE * (size.parameters + encoded + 2 * size.n**2 + size.grid * size.n)


def infinite_bytes(size: Sizes) -> int:
    """What the kernels of infinite width (`InfiniteNetwork`) keep: both, the modes, and both to the grid."""
    return DOUBLE * (3 * size.n**2 + 2 * size.grid * size.n)


def estimate_cost(config: RunConfig, dataset: Table | None = None, on: Speeds | None = None) -> Cost:
    """Memory and times, from counts of operations and measured speeds.

    A run is its kernel, its steps, and its records; times are right within a factor of about two.

    Args:
        config: What to run.
        dataset: The table of a config whose points are an uploaded data set.
        on: Of what computes its parts; None: this machine's processor.
    """
    size, here = sizes(config, dataset), machine_speed()
    on = on or Speeds(here, here)
    kernel = kernel_seconds(size, on.steps)
    step = step_seconds(size, on.steps)
    frame = _signal_seconds(size, size.n + size.grid, on.steps) / 3
    frame += here.seconds(2 * size.n * (size.n + size.grid), 2 * size.n, 20)
    drawn = here.seconds(0, 0, 0, transcendental=2 * size.parameters)
    start = FIXED_SECONDS + drawn + here.eigen_seconds(size.n)
    preview = start + kernel_seconds(size, here) + _cross_seconds(size, here)
    cross = _cross_seconds(size, on.steps)
    moving = kernel + cross + on.eigen.eigen_seconds(size.n) + 3 * step  # and the trial step
    if config.recording.hessian:
        moving += HESSIAN_STEPS * step
    return Cost(
        parameters=size.parameters,
        memory_bytes=memory_bytes(size),
        preview_seconds=preview,
        step_seconds=step,
        run_seconds=start + kernel + cross + size.steps * step + size.frames * frame + size.kernel_frames * moving,
    )


def step_seconds(size: Sizes, speed: Speed) -> float:
    """One step: forward, backward, the gradients, the update."""
    return _signal_seconds(size, size.n, speed) + speed.seconds(0, 3 * size.parameters, 0)


def kernel_seconds(size: Sizes, speed: Speed) -> float:
    """K by the layerwise formula: signals, and two Gram products a layer (theory, section 6)."""
    grams = sum(inputs + outputs for inputs, outputs in size.layers)
    signals = _signal_seconds(size, size.n, speed)
    return signals + speed.seconds(size.n**2 * grams, 3 * len(size.layers) * size.n**2, 20)


def _cross_seconds(size: Sizes, speed: Speed) -> float:
    grams = sum(inputs + outputs for inputs, outputs in size.layers)
    signals = _signal_seconds(size, size.n + size.grid, speed)
    return signals + speed.seconds(size.n * size.grid * grams, 3 * len(size.layers) * size.n * size.grid, 20)


def _signal_seconds(size: Sizes, rows: int, speed: Speed) -> float:
    """Forward and backward signals and their products at some points."""
    return speed.seconds(
        3 * rows * size.multiply_adds,
        PASSES_PER_UNIT * rows * size.units,
        KERNELS_PER_LAYER * len(size.layers),
        transcendental=2 * rows * size.units,
    )


def readable_bytes(count: int) -> str:
    """As a reader likes it: 512 B, 3.2 MB, 8.0 GB."""
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB", "PB", "EB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if unit == "B" or value >= 10 else f"{value:.1f} {unit}"
