"""Which points are kept for testing."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ntkscope.schemas.base import Model, field
from ntkscope.schemas.dataset import Column

Finite = Annotated[float, Field(ge=-1e12, le=1e12)]


class HoldNothingOut(Model):
    """All points are trained on."""

    kind: Literal["none"] = "none"


class EveryKth(Model):
    """The k-th of every k points, in the order of a table's rows, of an interval or a circle."""

    kind: Literal["every"] = "every"
    k: int = field(5, title="Every k-th point", help="2: every other one.", ge=2, le=8192)


class HeldFraction(Model):
    """A part of the points, drawn by the seed."""

    kind: Literal["fraction"] = "fraction"
    fraction: float = field(0.2, title="Part of the points", help="Drawn by the run's seed.", ge=0.001, le=0.95)


class HeldRange(Model):
    """All points whose input lies in a range: what a network says beyond its data."""

    kind: Literal["range"] = "range"
    column: Column = field(
        "",
        title="Of the input",
        help="A table's column, or x1, x2, ...; on a circle the angle. Empty: the first.",
        names_column=True,
    )
    low: Finite = field(0.5, title="From", help="Lowest input that is held out, in your own units.")
    high: Finite = field(1.0, title="To", help="Highest input that is held out.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.high:
            raise ValueError(
                f"the range's lower end must not be above its upper end; you gave {self.low} and {self.high}"
            )
        return self


class HeldColumn(Model):
    """The rows that a column of the table marks: 1, true, yes, or test."""

    kind: Literal["column"] = "column"
    column: Column = field(
        "",
        title="Column that marks them",
        help="Of the table. 1, true, yes, test or validation: held out.",
        names_column=True,
    )


HoldOut = Annotated[HoldNothingOut | EveryKth | HeldFraction | HeldRange | HeldColumn, Field(discriminator="kind")]
