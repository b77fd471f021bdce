"""When is something below a limit for good: read off measurements, or off what a constant kernel predicts."""

import math
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Complex, Float
from torch import Tensor

from ntkscope.numerics.dynamics import gradient_descent

SEARCHED = 1500  # steps of the first look, along the logarithm
LAST_STEP = 1e300  # the search ends there
EDGE = 1e-12  # eta lambda this near to 2 is 2 to round-off
SMALLEST = 1e-300  # a limit below is no number to divide by


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


def step_for_good(steps: Float[Tensor, " steps"], values: Float[Tensor, " steps"], limit: float) -> ForGood:
    """As `for_good`, over steps from 0 on: nothing happens between the start and the first step."""
    found = for_good(steps, values, limit)
    return replace(found, time=max(1.0, found.time)) if found.time else found


def falls(eigenvalues: Float[Tensor, " m"], learning_rate: float) -> Bool[Tensor, " m"]:
    """Whether gradient descent makes a mode smaller, |1 - eta lambda| < 1: not at 0, nor from 2/lambda on."""
    contraction = learning_rate * eigenvalues.double()
    return (contraction > 0) & (contraction < 2 - EDGE)


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
    parts, constant = parts.to(torch.complex128), constant.to(torch.complex128)
    falling = falls(eigenvalues, learning_rate)
    never = (parts[:, ~falling] != 0).any(dim=1) | (constant.abs() > limits)
    moving, parts = eigenvalues.double()[falling], parts[:, falling]
    if not len(moving):
        return [None if bad else 0 for bad in never.tolist()]
    ones, by_axis = torch.ones_like(moving), [(parts.real, constant.real), (parts.imag, constant.imag)]

    def above(step: Float[Tensor, " S"], rows: Tensor) -> Tensor:
        """(len(rows), S): at this step or at the next, since modes may alternate."""
        left = [gradient_descent(moving, ones, learning_rate, at) for at in (step, step + 1)]
        sizes = [torch.hypot(*(real[rows] @ at.T + still[rows, None] for real, still in by_axis)) for at in left]
        return torch.maximum(*sizes) > limits[rows, None]

    last = _last_step(learning_rate * moving, parts[~never], (limits - constant.abs())[~never])
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


def norm_step_for_good(
    eigenvalues: Float[Tensor, " m"], learning_rate: float, parts: Float[Tensor, " m"], limit: float
) -> int | None:
    """The first step from which on the norm of parts_i (1 - eta lambda_i)^step stays at most a limit.

    In a norm modes cannot hide one another: it only falls.

    Args:
        eigenvalues: Those of 0, or of round-off below it, do not move.
        learning_rate: eta.
        parts: Of each mode, at step 0.
        limit: Positive.

    Returns:
        None where it is never so: a mode that is there grows, or what does not move is above.
    """
    contraction, squares = learning_rate * eigenvalues.double(), (parts.double() / limit) ** 2
    falling = falls(eigenvalues, learning_rate)
    if bool((squares[contraction >= 2 - EDGE] > 0).any()):
        return None
    still = float(squares[~falling].sum())
    moving, squares = contraction[falling], squares[falling]
    # log of (1 - c)^2, exact where c is near 0 or near 2
    logarithms = 2 * torch.log1p(-torch.minimum(moving, 2 - moving)).clamp_min(-1 / EDGE)

    def above(step: int) -> bool:
        return float((squares * torch.exp(float(step) * logarithms)).sum()) + still > 1

    if not above(0):
        return 0
    if still >= 1:
        return None
    factors = math.log((float(squares.sum()) + still) / (1 - still))
    first, last = (min(factors / max(-float(rate), SMALLEST), LAST_STEP) for rate in logarithms.aminmax())
    low, high = 0 if still else max(0, int(first) - 1), int(last) + 1
    if above(high):  # a rate among the smallest numbers has no step at which anything has happened
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if above(middle) else (low, middle)
    return high


def _last_step(contraction: Float[Tensor, " m"], parts: Complex[Tensor, "F m"], room: Float[Tensor, " F"]) -> float:
    """A step at which even the sum of the modes' sizes is below each limit, had all fallen like the slowest."""
    slowest = float(torch.minimum(contraction, 2 - contraction).min())
    ratio = parts.abs().sum(dim=1) / room.clamp_min(SMALLEST)
    factors = float(torch.log(ratio.clamp(1.0, 1 / SMALLEST)).max()) if len(ratio) else 0.0
    return min(2.0 + factors / slowest, LAST_STEP)
