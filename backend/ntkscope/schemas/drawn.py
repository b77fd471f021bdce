"""A target that was drawn by hand."""

import math
from typing import Literal, Self

from pydantic import model_validator

from ntkscope.schemas.base import Finite, Model, field

MOST_DRAWN = 64
NEAREST = 1e-9  # of the whole width: nearer points are one


class Drawn(Model):
    """A monotone cubic through points (x, y), with no bump that was not drawn.

    Left of the first point and right of the last it keeps their values; on a circle, where x is the angle, it goes on
    from the last to the first. With several inputs x is the first of them.
    """

    kind: Literal["drawn"] = "drawn"
    x: list[Finite] = field(
        [-1.0, -0.5, 0.0, 0.5, 1.0],
        title="Drawn, x",
        help="Where the drawn points lie, from left to right; on a circle angles, once round at most.",
        min_length=2,
        max_length=MOST_DRAWN,
        drawing=True,
    )
    y: list[Finite] = field(
        [0.0, -1.0, 0.0, 1.0, 0.0],
        title="Drawn, y",
        help="The target there, one for each x.",
        min_length=2,
        max_length=MOST_DRAWN,
        with_drawing=True,
    )

    @model_validator(mode="after")
    def _points(self) -> Self:
        if len(self.x) != len(self.y):
            raise ValueError(f"x and y must have as many values; you gave {len(self.x)} and {len(self.y)}")
        apart = NEAREST * (self.x[-1] - self.x[0])
        for i, (before, after) in enumerate(zip(self.x, self.x[1:], strict=False)):
            if not after - before > max(apart, 0.0):
                raise ValueError(
                    f"x must grow from point to point, by more than {NEAREST:g} of its whole width; you gave "
                    f"x[{i}] = {before!r} and x[{i + 1}] = {after!r}. Sort the points, and keep one where two "
                    "have the same x"
                )
        return self

    def check_circle(self) -> None:
        """Refuses a drawing that goes round a circle more than once."""
        if not self.x[-1] - self.x[0] < 2 * math.pi * (1 - NEAREST):
            raise ValueError(
                "on a circle the x of a drawing are angles, once round at most: the last less than 2 pi after the "
                f"first; you gave {self.x[0]!r} to {self.x[-1]!r}. Leave points out, or choose points on an interval"
            )
