"""What a kernel is like, and how far it has turned since the start."""

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.spectrum import noise_floor


def subspace_overlap(first: Float[Tensor, "n k"], second: Float[Tensor, "n k"]) -> float:
    """||Q_0^T Q_t||_F^2 / k of two orthonormal bases: 1 where they span the same space, k/n for one at random.

    Unlike the overlap of single modes it does not depend on how degenerate modes are rotated, as long as no
    group of them is cut.

    Raises:
        ValueError: there is no mode.

    Source: theory, section 5.
    """
    if first.shape[1] == 0:
        raise ValueError("an overlap needs at least one mode")
    return float(((first.T @ second) ** 2).sum()) / first.shape[1]


def kernel_target_alignment(kernel: Float[Tensor, "n n"], targets: Float[Tensor, " n"]) -> float | None:
    """<K, y y^T> / (||K||_F ||y||^2), between 0 and 1; None where the kernel or the target is 0.

    Source: Cristianini et al. 2001, "On kernel-target alignment".
    """
    size = float(torch.linalg.norm(kernel)) * float(targets @ targets)
    return float(targets @ kernel @ targets) / size if size > 0 else None


def condition_number(eigenvalues: Float[Tensor, " n"]) -> float | None:
    """The largest eigenvalue over the smallest above the noise floor; None where none is above it.

    Args:
        eigenvalues: All n of the kernel, in any order: their number and the largest set the floor.
    """
    above = eigenvalues[eigenvalues > noise_floor(eigenvalues)]
    return float(above.max() / above.min()) if len(above) else None


def cumulative_power(coefficients: Float[Tensor, " modes"]) -> Float[Tensor, " modes"]:
    """Share of ||y||^2 that lies in the leading 1, 2, ... modes; 0 for a target of 0.

    Args:
        coefficients: Of the target, in all modes of a kernel, in order of their eigenvalues.
    """
    power = torch.cumsum(coefficients**2, 0)
    total = power[-1] if len(power) else torch.zeros(())
    return power / total if float(total) > 0 else torch.zeros_like(power)
