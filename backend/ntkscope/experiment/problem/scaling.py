"""Inputs in the person's own units -> inputs of a size that a network is made for (data.scale_inputs)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ntkscope.experiment.problem.points import PointSet

FloatArray = NDArray[np.float64]


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
