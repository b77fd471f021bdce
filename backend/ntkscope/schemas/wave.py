"""What a target of one input is made of."""

from typing import Literal

from ntkscope.schemas.base import Model

Source = Literal["mean", "typed", "found"]


class Wave(Model):
    """One part of the target: its mean, a wave that was typed, or one that was found in it."""

    frequency: float  # periods over the circle or over the range; 0 for the mean
    source: Source
    amplitude: float  # |y_k|: root mean square over the points of its part of y, noise included; 0 for round-off
    share: float  # |y_k|^2 of the sum over all parts, the mean's among them, and what none of them explains
