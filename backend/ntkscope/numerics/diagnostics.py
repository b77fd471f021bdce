"""Numbers that say how far theory and run agree."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.spectrum import unit_roundoff

LARGEST = 1e140  # of a function or a residual that is followed: its squares are numbers, in any unit of a target


def drift(kernel: Float[Tensor, "n n"], start_kernel: Float[Tensor, "n n"]) -> float:
    """||K_t - K_0||_F / ||K_0||_F; 0 where both are 0."""
    change, size = float(torch.linalg.norm(kernel - start_kernel)), float(torch.linalg.norm(start_kernel))
    return change / size if size > 0 else (0.0 if change == 0 else math.inf)


def parameter_drift(parameters: Sequence[Tensor], start: Sequence[Tensor]) -> Float[Tensor, ""]:
    """||theta_t - theta_0|| / ||theta_0|| over all parameters together; on their device: no card waits for it."""
    change = torch.stack([(now - then).double().norm() for now, then in zip(parameters, start, strict=True)])
    found: Tensor = change.norm() / torch.stack([then.double().norm() for then in start]).norm()
    return found


def learning_time(eigenvalues: Float[Tensor, " modes"], epsilon: float) -> Float[Tensor, " modes"]:
    """Time until a mode is at the fraction epsilon of its start: ln(1/epsilon) / lambda; infinity for lambda <= 0."""
    return torch.where(eigenvalues > 0, math.log(1 / epsilon) / eigenvalues, math.inf)


def measured_learning_time(
    times: Float[Tensor, " times"], remaining: Float[Tensor, " times"], epsilon: float
) -> float | None:
    """The first time at which what remains is at epsilon, interpolated linearly in its logarithm.

    Args:
        times: Ascending.
        remaining: Fraction of the start; NaN where it was not measured.
        epsilon: Between 0 and 1.

    Returns:
        None if it was not reached.
    """
    measured = ~torch.isnan(remaining)
    t, left = times[measured].tolist(), remaining[measured].tolist()
    for i, value in enumerate(left):
        if value <= epsilon:
            if i == 0 or value == epsilon or value <= 0:
                return float(t[i])
            part = math.log(left[i - 1] / epsilon) / math.log(left[i - 1] / value)
            return float(t[i - 1] + part * (t[i] - t[i - 1]))
    return None


def identity_error(
    before: Float[Tensor, " n"],
    after: Float[Tensor, " n"],
    kernel: Float[Tensor, "n n"],
    residual: Float[Tensor, " n"],
    learning_rate: float,
) -> tuple[float, float]:
    """||f_{k+1} - f_k + eta K_t r_k|| / ||eta K_t r_k|| of one Euler step, and its floor u ||f|| / ||eta K r||.

    Args:
        before: f_k on the training points; its precision sets u.
        after: f_{k+1}.
        kernel: K_t at step k.
        residual: r_k.
        learning_rate: eta.

    Returns:
        The error (no number to trust below the floor) and the floor; both infinite where K r is 0.

    Source: theory, section 1.
    """
    predicted = learning_rate * (kernel @ residual.to(kernel))
    size = float(torch.linalg.norm(predicted))
    if size == 0:
        return math.inf, math.inf
    change = after.to(kernel) - before.to(kernel)
    error = float(torch.linalg.norm(change + predicted)) / size
    return error, unit_roundoff(before.dtype) * float(torch.linalg.norm(before.double())) / size


def log_log_slope(x: Float[Tensor, " points"], y: Float[Tensor, " points"]) -> tuple[float, float]:
    """Slope of log y against log x by least squares, and its standard error (NaN for two points).

    Raises:
        ValueError: fewer than two different x, or a value that is not positive.
    """
    if not bool(((x > 0) & (y > 0)).all()):
        raise ValueError("a slope on logarithmic axes needs positive values")
    u, v = x.double().log(), y.double().log()
    u, v = u - u.mean(), v - v.mean()
    spread = float(u @ u)
    if not spread > 0:
        raise ValueError("a slope needs at least two different x")
    slope = float(u @ v) / spread
    error = float(((v - slope * u) ** 2).sum())
    return slope, math.sqrt(error / (len(u) - 2) / spread) if len(u) > 2 else math.nan


@dataclass(frozen=True)
class LogLogFit:
    """y ~ x^slope by least squares on log-log axes, with both ends of the line.

    Args:
        slope: The exponent.
        standard_error: Of the slope; None for two points.
        count: Points that entered.
        lowest: The smallest x.
        highest: The largest.
        at_lowest: The line's y there.
        at_highest: And there.
    """

    slope: float
    standard_error: float | None
    count: int
    lowest: float
    highest: float
    at_lowest: float
    at_highest: float


def log_log_fit(x: Float[Tensor, " points"], y: Float[Tensor, " points"]) -> LogLogFit:
    """The line of `log_log_slope`; raises what that raises."""
    slope, error = log_log_slope(x, y)
    u, v = x.double().log(), y.double().log()
    ends = torch.stack([u.min(), u.max()])
    line = torch.exp(v.mean() + slope * (ends - u.mean()))
    known = None if math.isnan(error) else error
    return LogLogFit(slope, known, len(x), float(x.min()), float(x.max()), float(line[0]), float(line[1]))


def effective_rank(eigenvalues: Float[Tensor, " modes"]) -> float:
    """exp of the entropy of lambda / sum lambda; negative round-off counts as 0.

    Source: Roy & Vetterli 2007, "The effective rank".
    """
    positive = eigenvalues[eigenvalues > 0].double()
    shares = positive / positive.sum()
    return float(torch.exp(-(shares * shares.log()).sum())) if len(positive) else 0.0
