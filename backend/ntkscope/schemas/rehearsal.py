"""What a rehearsal says of a run: some real steps and many leaps of the moving kernel, before the training itself.

Shapes: R recording steps, N nodes, g evaluation points, G groups of modes, W waves of the target.
"""

from typing import Annotated, Literal

from ntkscope.schemas.array import Matrix, Vector
from ntkscope.schemas.base import Model
from ntkscope.schemas.units import VALUE

RangeClass = Literal["calm", "calm beyond the budget", "edge", "edge beyond the budget"]
Ending = Literal["learnt", "horizon", "budget", "diverges", "dies"]
BAD_ENDINGS: tuple[Ending, ...] = ("diverges", "dies")  # nothing more is learnt


class RehearsedWave(Model):
    """When a part of the target will be learnt, by the rehearsal: from that step on its error is at most epsilon."""

    step: int | None  # for good; None: not within the horizon
    step_low: int  # the earliest that its class allows
    step_high: int | None  # the latest; None where that is beyond the horizon
    first_step: int | None  # where it is at most epsilon for the first time; it may come back
    range: RangeClass  # how exactly the step is known
    within_run: bool
    sentence: str  # the same in words


class RehearsedCourse(Model):
    """The training along the logarithm of the step, as far as the run goes or the rehearsal came."""

    steps: list[int]  # R, the first of the run's recording steps
    loss: Vector  # (R,)
    remaining: Matrix  # (R, G) as in Frame
    learnt: Matrix  # (R, G)
    wave_errors: Matrix | None = None  # (R, W) as in Frame; None in a log written before this field
    nodes: list[int]  # N steps, ascending from 0; between them the function is linear in the step
    largest_eigenvalues: Vector  # (N,) lambda_1 of the kernel there
    drift: Vector | None = None  # (N,) ||K - K_0||_F / ||K_0||_F there; None in a log written before this field
    function: Annotated[Matrix | None, VALUE]  # (N, g) on the grid; None where that costs more than the rest


class Rehearsed(Model):
    """A rehearsal as a preview tells it: without its course, which is fifty times as long and only drawn."""

    waves: list[RehearsedWave | None]  # one for each wave of the target; None where the target holds nothing of it
    ended: Ending
    reach: int  # the step up to which it was rehearsed
    horizon: int  # the last step that was asked about
    peak: float  # largest learning_rate * lambda_1; from 2 on training is unstable
    growth: float  # largest lambda_1 over that of the start
    drift: float  # ||K - K_0||_F / ||K_0||_F at the end
    kernels: int  # that were computed
    steps_taken: int  # that were really taken
    work: float  # multiply-adds that it took
    budget: float  # that it had
    at_risk: bool = False  # beyond its reach the training may diverge or die: it passed the edge of stability by far
    sentence: str  # how it ended, and how far its answers hold


class DrawnRehearsal(Rehearsed):
    """A rehearsal as it stands before a run's first step, to be drawn."""

    course: RehearsedCourse

    def without_course(self) -> Rehearsed:
        """As a preview tells it."""
        return Rehearsed(**{name: getattr(self, name) for name in Rehearsed.model_fields})


class RehearsalProgress(Model):
    """How far a rehearsal is that goes on, or the search for the rate that it is to have."""

    of: Literal["course", "rate"] = "course"
    reach: int
    part: float  # of its budget, from 0 to 1; of a search, of all rehearsals that it may take


class StepsOffer(Model):
    """A number of steps that is enough for the waves it names."""

    steps: int  # to be set: the latest step of the range, rounded up
    step: int
    step_low: int
    step_high: int
    seconds: float  # of the steps to be set, on this machine
    text: str
