"""What a target of one input is made of."""

from typing import Annotated, Literal

from ntkscope.schemas.base import Model
from ntkscope.schemas.units import SIZE

Source = Literal["mean", "typed", "found"]
Reason = Literal["rate", "unseen", "absent"]


class Wave(Model):
    """One part of the target: its mean, a wave that was typed, or one that was found in it."""

    frequency: float  # periods over the circle or over the range; 0 for the mean
    source: Source
    amplitude: Annotated[float, SIZE]  # |y_k|: root mean square of its part of y, noise included; 0 for round-off
    share: float  # |y_k|^2 of the sum over all parts, the mean's among them, and what none of them explains

    @property
    def is_told(self) -> bool:
        """Of a mean that the target does not have nothing is to be said."""
        return self.source != "mean" or self.amplitude > 0


class WaveForecast(Wave):
    """When a part of the target will be learnt: from which step on its error is at most epsilon, for good.

    By gradient descent with the kernel at the start. Its error is |r_k| over the target's own amplitude |y_k|.
    """

    step: int | None  # None: never; 0: already there at the start; 2^63 - 1 stands for all that are larger
    time: float | None  # learning_rate * step
    within_run: bool
    remains: float  # the error that the kernel at the start leaves, however long: what none of its modes moves
    # Why never: the rate does not make a mode smaller that it needs; what the kernel cannot move of it is too much;
    # the target holds nothing of it at these points.
    reason: Reason | None
    sentence: str | None  # the same in words


class WaveRow(WaveForecast):
    """What came of it in the run."""

    measured_step: float | None  # from then on at most epsilon, between two records interpolated; None: not at the end
    lost: bool  # it was learnt, and is not at the end
    error: float | None  # |r_k| / |y_k| at the last record; None where the target holds nothing of it
