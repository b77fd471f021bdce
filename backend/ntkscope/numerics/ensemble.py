"""The infinite ensemble: how networks that differ in their draw alone spread around their mean."""

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.spectrum import Spectrum


def ensemble_variance(
    spectrum: Spectrum,
    cross_kernel: Float[Tensor, "g n"],
    nngp: Float[Tensor, "n n"],
    cross_nngp: Float[Tensor, "g n"],
    grid_variance: Float[Tensor, " g"],
    factor: Float[Tensor, " n"],
) -> Float[Tensor, " g"]:
    """Variance of f(x*; t) over infinitely wide networks: k_** + A k A^T - 2 A k_X*, with
    A = Theta(x*, X) Q diag(factor(t)) Q^T; round-off below 0 counts as 0.

    Args:
        spectrum: Of Theta(X, X).
        cross_kernel: Theta(x*, X).
        nngp: Covariance of the outputs at the start on the data.
        cross_nngp: The same between x* and the data.
        grid_variance: The same of each x* with itself.
        factor: Of every mode at the time: `flow_factor` or `descent_factor`.

    Source: theory, section 4; Lee et al. 2019, arXiv 1902.06720.
    """
    smoother = (cross_kernel @ spectrum.modes * factor) @ spectrum.modes.T
    variance = grid_variance + ((smoother @ nngp) * smoother).sum(1) - 2 * (smoother * cross_nngp).sum(1)
    return torch.clamp(variance, min=0)
