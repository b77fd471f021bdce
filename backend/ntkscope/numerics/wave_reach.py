"""How much a constant kernel leaves of a wave of each frequency, were it alone to be learnt."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.spectrum import Spectrum


def waves_left(
    spectrum: Spectrum,
    remaining: Float[Tensor, " n"],
    position: Float[Tensor, " n"],
    frequencies: Float[Tensor, " F"],
) -> Float[Tensor, " F"]:
    """||Q D Q^T v|| / ||v|| of cosine and sine of each frequency together: root mean square over the wave's phases.

    Args:
        spectrum: K = Q Lambda Q^T on the training points.
        remaining: D's diagonal: what is left of each mode. Modes at or below the noise floor are not moved: there all
            is left, whatever this says.
        position: As a fraction of the range over which frequencies count periods.
        frequencies: To be looked at.
    """
    angle = 2 * math.pi * position.double() * frequencies.double()[:, None]
    waves = torch.stack([torch.cos(angle), torch.sin(angle)], dim=1)  # (F, 2, n)
    kept = remaining.where(spectrum.eigenvalues > spectrum.noise_floor, 1.0)
    left = kept * (waves @ spectrum.modes)
    found: Tensor = left.square().sum(dim=(1, 2)).sqrt() / waves.square().sum(dim=(1, 2)).sqrt()
    return found


def reached(left: Float[Tensor, " F"], limit: float) -> int:
    """How many of the first are below the limit, without a gap."""
    return int((left <= limit).long().cumprod(0).sum())
