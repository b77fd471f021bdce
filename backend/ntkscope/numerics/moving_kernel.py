"""What a kernel that was measured now and then predicts: the residual and the function, interval by interval."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.dynamics import descent_factor, gradient_descent
from ntkscope.numerics.spectrum import Spectrum

LARGEST = 1e60  # above 2/lambda_1 a prediction grows without end; it is not followed beyond


@dataclass(frozen=True)
class MovingState:
    """What the moving kernel predicts at one step.

    Args:
        step: Updates until then.
        residual: f(X) - y, (n,). Never the measured one but at step 0.
        function: f on the grid, (g,).
    """

    step: int
    residual: Float[Tensor, " n"]
    function: Float[Tensor, " g"]


def advance(
    state: MovingState,
    spectrum: Spectrum,
    cross_kernel: Float[Tensor, "g n"],
    learning_rate: float,
    step: int,
) -> MovingState:
    """The state at a later step, under gradient descent with one kernel until then: r <- (I - eta K)^steps r.

    Args:
        state: At the step where the kernel was measured.
        spectrum: Of that kernel.
        cross_kernel: K(x*, X) of the same network.
        learning_rate: eta.
        step: Not before the state's.

    Raises:
        ValueError: the step is before the state's.

    Source: theory, section 5.
    """
    if step < state.step:
        raise ValueError(f"a prediction only goes forward; it is at step {state.step} and you gave {step}")
    eigenvalues = spectrum.eigenvalues.clamp_min(0)
    steps = torch.tensor([float(step - state.step)], dtype=eigenvalues.dtype)
    coefficients = spectrum.mode_coefficients(state.residual)
    factor = descent_factor(eigenvalues, learning_rate, steps)[0]
    lost = torch.where(coefficients == 0, 0.0, factor * coefficients).clamp(-LARGEST, LARGEST)
    remaining = gradient_descent(eigenvalues, coefficients, learning_rate, steps)[0].clamp(-LARGEST, LARGEST)
    return MovingState(
        step,
        (spectrum.modes @ remaining).clamp(-LARGEST, LARGEST),
        (state.function - cross_kernel @ (spectrum.modes @ lost)).clamp(-LARGEST, LARGEST),
    )
