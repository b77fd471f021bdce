"""The two expectations of an activation that is analytic on each side of 0 alone (elu, selu).

Given u, the mean of phi(v) has a formula; what is left is an integral over u = sqrt(p) g, on each half line of g. Near
g = 0 it changes over the distance e = own/shared at which v may still be on the other side of 0, so g = e sinh(t):
linear in t within e, logarithmic beyond, and Gauss-Legendre converges exponentially for any correlation.
"""

import math
from functools import cache

import numpy as np
import torch
from torch import Tensor

from ntkscope.numerics.elementwise import Activation, TwoHalves

REACH = 9.5  # standard deviations; the Gaussian weight beyond is 1e-20
NODES, FEWEST = 14.0, 16  # for each unit of t, and beside them: the integrand is analytic and bounded for |Im t| < pi/4
NARROWEST = 1e-9  # own/shared; what lies within has a weight below it
NONE = 1e-12  # own/shared, below which v is a multiple of u
BLOCK = 2**18  # integrand values that are held at a time


def half_lines(
    activation: Activation, p: Tensor, s: Tensor, q: Tensor, coarsening: float = 1.0
) -> tuple[Tensor, Tensor]:
    """E[phi(u) phi(v)] and E[phi'(u) phi'(v)] for (u, v) ~ N(0, [[p, s], [s, q]]), elementwise over three tensors.

    Beside the truncation error, which comparing two coarsenings estimates, there is round-off: q - s^2/p has half the
    digits where u and v are nearly parallel, which the second has too where phi' jumps.

    Args:
        activation: phi.
        p: Variance of u.
        s: Covariance.
        q: Variance of v.
        coarsening: Of the number of nodes.

    Raises:
        ValueError: the means of phi given u are not known.
    """
    if not isinstance(activation.infinite, TwoHalves):
        raise ValueError(f"half lines need the means of phi; {activation.name} has infinite={activation.infinite}")
    together = p + s + q
    shape, flat = together.shape, [part.expand_as(together).flatten() for part in (p, s, q)]
    width = torch.maximum(flat[0], flat[2]).sqrt()  # of u, the wider of the two
    shared = torch.where(width > 0, flat[1] / torch.where(width > 0, width, 1.0), 0.0)
    own = torch.sqrt((torch.minimum(flat[0], flat[2]) - shared * shared).clamp_min(0))
    own = torch.where(own > NONE * shared.abs(), own, 0.0)
    inner = torch.where(own > 0, own / shared.abs().clamp_min(1e-300), 1.0).clamp(NARROWEST, 1.0)
    inner = torch.minimum(inner, 1 / width.clamp_min(1.0))
    ends = torch.asinh(REACH / inner)
    # rounded up to few different numbers, so that many pairs share the nodes
    counts = torch.exp2(torch.ceil(4 * torch.log2((FEWEST + NODES * ends) / coarsening)) / 4).ceil().long()
    value, slope = torch.empty_like(width), torch.empty_like(width)
    for count in torch.unique(counts).tolist():
        members = torch.nonzero(counts == count)[:, 0]
        size = max(1, BLOCK // (2 * count))
        for start in range(0, len(members), size):
            part = members[start : start + size]
            value[part], slope[part] = _integrate(
                activation, width[part], shared[part], own[part], inner[part], ends[part], count
            )
    return value.view(shape), slope.view(shape)


def _integrate(
    activation: Activation, width: Tensor, shared: Tensor, own: Tensor, inner: Tensor, ends: Tensor, count: int
) -> tuple[Tensor, Tensor]:
    nodes, weights = (torch.from_numpy(part).to(width) for part in _legendre(count))
    t = ends[:, None] * (nodes + 1) / 2
    right = inner[:, None] * torch.sinh(t)
    weight = weights * ends[:, None] / 2 * inner[:, None] * torch.cosh(t)
    weight *= torch.exp(-right * right / 2) / math.sqrt(2 * math.pi)
    g, weight = torch.cat([-right, right], 1), torch.cat([weight, weight], 1)
    u = width[:, None] * g
    value, slope = _given(activation, shared[:, None] * g, own[:, None])
    return (activation.function(u) * value * weight).sum(1), (activation.derivative(u) * slope * weight).sum(1)


def _given(activation: Activation, mean: Tensor, own: Tensor) -> tuple[Tensor, Tensor]:
    """E[phi(v)] and E[phi'(v)] of v ~ N(mean, own^2); a variable without own deviation is its mean."""
    assert isinstance(activation.infinite, TwoHalves)
    value, slope = activation.infinite.means(mean, torch.where(own > 0, own, 1.0))
    exact = own == 0
    return torch.where(exact, activation.function(mean), value), torch.where(exact, activation.derivative(mean), slope)


@cache
def _legendre(count: int) -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights
