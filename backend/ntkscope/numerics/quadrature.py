"""The same two expectations for any smooth activation, by the trapezoid rule in both variables."""

import math

import torch
from torch import Tensor

from ntkscope.numerics.elementwise import Activation

REACH = 9.5  # standard deviations; the Gaussian weight beyond is 1e-20
LARGEST_STEP = 0.45  # in standard deviations: where the Gaussian alone sets the error, it is below 1e-40
PHASE_STEP = 0.22  # in units of z: tanh's poles lie at pi/2 i, so the error is about exp(-pi^2/0.22) = 1e-19
BLOCK = 2**18  # integrand values that are held at a time


def trapezoid(
    activation: Activation, p: Tensor, s: Tensor, q: Tensor, coarsening: float = 1.0
) -> tuple[Tensor, Tensor]:
    """E[phi(u) phi(v)] and E[phi'(u) phi'(v)] for (u, v) ~ N(0, [[p, s], [s, q]]), elementwise over three tensors.

    The trapezoid rule converges exponentially for an analytic integrand, down to round-off; Gauss-Hermite of
    order 200 is still off by 1e-5 for tanh.

    Args:
        activation: phi, analytic for |Im z| < pi/2.
        p: Variance of u.
        s: Covariance.
        q: Variance of v.
        coarsening: Factor on both steps; comparing two of them estimates the error.

    Source: Trefethen & Weideman 2014, "The exponentially convergent trapezoidal rule".
    """
    together = p + s + q
    shape, flat = together.shape, [part.expand_as(together).flatten() for part in (p, s, q)]
    larger, smaller = torch.maximum(flat[0], flat[2]), torch.minimum(flat[0], flat[2])
    # u, the wider of the two, is scaled by one Gaussian variable alone; v has a part of its own
    width = torch.sqrt(larger)
    shared = torch.where(width > 0, flat[1] / torch.where(width > 0, width, 1.0), 0.0)
    own = torch.sqrt((smaller - shared * shared).clamp_min(0))
    first, second = _half_counts(width, coarsening), _half_counts(own, coarsening)
    value, slope = torch.empty_like(width), torch.empty_like(width)
    for m1, m2 in torch.unique(torch.stack([first, second], 1), dim=0).tolist():
        members = torch.nonzero((first == m1) & (second == m2))[:, 0]
        size = max(1, BLOCK // ((2 * m1 + 1) * (2 * m2 + 1)))
        for start in range(0, len(members), size):
            part = members[start : start + size]
            value[part], slope[part] = _integrate(activation, width[part], shared[part], own[part], m1, m2)
    return value.view(shape), slope.view(shape)


def _half_counts(deviation: Tensor, coarsening: float) -> Tensor:
    """Nodes on each side of 0, rounded up to few different numbers, so that many pairs share a grid."""
    step = torch.clamp(PHASE_STEP / deviation.clamp_min(1e-300), max=LARGEST_STEP) * coarsening
    needed = REACH / step
    # a variable that is not there needs no nodes but 0
    return torch.where(deviation > 0, torch.exp2(torch.ceil(4 * torch.log2(needed)) / 4).ceil(), 0.0).long()


def _integrate(
    activation: Activation, width: Tensor, shared: Tensor, own: Tensor, m1: int, m2: int
) -> tuple[Tensor, Tensor]:
    g1, weight1 = _nodes(m1, width)
    g2, weight2 = _nodes(m2, width)
    u = width[:, None] * g1
    v = (shared[:, None] * g1)[:, :, None] + (own[:, None] * g2)[:, None, :]
    phi_u, phi_v = activation.function(u), activation.function(v)
    slope_u, slope_v = activation.slope(u, phi_u), activation.slope(v, phi_v)
    return ((phi_v @ weight2) * phi_u) @ weight1, ((slope_v @ weight2) * slope_u) @ weight1


def _nodes(half_count: int, like: Tensor) -> tuple[Tensor, Tensor]:
    step = REACH / half_count if half_count else math.sqrt(2 * math.pi)  # a single node weighs 1
    g = step * torch.arange(-half_count, half_count + 1, dtype=like.dtype, device=like.device)
    return g, torch.exp(-g * g / 2) * (step / math.sqrt(2 * math.pi))
