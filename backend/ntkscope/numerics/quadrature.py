"""The same two expectations for any smooth activation, by the trapezoid rule in both variables."""

import math

import torch
from torch import Tensor

from ntkscope.numerics.activations import Activation
from ntkscope.numerics.fused_activations import fused, unfused

REACH = 9.0  # standard deviations; what lies beyond weighs 2e-19
LARGEST_STEP = 0.45  # in standard deviations: where the Gaussian alone sets the error, it is below 1e-40
PHASE_STEP = 0.14  # of the poles' distance from the real axis: the error is about exp(-2 pi/0.14) = 3e-20
POLES = {"tanh": math.pi / 2, "silu": math.pi, "softplus": math.pi}  # the nearest ones' distance
ODD = ("tanh",)  # phi(-u) phi(-v) = phi(u) phi(v): half the plane is enough
SMALL = 0.01  # a variance below which phi's quick form, right to 1e-16 absolutely, is not good enough for phi(z) ~ z
BLOCK = 2**15  # integrand values that are held at a time: they stay in cache


def trapezoid(
    activation: Activation, p: Tensor, s: Tensor, q: Tensor, coarsening: float = 1.0
) -> tuple[Tensor, Tensor]:
    """E[phi(u) phi(v)] and E[phi'(u) phi'(v)] for (u, v) ~ N(0, [[p, s], [s, q]]), elementwise over three tensors.

    The trapezoid rule converges exponentially for an analytic integrand, down to round-off; Gauss-Hermite of
    order 200 is still off by 1e-5 for tanh. Pairs that differ by round-off alone are evaluated once.

    Args:
        activation: phi, analytic for |Im z| < pi/2, or as far as `POLES` says.
        p: Variance of u.
        s: Covariance.
        q: Variance of v.
        coarsening: Factor on both steps; comparing two of them estimates the error.

    Source: Trefethen & Weideman 2014, "The exponentially convergent trapezoidal rule".
    """
    together = p + s + q
    shape, flat = together.shape, [part.expand_as(together).flatten() for part in (p, s, q)]
    larger, smaller = torch.maximum(flat[0], flat[2]), torch.minimum(flat[0], flat[2])
    first_of, pair = distinct(larger, flat[1], smaller)
    larger, between, smaller = larger[first_of], flat[1][first_of], smaller[first_of]
    # u, the wider of the two, is scaled by one Gaussian variable alone; v has a part of its own
    width = torch.sqrt(larger)
    shared = torch.where(width > 0, between / torch.where(width > 0, width, 1.0), 0.0)
    own = torch.sqrt((smaller - shared * shared).clamp_min(0))
    step = PHASE_STEP * POLES.get(activation.name, math.pi / 2)
    first, second = _half_counts(width, step, coarsening), _half_counts(own, step, coarsening)
    value, slope = torch.empty_like(width), torch.empty_like(width)
    grids = torch.stack([first, second, (smaller < SMALL).long()], 1)
    for m1, m2, exact in torch.unique(grids, dim=0).tolist():
        members = torch.nonzero((grids == grids.new_tensor([m1, m2, exact])).all(1))[:, 0]
        size = max(1, BLOCK // ((2 * m1 + 1) * (2 * m2 + 1)))
        for part in torch.split(members, size):
            value[part], slope[part] = _integrate(activation, width[part], shared[part], own[part], m1, m2, exact)
    return value[pair].view(shape), slope[pair].view(shape)


def distinct(larger: Tensor, s: Tensor, smaller: Tensor) -> tuple[Tensor, Tensor]:
    """Triples of moments that round-off alone tells apart, as one: on an equispaced circle n/2 or so of n^2.

    Variances count as equal within 4 units in the last place, correlations within 2^-51; the expectations then differ
    by less than 1e-15 of their scale.

    Returns:
        The first member of each kind, and the kind of each member.
    """
    scale = torch.sqrt(larger) * torch.sqrt(smaller)
    correlation = torch.where(scale > 0, s / torch.where(scale > 0, scale, 1.0), 0.0)
    kind = torch.round(correlation * 2**51).long()
    for variance in (larger, smaller):
        near = (variance.contiguous().view(torch.int64) + 2) >> 2  # neighbouring numbers have neighbouring bits
        _, kind = torch.unique(kind, return_inverse=True)
        values, number = torch.unique(near, return_inverse=True)
        kind = kind * len(values) + number
    kinds, kind = torch.unique(kind, return_inverse=True)
    members = torch.arange(len(kind), device=kind.device)
    first_of = members.new_full((len(kinds),), len(kind)).scatter_reduce(0, kind, members, "amin")
    return first_of, kind


def _half_counts(deviation: Tensor, phase_step: float, coarsening: float) -> Tensor:
    """Nodes on each side of 0, rounded up to few different numbers, so that many pairs share a grid."""
    step = torch.clamp(phase_step / deviation.clamp_min(1e-300), max=LARGEST_STEP) * coarsening
    needed = REACH / step
    # a variable that is not there needs no nodes but 0
    return torch.where(deviation > 0, torch.exp2(torch.ceil(4 * torch.log2(needed)) / 4).ceil(), 0.0).long()


def _integrate(
    activation: Activation, width: Tensor, shared: Tensor, own: Tensor, m1: int, m2: int, exact: int
) -> tuple[Tensor, Tensor]:
    g1, weight1 = _nodes(m1, width)
    g2, weight2 = _nodes(m2, width)
    if activation.name in ODD:
        g1, weight1 = g1[m1:], weight1[m1:] * torch.where(g1[m1:] > 0, 2.0, 1.0)
    both = unfused(activation) if exact else fused(activation)
    constants = (width.new_zeros(()), width.new_ones(()))
    width, shared, own = (both.input_factor * part for part in (width, shared, own))
    u = width[:, None] * g1
    v = torch.addcmul((shared[:, None] * g1)[:, :, None], own[:, None, None], g2)
    phi_u, slope_u, phi_v, slope_v = (torch.empty_like(part) for part in (u, u, v, v))
    both.evaluate(u, phi_u, slope_u, constants)
    both.evaluate(v, phi_v, slope_v, constants)
    value = ((phi_v @ weight2) * phi_u) @ weight1
    return value, (((slope_v @ weight2) * slope_u) @ weight1) * both.slope_factor**2


def _nodes(half_count: int, like: Tensor) -> tuple[Tensor, Tensor]:
    step = REACH / half_count if half_count else math.sqrt(2 * math.pi)  # a single node weighs 1
    g = step * torch.arange(-half_count, half_count + 1, dtype=like.dtype, device=like.device)
    return g, torch.exp(-g * g / 2) * (step / math.sqrt(2 * math.pi))
