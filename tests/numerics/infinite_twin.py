"""The kernel recursion in forty digits, by the textbook formulas, one pair of numbers at a time."""

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np

mp.mp.dps = 40
Number = Any  # mpmath has no types
Dual = Callable[[Number, Number, Number], tuple[Number, Number]]


def dual(name: str, parameters: dict[str, float]) -> Dual:
    """E[phi phi] and E[phi' phi'] as the table of reference/README.md writes them."""
    return lambda p, s, q: FORMULAS[name](p, s, q, {key: mp.mpf(value) for key, value in parameters.items()})


def _leaky_relu(p: Number, s: Number, q: Number, given: dict[str, Number]) -> tuple[Number, Number]:
    alpha = given.get("alpha", mp.mpf(0))
    r = mp.sqrt(max(p * q - s * s, 0))
    c, theta = (1 - alpha) ** 2 / (2 * mp.pi), mp.atan2(r, s)
    h = (1 + alpha**2) / 2 - c * theta
    return c * r + h * s, h


def _erf(p: Number, s: Number, q: Number, given: dict[str, Number]) -> tuple[Number, Number]:
    root = mp.sqrt((1 + 2 * p) * (1 + 2 * q) - 4 * s * s)
    return 2 / mp.pi * mp.asin(2 * s / mp.sqrt((1 + 2 * p) * (1 + 2 * q))), 4 / mp.pi / root


def _gelu(p: Number, s: Number, q: Number, given: dict[str, Number]) -> tuple[Number, Number]:
    a = (1 + p) * (1 + q)
    d = a - s * s
    w = mp.mpf(1) / 4 + mp.asin(s / mp.sqrt(a)) / (2 * mp.pi)
    value = s * w + (s * s + p * q * d) / (2 * mp.pi * a * mp.sqrt(d))
    return value, w + s * (1 / d + (1 - p * q) / a + 1) / (2 * mp.pi * mp.sqrt(d))


def _sin(p: Number, s: Number, q: Number, given: dict[str, Number], shift: Number = 0) -> tuple[Number, Number]:
    a, b, c = (given.get(key, mp.mpf(value)) for key, value in (("a", 1), ("b", 1), ("c", 0)))
    m, plus = (mp.exp(-(b**2) * (p + q + sign * 2 * s) / 2) for sign in (-1, 1))
    plus *= mp.cos(2 * (c + shift))
    return a**2 * (m - plus) / 2, a**2 * b**2 * (m + plus) / 2


def _gaussian(p: Number, s: Number, q: Number, given: dict[str, Number]) -> tuple[Number, Number]:
    d = (1 + 2 * p) * (1 + 2 * q) - 4 * s * s
    return 1 / mp.sqrt(d), 4 * s / mp.sqrt(d) ** 3


def _rbf(p: Number, s: Number, q: Number, given: dict[str, Number]) -> tuple[Number, Number]:
    gamma = given.get("gamma", mp.mpf(1))
    value = mp.exp(-gamma * (p + q - 2 * s))
    return value, 2 * gamma * value


FORMULAS: dict[str, Callable[..., tuple[Number, Number]]] = {
    "relu": _leaky_relu,
    "leaky_relu": _leaky_relu,
    "erf": _erf,
    "gelu": _gelu,
    "sin": _sin,
    "cos": lambda p, s, q, given: _sin(p, s, q, given, mp.pi / 2),
    "gaussian": _gaussian,
    "rbf": _rbf,
    "linear": lambda p, s, q, given: (s, mp.mpf(1)),
}


def recursion(
    x1: Any, x2: Any, depth: int, formulas: Dual, sigma_w: float, sigma_b: float, width: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """NNGP and NTK for every pair of rows, as float64. With a width: the NTK of the standard parameterization."""
    w2, b2 = mp.mpf(sigma_w) ** 2, mp.mpf(sigma_b) ** 2
    nngp, ntk = np.empty((len(x1), len(x2))), np.empty((len(x1), len(x2)))
    for i, first in enumerate(x1):
        for j, second in enumerate(x2):
            p, gram, q = (
                mp.fsum(mp.mpf(float(a)) * mp.mpf(float(b)) for a, b in zip(u, v, strict=True))
                for u, v in ((first, first), (first, second), (second, second))
            )
            p, s, q = (w2 * product / len(first) + b2 for product in (p, gram, q))
            t = s if width is None else gram + 1
            for _ in range(depth):
                value, slope = formulas(p, s, q)
                own = w2 * value + b2 if width is None else width * value + 1
                t = own + w2 * t * slope
                p, s, q = (w2 * moment + b2 for moment in (formulas(p, p, p)[0], value, formulas(q, q, q)[0]))
            nngp[i, j], ntk[i, j] = s, t
    return nngp, ntk
