"""Sweeps: one configuration over the values of some of its fields, and what the runs say of width together."""

import math
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from ntkscope.schemas.base import Model, field
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event_parts import Verdict
from ntkscope.schemas.network import Parameterization
from ntkscope.schemas.run import Name, State
from ntkscope.schemas.unreadable import Unreadable

MOST_RUNS = 1000
SweepState = Literal["running", "completed", "cancelled", "interrupted"]


def _scalar(value: Any) -> Any:
    """Says in one sentence what the branches of the union would say in four."""
    if isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value)):
        return value
    came = "null" if value is None else f"{value!s:.80}"
    raise ValueError(f"a number, text, true or false; you gave {came}. Put one of these in its place")


AxisValue = Annotated[bool | int | float | str, BeforeValidator(_scalar)]


class SweepAxis(Model):
    """A field of the config, and the values that it takes one after another."""

    field: str = Field(
        title="Field",
        description="Where it is in the configuration, as in `network.width`: any field that holds one number, text "
        "or switch. Those of `data.points` and its like are the fields of the kind that the configuration has there.",
        min_length=1,
        max_length=100,
    )
    values: list[AxisValue] = Field(
        title="Values", description="Numbers, text or switches, each one once.", min_length=1, max_length=32
    )

    @field_validator("values")
    @classmethod
    def _distinct(cls, values: list[AxisValue]) -> list[AxisValue]:
        twice = [value for number, value in enumerate(values) if value in values[:number]]
        if twice:
            raise ValueError(f"every value once; you gave {twice[0]!s:.80} again. Remove it")
        return values


class SweepRequest(Model):
    """POST /api/sweeps: a run for every combination of the axes' values. The last axis changes fastest."""

    name: Name = field("", title="Name", help="How the sweep is called in lists.")
    config: RunConfig = field(RunConfig(), title="Configuration", help="What all runs have in common.")
    axes: list[SweepAxis] = field(title="Axes", help="What differs between the runs.", min_length=1, max_length=3)

    @property
    def total(self) -> int:
        """How many runs that makes."""
        return _product(self.axes)

    @field_validator("axes")
    @classmethod
    def _bounded(cls, axes: list[SweepAxis]) -> list[SweepAxis]:
        fields = [axis.field for axis in axes]
        twice = [name for number, name in enumerate(fields) if name in fields[:number]]
        if twice:
            raise ValueError(f"a field on one axis only; you gave {twice[0]} twice. Put all its values on one axis")
        if (total := _product(axes)) > MOST_RUNS:
            raise ValueError(f"at most {MOST_RUNS:,} runs; you gave {total:,}. Take fewer values")
        return axes


def _product(axes: list[SweepAxis]) -> int:
    return math.prod(len(axis.values) for axis in axes)


class SweepRun(Model):
    """One run of a sweep. What it measured is there once it has ended, `distance` and `drift` if it completed."""

    index: int
    values: dict[str, AxisValue]
    run_id: str | None  # None as long as it waits
    state: State | Literal["waiting"]
    sentence: str
    steps: int | None  # where it ended
    loss: float | None  # there
    verdict: Verdict | None  # whether K_0 predicts the run; None where its log does not say
    distance: float | None  # ||K_0 - Theta||_F / ||Theta||_F
    drift: float | None  # ||K_t - K_0||_F / ||K_0||_F at `compared_at`
    compared_at: float | None  # lambda_1(K_0) t, the same for all runs


class StudyPoint(Model):
    """Means over the runs of one width; errors are standard errors of the mean, None for a single run."""

    parameterization: Parameterization
    width: int
    runs: int
    distance: float | None
    distance_error: float | None
    drift: float | None
    drift_error: float | None


class StudySlope(Model):
    """mean ~ width^slope by least squares on log-log axes; two widths or more."""

    parameterization: Parameterization
    quantity: Literal["distance", "drift"]
    slope: float
    standard_error: float | None  # None for two widths
    count: int  # widths that enter
    expected: float | None  # what theory says; None where it says nothing
    lowest_width: int
    highest_width: int
    at_lowest: float  # the fitted line there
    at_highest: float


class WidthStudy(Model):
    """How fast the kernel approaches its limit as the width grows, and how fast it freezes (theory, section 3)."""

    compared_at: float | None  # lambda_1(K_0) t at which drifts are compared; None without a kernel frame
    points: list[StudyPoint]
    slopes: list[StudySlope]


class SweepRow(Model):
    """A row of the list of sweeps."""

    id: str
    name: str
    state: SweepState
    sentence: str
    created_at: float  # seconds since 1970
    ended_at: float | None
    config: RunConfig
    axes: list[SweepAxis]
    total: int
    done: int  # ended by themselves: a cancelled or an interrupted run is not done
    failed: int  # of those that are done: diverged, dead, refused, or lost with their process


class Sweep(SweepRow):
    """GET /api/sweeps/{id}."""

    runs: list[SweepRun]
    study: WidthStudy | None  # of the runs that have completed; None without any, or where other fields differ


class SweepList(Model):
    """GET /api/sweeps."""

    total: int
    sweeps: list[SweepRow]
    unreadable: list[Unreadable]  # those of this page that this version cannot read
