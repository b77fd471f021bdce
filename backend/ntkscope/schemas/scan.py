"""A scan: what theory says of one configuration over the values of one field, before any training."""

from typing import Annotated, Literal

from pydantic import Field

from ntkscope.schemas.base import Model, field
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.rehearsal import Ending
from ntkscope.schemas.sweep import AxisValue, SweepAxis
from ntkscope.schemas.units import SQUARE

ScanSource = Literal["rehearsal", "kernel"]  # the kernel at the start


class ScanRequest(SweepAxis):
    """POST /api/scan: a field of the configuration, as an axis of a sweep has it, and its values."""

    config: RunConfig = field(RunConfig(), title="Configuration", help="What is held fixed.")


class ScanWave(Model):
    """A wave of the target."""

    frequency: float
    step: int | None  # from which on it is learnt, for good; None: not within the steps


class ScanFinding(Model):
    """What is found at one value.

    `by` says from what: waves and the error at the end stand on the rehearsal where it came to the last step.
    """

    by: ScanSource
    reason: str | None  # why not by rehearsal
    ranks: list[int]  # of the eigenvalues that are told, from 1: all of few, log-spaced ones of many
    eigenvalues: list[float]  # of K_0 there
    noise_floor: float
    learning_rate: float
    steps: int  # that are asked for
    modes: int
    modes_learnt: int  # by K_0, within the steps: those above round-off that are below epsilon of their start
    waves: list[ScanWave]  # of the target, ascending; empty for more than one input
    frequency: float | None  # up to which all waves of the target are learnt; 0: not one; None where there are none
    reach: int | None  # up to which a wave of any whole frequency would be, by K_0; None for more than one input
    held_out_error: Annotated[float | None, SQUARE]  # predicted at the last step, as Frame has it
    held_out_by: ScanSource | None
    drift: float | None  # of the rehearsed kernel
    ended: Ending | None  # the rehearsal


class ScanAnswer(Model):
    """One value."""

    value: AxisValue
    found: ScanFinding | None
    error: str | None  # why there is nothing, as a sentence; the other values go on
    sentence: str  # what is found, or the error


class Scan(Model):
    """As far as it has come: while it is running, ask again with the same request."""

    status: Literal["running", "ready"]
    field: str
    total: int  # values
    part: float = Field(description="Of the values that are done, from 0 to 1.")
    answers: list[ScanAnswer]  # those that are done, in the order of the values
    sentence: str | None  # what they say together; None until all are there, and where nothing was found
