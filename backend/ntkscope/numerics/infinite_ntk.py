"""The NTK and the NNGP of an infinitely wide network: the kernel recursion."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.activations import ACTIVATIONS
from ntkscope.numerics.architecture import Architecture
from ntkscope.numerics.carried_angle import CarriedAngle
from ntkscope.numerics.elementwise import PiecewiseLinear
from ntkscope.numerics.moments import Moments

COARSER = 1.1  # of the second quadrature, whose difference from the first is the error estimate
Layers = CarriedAngle | Moments  # the state of the recursion, advanced layer by layer


@dataclass(frozen=True)
class InfiniteKernels:
    """Both kernels of one recursion.

    Args:
        nngp: Covariance of the outputs at the start.
        ntk: The kernel of training.
        variances: NNGP of each x1 with itself, which the recursion knows also where x2 is given.
        error: Estimate of the truncation error of a series or a quadrature in either, relative to
            sqrt(K_xx K_x'x'), beside which there is round-off; 0 for closed forms, which have round-off alone.
    """

    nngp: Float[Tensor, "n1 n2"]
    ntk: Float[Tensor, "n1 n2"]
    variances: Float[Tensor, " n1"]
    error: float


def infinite_kernels(
    architecture: Architecture, x1: Float[Tensor, "n1 d"], x2: Float[Tensor, "n2 d"] | None = None
) -> InfiniteKernels:
    """NNGP and NTK of a multilayer perceptron in the limit of infinite width, in float64.

        S = sigma_w^2 <x, x'>/d + sigma_b^2, T = S; then `depth` times
        S = sigma_w^2 E[phi(u) phi(v)] + sigma_b^2, T = S + sigma_w^2 T E[phi'(u) phi'(v)]

    Args:
        architecture: Of at least 1 hidden layer. Its widths enter where the parameterization is "standard", whose NTK
            grows with them (leading order), or "mean_field", whose kernels are ntk's over the last one; its
            `output_scale` multiplies both kernels by its square.
        x1: Inputs, after the encoding.
        x2: Other inputs; None means x1, and the results are exactly symmetric.

    Raises:
        ValueError: an unknown parameterization, widths that are missing or not one for each layer, a depth below 1, or
            an activation or an initialization whose limit is not known.

    Source: Jacot et al. 2018, arXiv 1806.07572; Lee et al. 2019, arXiv 1902.06720; theory, section 3.
    """
    parameterization, depth, phi = architecture.parameterization, architecture.depth, architecture.activation
    if parameterization not in ("ntk", "standard", "mean_field"):
        raise ValueError(f"a parameterization must be one of ntk, standard, mean_field; you gave {parameterization!r}")
    if depth < 1:
        raise ValueError(
            f"a limit of infinite width needs a hidden layer; you gave depth {depth}. Give depth=1 or more; a linear "
            "model's kernel is <x, x'> sigma_w^2/d + sigma_b^2 as it stands"
        )
    if phi.infinite is None:
        raise ValueError(
            f"the infinite-width kernels are known for {', '.join(ACTIVATIONS)}; you gave {phi.name!r}. "
            "Take one of these, or the empirical kernel of a wide network"
        )
    if architecture.sigmas is None:
        raise ValueError(
            "the infinite-width kernels are known for weights that are drawn from a normal distribution; you gave the "
            f"initialization {architecture.initialization!r}. Take the empirical kernel of a wide network"
        )
    sigma_w, scale_b = architecture.sigmas
    widths = [1] * depth if parameterization == "ntk" else _widths(architecture)
    factor = architecture.output_scale**2 / (widths[-1] if parameterization == "mean_field" else 1.0)
    left, right = x1.double(), None if x2 is None else x2.double()
    linear_gram = left @ (left if right is None else right).T

    def kernels(layers: Layers) -> InfiniteKernels:
        """The two recursions, whatever gives the expectations."""
        per_weight, own_bias = sigma_w**2, scale_b**2
        ntk_weights, ntk_bias = [per_weight] * depth, own_bias  # of a layer's own parameters in the NTK
        nngp = per_weight * linear_gram / left.shape[1] + own_bias
        ntk = nngp
        if parameterization == "standard":
            ntk_weights, ntk_bias = [float(width) for width in widths], 1.0 if architecture.bias else 0.0
            ntk = linear_gram + ntk_bias
        for ntk_weight in ntk_weights:
            value, slope = layers.advance()
            nngp = per_weight * value + own_bias
            ntk = ntk_weight * value + ntk_bias + per_weight * ntk * slope
        nngp, ntk = factor * nngp, factor * ntk
        if right is None:
            nngp, ntk = _symmetric(nngp), _symmetric(ntk)
        return InfiniteKernels(nngp, ntk, factor * layers.p, error=0.0)

    if isinstance(phi.infinite, PiecewiseLinear):
        return kernels(CarriedAngle(left, right, sigma_w, scale_b, phi.infinite.slope_below))
    layers = Moments(left, right, sigma_w, scale_b, phi)
    fine = kernels(layers)
    if layers.exact:
        return fine
    coarse = kernels(Moments(left, right, sigma_w, scale_b, phi, COARSER))
    scale = factor * torch.sqrt(layers.p[:, None] * layers.q)
    scale = torch.where(scale > 0, scale, 1.0)
    pairs = (fine.nngp, coarse.nngp), (fine.ntk, coarse.ntk)
    return replace(fine, error=max(float(((a - b).abs() / scale).max()) for a, b in pairs))


def infinite_ntk(
    architecture: Architecture, x1: Float[Tensor, "n1 d"], x2: Float[Tensor, "n2 d"] | None = None
) -> Float[Tensor, "n1 n2"]:
    """The NTK alone; arguments as in `infinite_kernels`."""
    return infinite_kernels(architecture, x1, x2).ntk


def nngp(
    architecture: Architecture, x1: Float[Tensor, "n1 d"], x2: Float[Tensor, "n2 d"] | None = None
) -> Float[Tensor, "n1 n2"]:
    """The NNGP alone; arguments as in `infinite_kernels`."""
    return infinite_kernels(architecture, x1, x2).nngp


def _widths(architecture: Architecture) -> list[int]:
    if architecture.width is None:
        raise ValueError(
            f"the kernel of the {architecture.parameterization} parameterization depends on the width; give one"
        )
    return architecture.widths()


def _symmetric(kernel: Tensor) -> Tensor:
    return (kernel + kernel.T) / 2
