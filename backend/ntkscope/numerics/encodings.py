"""Input encodings: what is done to the coordinates before the first layer. Each entry has mean square 1."""

import math

import torch
from jaxtyping import Float
from torch import Tensor


def fourier_matrix(
    rows: int, dimension: int, spread: float, generator: torch.Generator | None = None
) -> Float[Tensor, "rows dimension"]:
    """B of the random Fourier features: entries drawn from N(0, spread^2), in float64 on the CPU.

    Args:
        rows: Half the number of features.
        dimension: Of the inputs.
        spread: Standard deviation of the frequencies, in periods per unit of x.
        generator: Where the draws come from; None takes PyTorch's global one.

    Source: Tancik et al. 2020, arXiv 2006.10739.
    """
    return spread * torch.randn(rows, dimension, generator=generator, dtype=torch.float64)


def fourier_features(
    x: Float[Tensor, "points dimension"], matrix: Float[Tensor, "rows dimension"]
) -> Float[Tensor, "points features"]:
    """sqrt 2 [cos 2 pi B x, sin 2 pi B x], so that <gamma(x), gamma(x)> is the number of features, 2 rows.

    Source: Tancik et al. 2020, arXiv 2006.10739; the factor sqrt 2 undoes the first layer's division.
    """
    angles = 2 * math.pi * (x @ matrix.to(x).T)
    return math.sqrt(2) * torch.cat([torch.cos(angles), torch.sin(angles)], dim=1)


def positional(x: Float[Tensor, "points dimension"], octaves: int) -> Float[Tensor, "points features"]:
    """sqrt 2 [cos, sin](2^j pi x), j = 0 .. octaves - 1, of every coordinate: 2 octaves dimension features.

    Source: Mildenhall et al. 2020, arXiv 2003.08934, in the order of `fourier_features`.
    """
    octave = 2.0 ** torch.arange(octaves, dtype=x.dtype, device=x.device)
    angles = math.pi * (x[:, :, None] * octave).flatten(1)
    return math.sqrt(2) * torch.cat([torch.cos(angles), torch.sin(angles)], dim=1)
