"""Targets in the person's own units -> what a network is trained on (data.scale_targets), and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ntkscope.errors import InvalidInput
from ntkscope.experiment.format import number

FloatArray = NDArray[np.float64]
LEAST_RATIO = 1e-100  # of a size and the one that is asked for: losses have its square, and both must be numbers


@dataclass(frozen=True)
class TargetScaling:
    """(y - centre) / spread, fixed by the training points without their noise.

    Args:
        centre: In the person's own units.
        spread: Likewise; positive.
        notices: What a reader should know of it.
    """

    centre: float = 0.0
    spread: float = 1.0
    notices: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls, clean: FloatArray, choice: Literal["none", "subtract_mean", "standardize"], norm: float | None
    ) -> TargetScaling:
        """The scaling of a target.

        Args:
            clean: (n,) at the training points.
            choice: What is subtracted and divided by.
            norm: Of what is trained on, where it is asked for.

        Raises:
            InvalidInput: a target that is 0 is to have a norm.
        """
        if choice == "none":
            return cls()
        centre = float(clean.mean())
        about = clean - centre
        deviation = float(np.sqrt((about**2).mean()))
        flat = deviation <= 1e-12 * max(abs(centre), 1e-300)
        spread = deviation if choice == "standardize" and not flat else 1.0
        if norm is not None:
            spread = checked_size(0.0 if flat else float(np.linalg.norm(about)), norm) / norm
        if flat:
            said = "The target is the same at every training point: without its mean nothing is left to be learnt."
            return cls(centre, spread, [said])
        trained = f"What is trained on is y minus its mean, {number(centre)}"
        if spread != 1:
            trained += f", over {number(spread)}"
        said = f"{trained}: losses are of that" + (
            f", and {number(spread**2)} times as large in your own units." if spread != 1 else "."
        )
        return cls(centre, spread, [said])

    @property
    def is_none(self) -> bool:
        """Whether it changes nothing."""
        return self.centre == 0 and self.spread == 1

    def __call__(self, values: FloatArray) -> FloatArray:
        """Values in the person's own units -> as they are trained on."""
        return values if self.is_none else (values - self.centre) / self.spread

    def back(self, values: FloatArray) -> FloatArray:
        """Values as they are trained on -> in the person's own units."""
        return values if self.is_none else self.centre + self.spread * values


def checked_size(size: float, norm: float) -> float:
    """The norm of a target that is to have another.

    Raises:
        InvalidInput: it is 0, or of another order altogether.
    """
    if size > 0 and not min(norm, size) / max(norm, size) >= LEAST_RATIO:
        raise InvalidInput(
            f"A size within {number(1 / LEAST_RATIO)} times the target's own, which is {number(size)}.",
            number(norm),
            "Give one nearer to it, or leave data.norm empty.",
            "data.norm",
        )
    if size == 0:
        raise InvalidInput(
            "A target that is not zero, if it is to be scaled.",
            "a target that is zero at every training point",
            "Choose another target, or leave data.norm empty.",
            "data.norm",
        )
    return size
