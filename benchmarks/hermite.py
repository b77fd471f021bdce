"""Expectations without a closed form: the Hermite series against the quadrature in two variables, on one core.

Prints, for tanh, silu and softplus and several spreads of the pre-activations, the milliseconds of both for all pairs
of 64 points on an interval, their ratio, and the largest difference relative to sqrt(E[phi(u)^2] E[phi(v)^2]).
Usage: python benchmarks/hermite.py [--points 64] [--rounds 3]
"""

import argparse
import math
from collections.abc import Callable
from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from ntkscope.numerics import activation, series_terms
from ntkscope.numerics.hermite import series
from ntkscope.numerics.quadrature import trapezoid
from report import print_table, write_json


def best(call: Callable[[], tuple[Tensor, ...]], rounds: int) -> tuple[float, tuple[Tensor, ...]]:
    """The shortest time in ms, and the result."""
    times = []
    for _ in range(rounds):
        begun = perf_counter()
        found = call()
        times.append(1000 * (perf_counter() - begun))
    return min(times), found


def measure(name: str, sigma_w: float, points: int, rounds: int) -> dict[str, Any]:
    phi, x = activation(name), torch.linspace(-1, 1, points, dtype=torch.float64)
    s = sigma_w**2 * x[:, None] * x + 0.01
    p = s.diagonal()
    rows, columns = torch.tril_indices(points, points)  # the quadrature's pairs, each once, as a kernel takes them
    terms = series_terms(phi, math.sqrt(float(p.max())))
    assert terms is not None, "these spreads are within the series' reach"
    quick, (value, *_) = best(lambda: series(phi, p, s, p, terms), rounds)
    slow, (true, _) = best(lambda: trapezoid(phi, p[rows], s[rows, columns], p[columns]), rounds)
    own = torch.empty(points, dtype=torch.float64)
    own[rows[rows == columns]] = true[rows == columns]
    apart = (value[rows, columns] - true).abs() / torch.sqrt(own[rows] * own[columns])
    return {
        "activation": name, "deviation": math.sqrt(float(p.max())), "terms": terms, "series_ms": quick,
        "quadrature_ms": slow, "ratio": slow / quick, "difference": float(apart.max()),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = [
        measure(name, sigma_w, options.points, options.rounds)
        for name in ("tanh", "silu", "softplus")
        for sigma_w in (0.5, 1.5, 3.0)
    ]
    print_table(rows)
    write_json("hermite", rows)


if __name__ == "__main__":
    main()
