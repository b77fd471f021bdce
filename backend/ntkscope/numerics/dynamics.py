"""What a constant kernel predicts of gradient flow and descent: mode coefficients, and functions at any time."""

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.spectrum import Spectrum, noise_floor, without_round_off


def gradient_flow(
    eigenvalues: Float[Tensor, " modes"],
    mode_coefficients: Float[Tensor, " modes"],
    time: Float[Tensor, " times"],
) -> Float[Tensor, "times modes"]:
    r"""Coefficients of the residual under gradient flow with a constant kernel: c_i(t) = c_i(0) exp(-lambda_i t).

    Args:
        eigenvalues: Of the unnormalised kernel, in 1/time. Negative ones within round-off count as 0.
        mode_coefficients: At time 0, in units of the target.
        time: learning_rate * step, not a step count; infinity is allowed, and leaves modes below the noise
            floor as they are.

    Raises:
        ValueError: an eigenvalue is negative; the message names its index and value.

    Source: Jacot et al. 2018, arXiv 1806.07572.
    """
    rates = without_round_off(eigenvalues)
    return torch.exp(-_product(time, rates)) * mode_coefficients


def gradient_descent(
    eigenvalues: Float[Tensor, " modes"],
    mode_coefficients: Float[Tensor, " modes"],
    learning_rate: float,
    step: Float[Tensor, " steps"],
) -> Float[Tensor, "steps modes"]:
    r"""Coefficients of the residual after gradient-descent steps: c_i(k) = (1 - eta lambda_i)^k c_i(0).

    Args:
        eigenvalues: Of the unnormalised kernel, in 1/time.
        mode_coefficients: At step 0, in units of the target.
        learning_rate: eta; stable exactly if it is below 2 / lambda_1. Beyond, coefficients grow up to infinity.
        step: Whole numbers, as floats.

    Raises:
        ValueError: an eigenvalue is negative; the message names its index and value.

    Source: theory, section 2.
    """
    powers = _powers(learning_rate * without_round_off(eigenvalues), step)
    return torch.where(mode_coefficients == 0, 0.0, powers * mode_coefficients)


def flow_factor(eigenvalues: Float[Tensor, " modes"], time: Float[Tensor, " times"]) -> Float[Tensor, "times modes"]:
    """(1 - exp(-lambda t)) / lambda, which is t at lambda = 0; at t = infinity 0 below the noise floor.

    Args:
        eigenvalues: All n of the kernel: their number and the largest set the floor.
        time: learning_rate * step; may be infinity.

    Source: theory, section 4.
    """
    rates = without_round_off(eigenvalues)
    decay = _product(time, rates)
    factor = torch.where(decay == 0, time[:, None], -torch.expm1(-decay) / rates)
    return torch.where(torch.isinf(time)[:, None] & (rates <= noise_floor(eigenvalues)), 0.0, factor)


def descent_factor(
    eigenvalues: Float[Tensor, " modes"], learning_rate: float, step: Float[Tensor, " steps"]
) -> Float[Tensor, "steps modes"]:
    """(1 - (1 - eta lambda)^k) / lambda, which is eta k at lambda = 0; at k = infinity 0 below the noise floor.

    Args:
        eigenvalues: All n of the kernel: their number and the largest set the floor.
        learning_rate: eta.
        step: Whole numbers, as floats; may be infinity.

    Source: theory, section 4.
    """
    rates = without_round_off(eigenvalues)
    contraction = learning_rate * rates
    small = contraction < 0.5
    logarithm = torch.log1p(-torch.where(small, contraction, 0.0))
    lost = torch.where(small, -torch.expm1(_product(step, logarithm)), 1 - _powers(contraction, step))
    factor = torch.where(contraction == 0, learning_rate * step[:, None], lost / rates)
    return torch.where(torch.isinf(step)[:, None] & (rates <= noise_floor(eigenvalues)), 0.0, factor)


def predict(
    spectrum: Spectrum,
    cross_kernel: Float[Tensor, "new n"],
    residual: Float[Tensor, " n"] | Float[Tensor, "n m"],
    start: Float[Tensor, " new"] | Float[Tensor, "new m"],
    factor: Float[Tensor, "times n"],
) -> Float[Tensor, "times new"] | Float[Tensor, "times new m"]:
    """f(x*; t) = f_0(x*) - K(x*, X) Q diag(factor(t)) Q^T r(0), the frozen-kernel prediction at any points.

    Args:
        spectrum: Of K(X, X).
        cross_kernel: K(x*, X); the kernel itself predicts the training points.
        residual: f_0(X) - y at time 0, for one output or m of them that share the kernel.
        start: f_0(x*).
        factor: Of every mode at every time: `flow_factor`, `descent_factor` or `momentum_flow_factor`.

    Source: theory, section 4.
    """
    coefficients = spectrum.mode_coefficients(residual)
    if coefficients.ndim == 1 and len(factor) == 1:  # from the right: no product of two matrices
        return start - (cross_kernel @ (spectrum.modes @ (factor[0] * coefficients)))[None]
    extended = cross_kernel @ spectrum.modes
    if coefficients.ndim == 1:
        return start - (factor * coefficients) @ extended.T
    return start - torch.einsum("xi,ti,im->txm", extended, factor, coefficients)


def mean_loss_time(time: float, learning_rate: float, points: int, outputs: int = 1) -> float:
    """Our time for a library's time: under 1/2 mean (f - y)^2 over n m entries at rate eta it is eta t / (n m).

    Args:
        time: In the other library's steps; may be infinity.
        learning_rate: The one given to that library.
        points: n.
        outputs: m.
    """
    return learning_rate * time / (points * outputs)


def _product(time: Tensor, rates: Tensor) -> Tensor:
    """time * rate for every pair, with infinity * 0 = 0."""
    return torch.where(rates == 0, 0.0, time[:, None] * rates)


def _powers(contraction: Tensor, step: Tensor) -> Tensor:
    """(1 - contraction)^step for every pair; small contractions through log1p, where 1 - contraction rounds."""
    small = contraction < 0.5
    by_logarithm = torch.exp(_product(step, torch.log1p(-torch.where(small, contraction, 0.0))))
    plain = torch.pow(1 - torch.where(small, 0.0, contraction), step[:, None])
    return torch.where(small, by_logarithm, plain)
