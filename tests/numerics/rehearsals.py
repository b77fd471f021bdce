"""Small trainings to rehearse, and the truth that they are compared with: the training itself, step by step."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ntkscope.numerics import ACTIVATIONS, MLP, empirical_ntk, euler_step, fourier_features, fourier_matrix
from ntkscope.numerics.rehearsal_leaps import Control, Training, Watched
from ntkscope.numerics.waves import wave_map
from tests.numerics.twins import architecture, generator

LEAPS = Control(first=0.0)  # no real steps first: small runs would be rehearsed by them from end to end
POINTS, GRID = 12, 20
FREQUENCIES = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
SCALINGS = ("ntk", "standard", "mean_field")


def training(
    phi: str = "erf",
    *,
    seed: int = 0,
    width: int = 48,
    depth: int = 1,
    parameterization: str = "ntk",
    bias: bool = True,
    output_scale: float = 1.0,
    centered: bool = True,
    encoded: bool = False,
    precision: torch.dtype = torch.float64,
    size: float = 1.0,
    fraction: float = 0.3,
    horizon: int = 1000,
) -> Training:
    """Three waves on an interval, learnt by a small network at a fraction of 2/lambda_1."""
    shape = architecture(
        depth, phi, 1.5, 0.7, width=width, parameterization=parameterization, bias=bias, output_scale=output_scale
    )
    position, grid = (torch.linspace(0, 1, count, dtype=torch.float64) for count in (POINTS, GRID))
    waves = torch.sin(2 * math.pi * FREQUENCIES[:, None] * position + 0.3)
    targets = size * (torch.tensor([1.0, 0.7, 0.5], dtype=torch.float64) @ waves)
    x, at = ((4 * place - 2)[:, None] for place in (position, grid))
    if encoded:
        matrix = fourier_matrix(8, 1, 0.4, generator=generator(seed + 1))
        x, at = fourier_features(x, matrix), fourier_features(at, matrix)
    network = MLP.create(x.shape[1], shape, generator=generator(seed)).to(dtype=precision)
    x, at = x.to(precision), at.to(precision)
    output, grid_output = network(x)[:, 0].double(), network(at)[:, 0].double()
    rate = fraction * 2 / float(torch.linalg.eigvalsh(empirical_ntk(network, x))[-1])
    rows = wave_map(position, FREQUENCIES)
    return Training(
        network=network,
        inputs=x,
        goal=targets + output if centered else targets,
        grid_inputs=at,
        grid_offset=grid_output if centered else torch.zeros_like(grid_output),
        learning_rate=rate,
        watched=Watched(rows, 0.1 * (rows @ targets.to(rows.dtype)).abs()),
        horizon=horizon,
    )


def varied(seed: int) -> dict[str, Any]:
    """Every activation in turn, with a scaling, a precision, an encoding, a depth, a target's size of its own."""
    draw = torch.Generator().manual_seed(7000 + seed)

    def one(*values: Any) -> Any:
        return values[int(torch.randint(len(values), (1,), generator=draw))]

    return {
        "phi": list(ACTIVATIONS)[seed % len(ACTIVATIONS)],
        "seed": seed,
        "width": one(24, 48, 96),
        "depth": one(1, 1, 2, 3),
        "parameterization": SCALINGS[seed % len(SCALINGS)],
        "bias": one(True, True, False),
        "output_scale": one(1.0, 1.0, 3.0),
        "centered": one(True, False),
        "encoded": one(False, False, True),
        "precision": one(torch.float64, torch.float32),
        "size": one(0.3, 1.0, 3.0),
        "fraction": one(0.1, 0.3, 0.6),
    }


@dataclass(frozen=True)
class Trained:
    """(steps + 1, n) residuals, up to where it diverged; functions and the kernel's drift at steps asked for."""

    residuals: Tensor
    functions: dict[int, Tensor]
    drifts: dict[int, float]
    diverged: bool
    dead: bool

    def crossing(self, watched: Watched, row: int) -> tuple[int | None, int | None]:
        """The first step at which a row is at most its limit, and the first of those that go on to the end."""
        sizes, limit = watched.sizes(self.residuals)[:, row], float(watched.limits[row])
        below, above = torch.nonzero(sizes <= limit)[:, 0], torch.nonzero(sizes > limit)[:, 0]
        last = int(above[-1]) + 1 if len(above) else 0
        return int(below[0]) if len(below) else None, last if last < len(sizes) else None


def train(asked: Training, told: Iterable[int] = ()) -> Trained:
    """All of it, and function and kernel at these steps."""
    network, functions, drifts, steps = asked.network.copy(), {}, {}, set(told)
    start = empirical_ntk(asked.network.copy().to(dtype=torch.float64), asked.inputs.double())
    take, goal = euler_step(network, asked.inputs), asked.goal.to(asked.inputs)
    residuals: list[Tensor] = []
    diverged = False
    while len(residuals) <= asked.horizon and not diverged:
        if len(residuals) in steps:
            functions[len(residuals)] = network(asked.grid_inputs)[:, 0].double() - asked.grid_offset
            kernel = empirical_ntk(network.copy().to(dtype=torch.float64), asked.inputs.double())
            drifts[len(residuals)] = float((kernel - start).norm() / start.norm())
        residuals.append(take(goal, asked.learning_rate).double())
        diverged = not float(residuals[-1].norm()) <= 1e4 * float(residuals[0].norm())
    dead = network.hidden_derivatives_all_zero(asked.inputs)
    return Trained(torch.stack(residuals), functions, drifts, diverged, dead)
