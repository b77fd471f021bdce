"""Random problems that several benchmarks judge by: targets of a few waves, networks and sizes over decades."""

import math
from typing import Any

import numpy as np


def decades(draw: np.random.Generator, low: float, high: float) -> float:
    """Uniform in the logarithm."""
    return math.exp(draw.uniform(math.log(low), math.log(high)))


def random_fields(draw: np.random.Generator, widest: dict[int, int], points: list[int]) -> dict[str, Any]:
    """`data` and `network` of a config: one to four waves of size 0.1 to 100 on an interval or a circle.

    Args:
        draw: What is drawn next belongs to the caller.
        widest: By depth.
        points: One of these numbers.
    """
    depth = int(draw.choice([1, 1, 2, 3]))
    width = round(decades(draw, 8, widest[depth]))
    where: dict[str, Any] = {"kind": str(draw.choice(["interval", "circle"])), "n": int(draw.choice(points))}
    if where["kind"] == "interval":
        where["include_end"] = bool(draw.integers(2))
    count = int(draw.integers(1, 5))
    size = decades(draw, 0.1, 100)
    target = {
        "kind": "sinusoids",
        "frequencies": sorted(float(k) for k in draw.choice(np.arange(1, 7), count, replace=False)),
        "amplitudes": [float(size * part) for part in draw.uniform(0.3, 1, count)],
        "phases": [float(phase) for phase in draw.uniform(0, 2 * math.pi, count)],
    }
    network = {
        "width": width,
        "depth": depth,
        "activation": str(draw.choice(["erf", "tanh", "relu", "gelu"])),
        "sigma_w": float(draw.uniform(1, 4)),
        "sigma_b": float(draw.uniform(0, 2)),
        "centered": bool(draw.uniform() < 0.8),
    }
    return {"data": {"points": where, "target": target}, "network": network}
