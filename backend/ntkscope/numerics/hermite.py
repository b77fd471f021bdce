"""The two expectations of a smooth activation by its Hermite series: quick where there are many pairs.

With h_k the orthonormal Hermite polynomials and a_k(d) = E[phi(d g) h_k(g)], b_k(d) = E[phi'(d g) h_k(g)],

    E[phi(u) phi(v)] = sum_k a_k(sqrt p) a_k(sqrt q) rho^k,  E[phi'(u) phi'(v)] = sum_k b_k(sqrt p) b_k(sqrt q) rho^k

for (u, v) ~ N(0, [[p, s], [s, q]]) and rho = s / sqrt(p q). Coefficients belong to points, not to pairs: a pair costs
a polynomial, where a quadrature in two variables evaluates phi thousands of times.

Source: Mehler's formula; Daniely et al. 2016, arXiv 1602.05897.
"""

import math

import torch
from torch import Tensor

from ntkscope.numerics.elementwise import Activation, Series

FEWEST, MOST_TERMS = 24, 8192
SPEED = 22.0  # measured: beyond (SPEED d / pole)^2 terms 1e-16 of a series of deviation d is left
REACH = 13.0  # standard deviations; the root of the Gaussian weight beyond is 1e-19
DIGITS = 42.0  # the trapezoid rule's error is about exp(-DIGITS)
BLOCK = 2**15  # pairs that are summed together, so that they stay in the cache


def series_terms(activation: Activation, largest_deviation: float) -> int | None:
    """How many terms the series of a variable of this deviation has; None where that is more than it is worth.

    Args:
        activation: phi, which has a series.
        largest_deviation: sqrt of the largest variance of a pre-activation.

    Raises:
        ValueError: it has none.
    """
    terms = FEWEST + math.ceil(min(SPEED * largest_deviation / _pole(activation), MOST_TERMS) ** 2)
    return terms if terms <= MOST_TERMS else None


def series(
    activation: Activation, p: Tensor, s: Tensor, q: Tensor, terms: int, coarsening: float = 1.0
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """E[phi(u) phi(v)] and E[phi'(u) phi'(v)] of every pair, then E[phi(u)^2] and E[phi(v)^2].

    Args:
        activation: phi.
        p: (n1,) variances of u.
        s: (n1, n2) covariances.
        q: (n2,) variances of v.
        terms: Of the series, from `series_terms` for the largest of these variances.
        coarsening: Of the step, and of the number of terms; comparing two of them estimates the error.
    """
    terms = math.ceil(terms / coarsening)
    left, right = torch.sqrt(p), torch.sqrt(q)
    # each deviation once, on one grid of nodes: in a symmetric kernel those of u are those of v
    found = _slope_coefficients(activation, left if p is q else torch.cat([left, right]), terms, coarsening)
    (a0, b), (c0, d) = ((part[: len(p)] for part in found), (part[-len(q) :] for part in found))
    size = left[:, None] * right
    rho = torch.where(size > 0, s / torch.where(size > 0, size, 1.0), 0.0).clamp_(-1, 1)
    root = torch.arange(1, terms + 1, dtype=p.dtype, device=p.device).sqrt()
    a, c = left[:, None] * b / root, right[:, None] * d / root  # a_k = d b_{k-1} / sqrt k
    value, slope = torch.zeros_like(s), torch.zeros_like(s)
    rows = max(1, BLOCK // max(1, s.shape[1]))
    for first in range(0, len(p), rows):
        block = slice(first, first + rows)
        # Horner's scheme, the coefficients of a term as a row, so that it lies together in memory
        _polynomial(a[block].T.contiguous(), c.T.contiguous(), rho[block], value[block])
        _polynomial(b[block].T.contiguous(), d.T.contiguous(), rho[block], slope[block])
    return value * rho + a0[:, None] * c0, slope, a0**2 + (a**2).sum(1), c0**2 + (c**2).sum(1)


def _pole(activation: Activation) -> float:
    if not isinstance(activation.infinite, Series):
        raise ValueError(
            f"a series needs the distance of the poles; {activation.name} has infinite={activation.infinite}"
        )
    return activation.infinite.pole


def _polynomial(left: Tensor, right: Tensor, rho: Tensor, result: Tensor) -> None:
    """Adds sum_k left[k, i] right[k, j] rho[i, j]^k to a result of zeros, in place."""
    for k in range(len(left) - 1, -1, -1):
        result.mul_(rho).addcmul_(left[k, :, None], right[k])


def _slope_coefficients(
    activation: Activation, deviations: Tensor, terms: int, coarsening: float = 1.0
) -> tuple[Tensor, Tensor]:
    """E[phi(d g)] as (n,) and b_0 .. b_{terms - 1} as (n, terms), by the trapezoid rule.

    It converges exponentially: phi'(d g) has its poles at |Im g| = pole / d, where h_k has grown by exp(sqrt k Im g).
    """
    distance = min(_pole(activation) / max(float(deviations.max()), 1e-300), 8.0)
    step = 2 * math.pi * distance / (DIGITS + math.sqrt(terms) * distance) * coarsening
    count = math.ceil(REACH / step)
    step = REACH / count
    g = step * torch.arange(-count, count + 1, dtype=deviations.dtype, device=deviations.device)
    weight = step * torch.exp(-g * g / 4) / (2 * math.pi) ** 0.25  # its other half is in the functions
    z = deviations[:, None] * g
    value = activation.function(z)
    functions = _hermite_functions(g, terms)
    return (value @ (weight * functions[0])), (activation.slope(z, value) * weight) @ functions.T


def _hermite_functions(g: Tensor, terms: int) -> Tensor:
    """(terms, nodes): h_k(g) times the root of the Gaussian weight, by their recurrence, which is stable."""
    functions = g.new_empty(terms, len(g))
    functions[0] = torch.exp(-g * g / 4) / (2 * math.pi) ** 0.25
    functions[1] = g * functions[0]
    for k in range(1, terms - 1):
        functions[k + 1] = (g * functions[k] - math.sqrt(k) * functions[k - 1]) / math.sqrt(k + 1)
    return functions
