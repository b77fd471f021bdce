"""Input-space frequencies: the residual's spectrum over them, and how a kernel's eigenvalues fall with them."""

import math
from typing import Literal

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from ntkscope.experiment.problem.build import Problem
from ntkscope.numerics import Spectrum, frequency_fit
from ntkscope.schemas.event_parts import FrequencyFit

HIGHEST = 512  # frequencies beyond are not followed: rows of 4096 points would take more than 32 MB


def spectrum_frequencies(problem: Problem) -> Float[Tensor, " frequencies"]:
    """Frequencies 0 .. n/2 in periods over the circle or the interval; empty where points are not equispaced."""
    if problem.equispaced is None:
        return torch.zeros(0, dtype=torch.float64)
    return torch.arange(min(len(problem.targets) // 2, HIGHEST) + 1, dtype=torch.float64)


def fourier_rows(problem: Problem) -> Complex[Tensor, "frequencies n"]:
    """Rows w with r_k = w r: exp(-2 pi i k x) / n, x in units of the length from its start.

    A direct sum, since the points of an interval with both its ends are not those of an FFT.
    """
    position = (torch.from_numpy(problem.inputs[:, 0].copy()) - problem.start) / problem.length
    return torch.exp(-2j * math.pi * spectrum_frequencies(problem)[:, None] * position) / len(position)


def residual_spectrum(
    rows: Complex[Tensor, "frequencies n"], residual: Float[Tensor, " n"]
) -> Float[Tensor, " frequencies"]:
    """|r_k| = |sum_j r_j exp(-2 pi i k x_j)| / n at those frequencies."""
    return (rows @ residual.to(rows.dtype)).abs()


def frequency_fits(frequencies: Tensor, decomposed: Spectrum, problem: Problem) -> list[FrequencyFit]:
    """Exponents of eigenvalue against frequency; on a circle odd and even frequencies apart too."""
    fits = []
    frequencies = torch.where(frequencies <= len(problem.targets) / 4, frequencies, torch.nan)
    parities: dict[Literal["all", "odd", "even"], int | None]
    parities = {"all": None, "odd": 1, "even": 0} if problem.geometry == "circle" else {"all": None}
    for name, parity in parities.items():
        found = frequency_fit(frequencies, decomposed.eigenvalues[: len(frequencies)], decomposed.noise_floor, parity)
        if found is None:
            continue
        fits.append(
            FrequencyFit(
                frequencies=name,
                exponent=found.slope,
                standard_error=found.standard_error,
                lowest=found.lowest,
                highest=found.highest,
                count=found.count,
                lowest_eigenvalue=found.at_lowest,
                highest_eigenvalue=found.at_highest,
            )
        )
    return fits
