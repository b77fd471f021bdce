"""What can be said of a run before a single step."""

from typing import Annotated, Literal

from ntkscope.schemas.array import Vector
from ntkscope.schemas.base import Model
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event_parts import Group, Suggestion
from ntkscope.schemas.rehearsal import RehearsalProgress, Rehearsed, StepsOffer
from ntkscope.schemas.units import VALUE
from ntkscope.schemas.wave import WaveForecast


class Cost(Model):
    """What the run will take, from counts of operations and a measured speed."""

    parameters: int
    memory_bytes: int
    preview_seconds: float  # of the kernel and its spectrum
    step_seconds: float
    run_seconds: float  # of the whole run, records included


class WaveAnswer(WaveForecast):
    """A part of the target, with when it will be learnt on this machine."""

    seconds: float | None


class KernelPreview(Model):
    """K_0's eigenvalues and what follows from them."""

    eigenvalues: Vector  # (n,)
    noise_floor: float
    below_floor: int
    groups: list[Group]
    learning_rate: float
    largest_stable_rate: float | None
    end_step: int
    end_time: float
    groups_learnt: int  # resolved groups whose learning time is within the run
    waves: list[WaveAnswer]  # of the target: its mean, then what was typed, then what was found; empty for d > 1


class PreviewedTarget(Model):
    """What a network of one input is to learn, as the run's Started will have it."""

    geometry: Literal["interval", "circle"]
    inputs: Vector  # (n,) positions, on a circle angles
    targets: Annotated[Vector, VALUE]  # (n,) with noise
    grid: Vector  # (g,) evaluation points
    grid_target: Annotated[Vector | None, VALUE]  # (g,) clean target there; None where it is not known


class Preview(Model):
    """POST /api/preview.

    `status` is `cost` where the spectrum is still being computed, and `rehearsing` where the rehearsal is: ask again.
    """

    status: Literal["cost", "rehearsing", "ready"]
    config: RunConfig
    cost: Cost
    spectrum: KernelPreview | None
    rehearsing: RehearsalProgress | None  # while it goes on
    rehearsal: Rehearsed | None  # None until it is there, and where a notice says why there is none
    offers: list[StepsOffer]  # how many steps are enough
    target: PreviewedTarget | None = None  # None for more than one input
    notices: list[str]
    warnings: list[str]
    remedies: list[Suggestion]  # for some of the warnings, whose sentences they have: what to change, all at once
