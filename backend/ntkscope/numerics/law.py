"""The laws by which a constant kernel moves its modes: one class for each way of taking steps."""

import math
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.dynamics import descent_factor, flow_factor, gradient_descent, gradient_flow


@runtime_checkable
class Law(Protocol):
    """A closed form, mode by mode: c_i(step) = remaining_i(step) c_i(0). Both of its arrays have a row for each step.

    A step may be infinite: then it is kernel regression, and what is at or below the noise floor has not moved.
    """

    @property
    def learning_rate(self) -> float:
        """Time is learning_rate * step."""

    @property
    def largest_stable_eigenvalue(self) -> float:
        """Modes above it grow; in 1/time."""

    def steps_at(self, time: Float[Tensor, " times"]) -> Float[Tensor, " times"]:
        """The step at each time: the nearest whole one, where the law knows whole steps only."""

    def remaining(self, eigenvalues: Float[Tensor, " n"], step: Float[Tensor, " steps"]) -> Float[Tensor, "steps n"]:
        """m_i = c_i(step) / c_i(0), of all n eigenvalues of a kernel: they set the noise floor."""

    def factor(self, eigenvalues: Float[Tensor, " n"], step: Float[Tensor, " steps"]) -> Float[Tensor, "steps n"]:
        """(1 - m_i) / lambda_i, in time, which carries the prediction to new points; the time at lambda = 0."""


@dataclass(frozen=True)
class GradientFlow:
    """m = exp(-lambda t): steps as small as one likes."""

    learning_rate: float

    @property
    def largest_stable_eigenvalue(self) -> float:
        """Every mode shrinks."""
        return math.inf

    def steps_at(self, time: Float[Tensor, " times"]) -> Float[Tensor, " times"]:
        """Not whole ones."""
        return time / self.learning_rate

    def remaining(self, eigenvalues: Float[Tensor, " n"], step: Float[Tensor, " steps"]) -> Float[Tensor, "steps n"]:
        """As `gradient_flow` has it."""
        return gradient_flow(eigenvalues, torch.ones_like(eigenvalues), self.learning_rate * step)

    def factor(self, eigenvalues: Float[Tensor, " n"], step: Float[Tensor, " steps"]) -> Float[Tensor, "steps n"]:
        """As `flow_factor` has it."""
        return flow_factor(eigenvalues, self.learning_rate * step)


@dataclass(frozen=True)
class GradientDescent:
    """m = (1 - eta lambda)^step: the steps that training takes."""

    learning_rate: float

    @property
    def largest_stable_eigenvalue(self) -> float:
        """2 / eta."""
        return 2 / self.learning_rate

    def steps_at(self, time: Float[Tensor, " times"]) -> Float[Tensor, " times"]:
        """The nearest whole ones."""
        return (time / self.learning_rate).round()

    def remaining(self, eigenvalues: Float[Tensor, " n"], step: Float[Tensor, " steps"]) -> Float[Tensor, "steps n"]:
        """As `gradient_descent` has it."""
        return gradient_descent(eigenvalues, torch.ones_like(eigenvalues), self.learning_rate, step)

    def factor(self, eigenvalues: Float[Tensor, " n"], step: Float[Tensor, " steps"]) -> Float[Tensor, "steps n"]:
        """As `descent_factor` has it."""
        return descent_factor(eigenvalues, self.learning_rate, step)


LAWS: dict[str, type[GradientFlow] | type[GradientDescent]] = {
    "gradient_flow": GradientFlow,
    "gradient_descent": GradientDescent,
}

SETTLED = 20.0  # lambda t after which both laws have left below 3e-9 of a mode
SMALL = 1e-4  # x below which the limit for small x is as exact


def laws_apart(contraction: float) -> float:
    """max over steps k >= 0 of |(1 - x)^k - exp(-x k)|: how far gradient descent leaves gradient flow in one mode.

    Of the rate and the mode alone, so that it is the same for every part of a run. x / (2 e) for small x; 1 stands for
    all that is more, as from x = 2 on, where descent does not converge.

    Args:
        contraction: x = learning rate * eigenvalue, not negative.
    """
    if contraction >= 2:
        return 1.0
    if contraction < SMALL:
        return contraction / (2 * math.e)
    steps = torch.arange(math.ceil(SETTLED / contraction) + 1, dtype=torch.float64)
    law, flow = torch.full_like(steps, 1 - contraction) ** steps, torch.exp(-contraction * steps)
    return min(1.0, float((law - flow).abs().max()))
