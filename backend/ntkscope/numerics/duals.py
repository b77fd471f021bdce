"""E[phi(u) phi(v)] and E[phi'(u) phi'(v)] of a Gaussian pair, in closed form: one layer of an infinitely wide net.

(u, v) ~ N(0, [[p, s], [s, q]]). Sources: Williams 1997 (erf), Tsuchida et al. 2021 (gelu), Louart et al. 2018
(sinusoids, gaussian); collected in Han et al. 2022, arXiv 2209.04121. relu and leaky relu: `carried_angle`.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ntkscope.numerics.activations import Activation

# (p, s, q) -> the two expectations
Dual = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]


def closed_form(activation: Activation) -> Dual | None:
    """The activation's dual, or None where there is no closed form (tanh, silu, softplus)."""
    parameters = activation.parameters
    if activation.name in ("sin", "cos"):
        shift = parameters["c"] + (math.pi / 2 if activation.name == "cos" else 0)
        return lambda p, s, q: _sinusoid(p, s, q, parameters["a"], parameters["b"], shift)
    if activation.name == "rbf":
        return lambda p, s, q: _rbf(p, s, q, parameters["gamma"])
    return {"erf": _erf, "gelu": _gelu, "gaussian": _gaussian, "linear": _linear}.get(activation.name)


def has_closed_form(activation: Activation) -> bool:
    """Whether the infinite-width kernels of this activation need no quadrature."""
    return activation.name in ("relu", "leaky_relu") or closed_form(activation) is not None


def _erf(p: Tensor, s: Tensor, q: Tensor) -> tuple[Tensor, Tensor]:
    root = torch.sqrt((1 + 2 * p) * (1 + 2 * q) - 4 * s * s)
    return (2 / math.pi) * torch.atan2(2 * s, root), (4 / math.pi) / root


def _gelu(p: Tensor, s: Tensor, q: Tensor) -> tuple[Tensor, Tensor]:
    a = (1 + p) * (1 + q)
    d = a - s * s
    root = torch.sqrt(d)
    weight = 0.25 + torch.atan2(s, root) / (2 * math.pi)
    value = s * weight + (s * s + p * q * d) / (2 * math.pi * a * root)
    return value, weight + s * (1 / d + (1 - p * q) / a + 1) / (2 * math.pi * root)


def _sinusoid(p: Tensor, s: Tensor, q: Tensor, a: float, b: float, c: float) -> tuple[Tensor, Tensor]:
    """phi = a sin(b z + c). With M and P = exp(-b^2 (p + q -+ 2 s)/2) the first is a^2 (M - P cos 2c)/2."""
    plus = torch.exp(-(b**2) * (p + q + 2 * s) / 2)
    # (M - P)/2 without cancellation or overflow, whatever the sign of s
    larger = torch.exp(-(b**2) * (p + q - 2 * s.abs()) / 2)
    half_difference = torch.sign(s) * larger * -torch.expm1(-2 * b**2 * s.abs()) / 2
    value = a**2 * (half_difference + plus * math.sin(c) ** 2)
    return value, a**2 * b**2 * (half_difference + plus * math.cos(c) ** 2)


def _rbf(p: Tensor, s: Tensor, q: Tensor, gamma: float) -> tuple[Tensor, Tensor]:
    value = torch.exp(-gamma * (p + q - 2 * s))
    return value, 2 * gamma * value


def _gaussian(p: Tensor, s: Tensor, q: Tensor) -> tuple[Tensor, Tensor]:
    d = (1 + 2 * p) * (1 + 2 * q) - 4 * s * s
    root = torch.sqrt(d)
    return 1 / root, 4 * s / (d * root)


def _linear(p: Tensor, s: Tensor, q: Tensor) -> tuple[Tensor, Tensor]:
    return s, torch.ones_like(s)
