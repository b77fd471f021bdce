"""Where a run computes: chosen once, when it is submitted, and kept with it."""

from typing import Literal

from ntkscope.schemas.base import Model


class Placement(Model):
    """The device of a run's steps and measurements, and of the eigendecompositions of its kernel frames.

    K_0 is decomposed on the CPU in any case: predictions are made there of the same modes, and where modes share an
    eigenvalue another library finds others.
    """

    device: Literal["cpu", "cuda"] = "cpu"
    eigen: Literal["cpu", "cuda"] = "cpu"
    reason: str = ""  # a sentence; empty where there was nothing to choose between


ON_CPU = Placement()
