"""When is something below a limit for good: read off measurements, or off what a constant kernel predicts."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from ntkscope.numerics.dynamics import gradient_descent

SEARCHED = 1500  # steps of the first look, along the logarithm
FADED = 60.0  # factors of e after which a mode is gone: exp(-60) is far below round-off


@dataclass(frozen=True)
class ForGood:
    """The end of the last time above a limit.

    Args:
        time: From then on below, to the end of what is known; None where that is above at its end.
        lost: Below once, and above after that, at the end too.
    """

    time: float | None
    lost: bool


def for_good(times: Float[Tensor, " times"], values: Float[Tensor, " times"], limit: float) -> ForGood:
    """When measured values are below a limit for good, interpolated linearly in their logarithm.

    Args:
        times: Ascending.
        values: Not negative; NaN where nothing was measured.
        limit: Positive.
    """
    measured = ~torch.isnan(values)
    t, v = times[measured].double(), values[measured].double()
    above = torch.nonzero(v > limit)[:, 0]
    if not len(v):
        return ForGood(None, lost=False)
    if not len(above):
        return ForGood(float(t[0]), lost=False)
    last = int(above[-1])
    if last == len(v) - 1:
        return ForGood(None, lost=len(above) < len(v))
    before, after = float(v[last]), float(v[last + 1])
    part = 1.0 if after <= 0 else math.log(before / limit) / math.log(before / after)
    return ForGood(float(t[last] + part * (t[last + 1] - t[last])), lost=False)


def steps_for_good(
    eigenvalues: Float[Tensor, " m"],
    learning_rate: float,
    parts: Complex[Tensor, "F m"],
    constant: Complex[Tensor, " F"],
    limits: Float[Tensor, " F"],
) -> list[int | None]:
    """The first step from which on |sum_i parts_ki (1 - eta lambda_i)^step + constant_k| stays at most limits_k.

    Gradient descent with a constant kernel, whose modes neither all fall (they may alternate in sign) nor end at 0
    together: a wave may pass its limit, and come back.

    Args:
        eigenvalues: Positive.
        learning_rate: eta.
        parts: Of the m modes in each of F quantities, at step 0.
        constant: What no mode moves.
        limits: Not negative.

    Returns:
        For each quantity; None where it is never so: a mode that it needs does not fall, or the constant is above.
    """
    contraction = learning_rate * eigenvalues.double()
    falls = (contraction > 0) & (contraction < 2)
    never = (parts[:, ~falls] != 0).any(dim=1) | (constant.abs() > limits)
    moving, parts = eigenvalues.double()[falls], parts[:, falls]
    if not len(moving):
        return [None if bad else 0 for bad in never.tolist()]
    ones, slowest = torch.ones_like(moving), float(torch.minimum(contraction, 2 - contraction)[falls].min())

    def above(step: Float[Tensor, " S"], rows: Tensor) -> Tensor:
        """(len(rows), S): at this step or at the next, since modes may alternate."""
        left = [gradient_descent(moving, ones, learning_rate, at).to(parts.dtype) for at in (step, step + 1)]
        values = [(parts[rows] @ remaining.T + constant[rows, None]).abs() for remaining in left]
        return torch.maximum(*values) > limits[rows, None]

    last = max(2.0, FADED / slowest)
    steps = torch.logspace(0, math.log10(last), SEARCHED, dtype=torch.float64).round()
    steps = torch.cat([torch.zeros(1, dtype=torch.float64), torch.unique_consecutive(steps)])
    found: list[int | None] = []
    for row, seen in enumerate(above(steps, torch.arange(len(limits)))):
        at = torch.nonzero(seen)[:, 0]
        if bool(never[row]) or (len(at) and int(at[-1]) == len(steps) - 1):
            found.append(None)
            continue
        low, high = (int(steps[at[-1]]), int(steps[at[-1] + 1])) if len(at) else (-1, 0)
        while high - low > 1:
            middle = (low + high) // 2
            asked = torch.tensor([float(middle)], dtype=torch.float64)
            low, high = (middle, high) if bool(above(asked, torch.tensor([row]))) else (low, middle)
        found.append(high)
    return found
