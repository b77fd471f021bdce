"""The residual's spectrum over input-space frequencies: the classical picture of spectral bias."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.experiment.build import Problem
from ntkscope.numerics.fourier import circle_spectrum


def spectrum_frequencies(problem: Problem) -> Float[Tensor, " frequencies"]:
    """Frequencies 0 .. n/2 in periods over the circle or the interval; empty where points are not equispaced."""
    if problem.equispaced is None:
        return torch.zeros(0, dtype=torch.float64)
    return torch.arange(len(problem.targets) // 2 + 1, dtype=torch.float64)


def residual_spectrum(problem: Problem, residual: Float[Tensor, " n"]) -> Float[Tensor, " frequencies"]:
    """|r_k| = |sum_j r_j exp(-2 pi i k x_j)| / n at those frequencies, x in units of the length.

    On the circle by FFT. On an interval by a direct sum, since with both ends included the points are not
    those of an FFT.
    """
    if problem.equispaced is None:
        return torch.zeros(0, dtype=torch.float64)
    if problem.equispaced == "circle":
        return circle_spectrum(residual)
    position = (torch.from_numpy(problem.inputs[:, 0].copy()) - problem.start) / problem.length
    angle = 2 * math.pi * spectrum_frequencies(problem)[:, None] * position[None, :]
    return torch.hypot(torch.cos(angle) @ residual, torch.sin(angle) @ residual) / len(residual)
