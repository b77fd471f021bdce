"""What can be said of a run before a single step."""

from typing import Literal

from ntkscope.schemas.array import Vector
from ntkscope.schemas.base import Model
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event_parts import Group
from ntkscope.schemas.wave import Wave


class Cost(Model):
    """What the run will take, from counts of operations and a measured speed."""

    parameters: int
    memory_bytes: int
    preview_seconds: float  # of the kernel and its spectrum
    step_seconds: float
    run_seconds: float  # of the whole run, records included


Reason = Literal["rate", "unseen", "absent"]


class WaveAnswer(Wave):
    """When a part of the target will be learnt: from which step on its error is at most epsilon, for good.

    By gradient descent with the kernel at the start. Its error is |r_k| over the target's own amplitude |y_k|.
    """

    step: int | None  # None: never; 0: already there at the start
    time: float | None  # learning_rate * step
    seconds: float | None
    within_run: bool
    remains: float  # the error that the kernel at the start leaves, however long: what none of its modes moves
    # Why never: the rate does not make a mode smaller that it needs; what the kernel cannot move of it is too much;
    # the target holds nothing of it at these points.
    reason: Reason | None
    sentence: str | None  # the same in words


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


class Preview(Model):
    """POST /api/preview. `status` is `cost` where the spectrum is still being computed: ask again."""

    status: Literal["cost", "ready"]
    config: RunConfig
    cost: Cost
    spectrum: KernelPreview | None
    notices: list[str]
    warnings: list[str]
