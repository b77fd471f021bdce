"""Inputs in the person's own units -> inputs of a size that a network is made for (data.scale_inputs)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ntkscope.experiment.problem.points import PointSet

FloatArray = NDArray[np.float64]
SMALL, LARGE = 0.2, 3.0  # root mean squares of a coordinate for which the scales of the weights are made
MEAN_HIDES = 0.8  # of a target's mean square: above, its mean hides the rest


@dataclass(frozen=True)
class Spread:
    """How far values lie from 0 and apart.

    Args:
        low: The smallest.
        high: The largest.
        size: Root mean square of the largest coordinate.
        offset: The largest |mean| / standard deviation of a coordinate that is not the same everywhere.
        mean_share: Of the first coordinate's mean square, the part that is its mean's.
    """

    low: float
    high: float
    size: float
    offset: float
    mean_share: float

    @classmethod
    def of(cls, values: FloatArray) -> Spread:
        """Of (n, d) values."""
        varies = values.std(axis=0) > 0  # which may be 0 of different numbers, near the smallest there are
        mean, square = float(values[:, 0].mean()), float((values[:, 0] ** 2).mean())
        return cls(
            low=float(values.min()),
            high=float(values.max()),
            size=float(np.sqrt((values**2).mean(axis=0)).max()),
            offset=float((abs(values.mean(axis=0)[varies]) / values.std(axis=0)[varies]).max(initial=0.0)),
            mean_share=mean**2 / square if square > 0 else 0.0,
        )

    @property
    def is_far(self) -> bool:
        """Whether the size is not what networks are made for, which is about 1."""
        return not SMALL <= self.size <= LARGE

    @property
    def needs_scaling(self) -> bool:
        """Whether values are not what networks are made for: of size 1, and on both sides of 0.

        What lies on one side (0 to 1) adds nearly the same to every entry of the kernel: lambda_1 grows, and with it
        the number of steps of all other modes.
        """
        return self.is_far or self.offset >= 1


@dataclass(frozen=True)
class InputScaling:
    """(x - centre) / spread, coordinate by coordinate, fixed by the training points.

    Args:
        centre: (d,)
        spread: (d,) positive; 1 for a coordinate that is the same at every point, which becomes 0.
        notices: What a reader should know of it.
    """

    centre: FloatArray
    spread: FloatArray
    notices: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, points: PointSet, choice: Literal["none", "unit", "standardize"]) -> InputScaling:
        """The scaling of these points.

        An interval is scaled by its ends, so that one without its right end stays periodic; other points by their
        smallest and largest coordinate. On a circle nothing is scaled: (cos, sin) would no longer lie on one.
        """
        x, dimension = points.coordinates, points.coordinates.shape[1]
        if choice == "none":
            return cls(np.zeros(dimension), np.ones(dimension))
        if points.geometry == "circle":
            notice = "A circle's inputs lie in [−1, 1] already, so data.scale_inputs changes nothing."
            return cls(np.zeros(dimension), np.ones(dimension), [notice])
        low, high = x.min(axis=0), x.max(axis=0)
        if choice == "unit" and points.equispaced == "interval":
            low, high = np.array([points.start]), np.array([points.start + points.length])
        centre, spread = (low + high) / 2, (high - low) / 2
        same = spread == 0
        spread = np.where(same, 1.0, spread)
        if choice == "standardize":
            unit = (x - centre) / spread
            centre, spread = centre + unit.mean(axis=0) * spread, np.where(same, 1.0, unit.std(axis=0) * spread)
        notices = [
            f"x{axis + 1} is {low[axis]:g} at every point: scaled, it is 0, and the network cannot tell it from a bias."
            for axis in np.flatnonzero(same)
        ]
        return cls(centre, spread, notices)

    def __call__(self, coordinates: FloatArray) -> FloatArray:
        """(k, d) coordinates of any points -> (k, d) as the encoding sees them."""
        return np.ascontiguousarray((coordinates - self.centre) / self.spread)
