"""What a constant kernel predicts under momentum, in continuous time."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.spectrum import noise_floor, without_round_off


def momentum_flow(
    eigenvalues: Float[Tensor, " modes"],
    mode_coefficients: Float[Tensor, " modes"],
    learning_rate: float,
    momentum: float,
    step: Float[Tensor, " steps"],
) -> Float[Tensor, "steps modes"]:
    r"""Coefficients under continuous heavy ball: c'' + g c' + lambda c = 0 in s = sqrt(eta) k, c'(0) = 0.

    g = (1 - beta) / sqrt(eta). It is the limit of the recurrence, not the recurrence at finite eta.

    Args:
        eigenvalues: Of the unnormalised kernel.
        mode_coefficients: At step 0.
        learning_rate: eta.
        momentum: beta, below 1.
        step: k, not necessarily whole; may be infinity.

    Source: theory, section 2 (momentum).
    """
    remaining, _ = _heavy_ball(without_round_off(eigenvalues), learning_rate, momentum, step)
    return remaining * mode_coefficients


def momentum_flow_factor(
    eigenvalues: Float[Tensor, " modes"], learning_rate: float, momentum: float, step: Float[Tensor, " steps"]
) -> Float[Tensor, "steps modes"]:
    """(1 - m) / lambda for `predict`, m the fraction that `momentum_flow` leaves; arguments as there."""
    rates = without_round_off(eigenvalues)
    _, factor = _heavy_ball(rates, learning_rate, momentum, step)
    return torch.where(torch.isinf(step)[:, None] & (rates <= noise_floor(eigenvalues)), 0.0, factor)


def _heavy_ball(rates: Tensor, learning_rate: float, momentum: float, step: Tensor) -> tuple[Tensor, Tensor]:
    """m and (1 - m)/lambda of m'' + g m' + lambda m = 0, m(0) = 1, m'(0) = 0, at s = sqrt(eta) step."""
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum must be at least 0 and below 1; you gave {momentum}")
    damping = (1 - momentum) / math.sqrt(learning_rate)
    s = math.sqrt(learning_rate) * step[:, None]
    half = damping / 2
    discriminant = half**2 - rates
    over = discriminant > 0
    w = torch.sqrt(discriminant.abs())
    # Overdamped: the roots -slow and -fast; slow = lambda / fast keeps its digits for small lambda.
    fast = half + torch.where(over, w, 0.0)
    slow = rates / fast
    gap = torch.where(over & (w > 0), 2 * w, 1.0)
    slow_part, fast_part = torch.exp(-_times(s, slow)), torch.exp(-_times(s, fast))
    over_slope = torch.where(w > 0, slow_part * -torch.expm1(-_times(s, gap)) / gap, _times(s, slow_part))
    over_remaining = (slow_part + fast_part) / 2 + half * over_slope
    over_factor = (
        torch.where(slow == 0, s, -torch.expm1(-_times(s, slow)) / slow) + torch.expm1(-_times(s, fast)) / fast
    ) / gap
    # Underdamped: the envelope is 0 at infinity, where sine and cosine are not defined.
    envelope, phase = torch.exp(-s * half), torch.where(torch.isinf(s), 0.0, s * w)
    under_slope = torch.where(w > 0, torch.sin(phase) / torch.where(w > 0, w, 1.0), s)
    under_remaining = envelope * (torch.cos(phase) + half * torch.where(torch.isinf(s), 0.0, under_slope))
    remaining = torch.where(over, over_remaining, under_remaining)
    # Near critical damping the two roots' difference cancels; 1 - m does not, lambda being far from 0 there.
    factor = torch.where(rates < half**2 / 2, over_factor, (1 - remaining) / torch.where(rates > 0, rates, 1.0))
    return remaining, factor


def _times(s: Tensor, rate: Tensor) -> Tensor:
    return torch.where(rate == 0, 0.0, s * rate)
