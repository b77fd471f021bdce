"""The infinite-width kernels of a run's network, on its data and its grid: Remark 1."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from ntkscope.errors import InvalidInput, TooLarge
from ntkscope.experiment.problem.build import Problem
from ntkscope.experiment.theory.initial_state import Start
from ntkscope.numerics import (
    FrozenKernel,
    InfiniteKernels,
    Law,
    Series,
    Spectrum,
    ensemble_variance,
    frequency_fit,
    infinite_kernels,
    series_terms_of_layers,
    spectrum,
)
from ntkscope.numerics.frozen_kernel import LARGEST
from ntkscope.schemas.event_parts import Ensemble, FrequencyFit

# Pairs of points times hidden layers that take half a second to a second on one core by closed form; by a Hermite
# series pairs times terms, summed over the layers.
CLOSED_FORM_PAIRS, SERIES_PAIRS = 2_000_000, 32_000_000
PAIRS_OF_A_TERM, PAIRS_OF_A_POINT = 4_000, 10  # in whose time a term is prepared, and each point's coefficient of it
PATIENCE = 20  # times that, for one who asks for a prediction


@dataclass(frozen=True)
class Limit:
    """Both kernels of infinite width that a prediction needs; n training points, g grid points."""

    spectrum: Spectrum  # of Theta on the training points
    cross_kernel: Tensor  # (g, n) Theta
    nngp: Tensor  # (n, n)
    cross_nngp: Tensor  # (g, n)
    grid_variance: Tensor  # (g,) NNGP of a point with itself
    error: float  # of the series, or of the quadrature

    def frozen(self, start: Start) -> FrozenKernel:
        """Theta, which predicts this network from its own f_0."""
        return FrozenKernel(self.spectrum, self.cross_kernel, start.residual, start.grid_function)

    def ensemble(self, start: Start, law: Law, step: Tensor) -> Ensemble:
        """Mean and deviation over the draw after (1,) steps; the mean starts from f_0 = 0."""
        targets, zero = start.problem.targets, torch.zeros_like(start.grid_function)
        found = FrozenKernel(self.spectrum, self.cross_kernel, -targets, zero).predict(law, step)
        variance = ensemble_variance(
            self.spectrum, self.cross_kernel, self.nngp, self.cross_nngp, self.grid_variance, found.factor[0]
        )
        deviation = variance.sqrt().clamp(max=LARGEST)
        return Ensemble(mean=found.function[0].numpy(), standard_deviation=deviation.numpy())


def own_kernels(start: Start) -> InfiniteKernels | None:
    """Both kernels on the training points; None where `left_out` says why."""
    n = len(start.residual)
    if not _affordable(start, n * (n + 1) // 2, 1):
        return None
    kernels = infinite_kernels(start.problem.architecture, start.problem.encoded)
    return kernels if bool(torch.isfinite(kernels.ntk).all()) else None


def left_out(start: Start) -> str:
    """Why there is no `infinite_width`, for the reader."""
    n, sigma_w = len(start.residual), start.config.network.sigma_w
    if _affordable(start, n * (n + 1) // 2, 1):
        return (
            f"The kernel of infinite width is left out: on these points, with σ_w = {sigma_w:g}, "
            "it is beyond the range of float64."
        )
    if not isinstance(start.problem.architecture.activation.infinite, Series):
        return f"The kernel of infinite width is left out: for {n:,} points it would take seconds."
    return (
        "The kernel of infinite width is left out: there is no closed form, and by a series, for "
        f"{n:,} points and σ_w = {sigma_w:g} at depth {start.config.network.depth}, it would take seconds."
    )


def limit(start: Start) -> Limit:
    """The kernels between data and grid.

    Raises:
        TooLarge: it would take too long.
        InvalidInput: it is beyond the range of float64.
    """
    n, g = len(start.residual), len(start.grid_function)
    if not _affordable(start, n * (n + 1) // 2 + _grid_pairs(start), PATIENCE):
        raise TooLarge(
            "Points and grid for which the kernel of infinite width can be found within about ten seconds.",
            f"{n:,} points, {g:,} grid points and {start.config.network.activation} as activation",
            "Take fewer points or a coarser grid, or an activation with a closed form, such as erf or relu.",
            "kernel",
        )
    own = infinite_kernels(start.problem.architecture, start.problem.encoded)
    found = _with_grid(start, own, spectrum(own.ntk)) if bool(torch.isfinite(own.ntk).all()) else None
    if found is None:
        raise InvalidInput(
            "Points on which the kernel of infinite width is within the range of float64.",
            f"inputs up to {float(start.problem.encoded.abs().max()):g} and σ_w = {start.config.network.sigma_w:g}",
            "Ask for kernel=start, or start a run whose inputs are near 1.",
            "kernel",
        )
    return found


def limit_at_once(start: Start, own: InfiniteKernels, decomposed: Spectrum) -> Limit | None:
    """The same for a run that waits, from what is known of its training points; None where it would take
    long, or where it is beyond the range of float64."""
    return _with_grid(start, own, decomposed) if _affordable(start, _grid_pairs(start), 1) else None


def _grid_pairs(start: Start) -> int:
    return len(start.grid_function) * (len(start.residual) + 1)


def _with_grid(start: Start, own: InfiniteKernels, decomposed: Spectrum) -> Limit | None:
    """None where what lies between the points is beyond the range of float64."""
    data, grid = start.problem.encoded, start.problem.grid_encoded
    across = infinite_kernels(start.problem.architecture, grid, data)
    if not all(bool(torch.isfinite(part).all()) for part in (across.ntk, across.nngp, across.variances)):
        return None
    return Limit(
        spectrum=decomposed,
        cross_kernel=across.ntk,
        nngp=own.nngp,
        cross_nngp=across.nngp,
        grid_variance=across.variances,
        error=max(own.error, across.error),
    )


def frequency_fits(frequencies: Tensor, decomposed: Spectrum, problem: Problem) -> list[FrequencyFit]:
    """Exponents of eigenvalue against frequency; on a circle odd and even frequencies apart too."""
    fits = []
    frequencies = torch.where(frequencies <= len(problem.targets) / 4, frequencies, torch.nan)
    parities: dict[Literal["all", "odd", "even"], int | None]
    parities = {"all": None, "odd": 1, "even": 0} if problem.geometry == "circle" else {"all": None}
    for name, parity in parities.items():
        found = frequency_fit(frequencies, decomposed.eigenvalues[: len(frequencies)], decomposed.noise_floor, parity)
        if found is None:
            continue
        fits.append(
            FrequencyFit(
                frequencies=name,
                exponent=found.slope,
                standard_error=found.standard_error,
                lowest=found.lowest,
                highest=found.highest,
                count=found.count,
                lowest_eigenvalue=found.at_lowest,
                highest_eigenvalue=found.at_highest,
            )
        )
    return fits


def _affordable(start: Start, pairs: int, patience: int) -> bool:
    """By counting; a series has more terms, a quadrature more nodes, the larger the pre-activations' variance."""
    network, problem = start.config.network, start.problem
    phi = problem.architecture.activation
    if not isinstance(phi.infinite, Series):
        return pairs * network.depth <= patience * CLOSED_FORM_PAIRS
    largest = max(float((x**2).mean(1).max()) for x in (problem.encoded, problem.grid_encoded))
    sigma_b = network.sigma_b if network.bias else 0.0
    variance = network.sigma_w**2 * largest + sigma_b**2
    terms = series_terms_of_layers(phi, variance, network.depth, network.sigma_w, sigma_b)
    points = len(problem.encoded) + len(problem.grid_encoded)
    work = pairs + PAIRS_OF_A_TERM + PAIRS_OF_A_POINT * points
    return terms is not None and work * terms <= patience * SERIES_PAIRS
