"""The infinite-width kernel of a run's network, on its data: Remark 1."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ntkscope.errors import TooLarge
from ntkscope.experiment.build import Problem, activation_of
from ntkscope.experiment.modes import mode_frequencies
from ntkscope.experiment.start import Start
from ntkscope.numerics import (
    InfiniteKernels,
    Spectrum,
    drift,
    frequency_fit,
    has_closed_form,
    infinite_kernels,
    spectrum,
)
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import FrequencyFit, InfiniteWidth

# Pairs of points times hidden layers that take about half a second on one core, by closed form and by quadrature.
CLOSED_FORM_PAIRS, QUADRATURE_PAIRS = 4_000_000, 1_000
USUAL_VARIANCE = 5.0  # of a pre-activation, up to which that holds
PATIENCE = 20  # times that, for one who asks for a prediction
BLOCK = 32  # grid points whose own variances are found together


@dataclass(frozen=True)
class Limit:
    """Both kernels of infinite width that a prediction needs; n training points, g grid points."""

    spectrum: Spectrum  # of Theta on the training points
    cross_kernel: Tensor  # (g, n) Theta
    nngp: Tensor  # (n, n)
    cross_nngp: Tensor  # (g, n)
    grid_variance: Tensor  # (g,) NNGP of a point with itself
    error: float  # of the quadrature


def infinite_width(start: Start) -> InfiniteWidth | None:
    """The limit's spectrum and how far K_0 is from it; None where `left_out` says why."""
    n = len(start.residual)
    if not _affordable(start, n * (n + 1) // 2, 1):
        return None
    kernels = _kernels(start.config, start.problem.encoded)
    if not bool(torch.isfinite(kernels.ntk).all()):
        return None
    decomposed = spectrum(kernels.ntk)
    frequencies = mode_frequencies(decomposed, start.problem, start.followed)
    distance = drift(start.kernel, kernels.ntk)
    return InfiniteWidth(
        eigenvalues=decomposed.eigenvalues.numpy(),
        noise_floor=decomposed.noise_floor,
        mode_coefficients=decomposed.mode_coefficients(start.residual)[: start.followed].numpy(),
        mode_frequencies=frequencies.numpy(),
        distance=distance if np.isfinite(distance) else None,
        quadrature_error=kernels.error,
        frequency_fits=frequency_fits(frequencies, decomposed, start.problem),
    )


def left_out(start: Start) -> str:
    """Why there is no `infinite_width`, for the reader."""
    n, sigma_w = len(start.residual), start.config.network.sigma_w
    if _affordable(start, n * (n + 1) // 2, 1):
        return f"The kernel of infinite width is left out: with σ_w = {sigma_w:g} it is beyond the range of float64."
    if has_closed_form(activation_of(start.config.network)):
        return f"The kernel of infinite width is left out: for {n:,} points it would take seconds."
    return (
        "The kernel of infinite width is left out: there is no closed form, and by quadrature, for "
        f"{n:,} points and σ_w = {sigma_w:g}, it would take seconds."
    )


def limit(start: Start) -> Limit:
    """The kernels between data and grid.

    Raises:
        TooLarge: it would take too long.
    """
    n, g = len(start.residual), len(start.grid_function)
    if not _affordable(start, n * (n + 1) // 2 + g * n + g, PATIENCE):
        raise TooLarge(
            "Points and grid for which the kernel of infinite width can be found within about ten seconds.",
            f"{n:,} points, {g:,} grid points and {start.config.network.activation} as activation",
            "Take fewer points or a coarser grid, or an activation with a closed form, such as erf or relu.",
            "kernel",
        )
    data, grid = start.problem.encoded, start.problem.grid_encoded
    own, across = _kernels(start.config, data), _kernels(start.config, grid, data)
    block = BLOCK if has_closed_form(activation_of(start.config.network)) else 1
    variances = [_kernels(start.config, part).nngp.diagonal() for part in torch.split(grid, block)]
    return Limit(
        spectrum=spectrum(own.ntk),
        cross_kernel=across.ntk,
        nngp=own.nngp,
        cross_nngp=across.nngp,
        grid_variance=torch.cat(variances),
        error=max(own.error, across.error),
    )


def frequency_fits(frequencies: Tensor, decomposed: Spectrum, problem: Problem) -> list[FrequencyFit]:
    """Exponents of eigenvalue against frequency; on a circle odd and even frequencies apart too."""
    fits = []
    frequencies = torch.where(frequencies <= len(problem.targets) / 4, frequencies, torch.nan)
    parities = {"all": None, "odd": 1, "even": 0} if problem.geometry == "circle" else {"all": None}
    for name, parity in parities.items():
        found = frequency_fit(frequencies, decomposed.eigenvalues[: len(frequencies)], decomposed.noise_floor, parity)
        if found is not None:
            error = found.standard_error if np.isfinite(found.standard_error) else None
            fields = vars(found) | {"frequencies": name, "standard_error": error}
            fits.append(FrequencyFit.model_validate(fields))
    return fits


def _affordable(start: Start, pairs: int, patience: int) -> bool:
    """By counting; the nodes of a quadrature grow with the pre-activations' variance in both directions."""
    network, x = start.config.network, start.problem.encoded
    work = float(pairs * network.depth)
    if has_closed_form(activation_of(network)):
        return work <= patience * CLOSED_FORM_PAIRS
    variance = network.sigma_w**2 * max(1.0, float((x**2).mean(1).max())) + network.sigma_b**2
    return work * max(1.0, variance / USUAL_VARIANCE) <= patience * QUADRATURE_PAIRS


def _kernels(config: RunConfig, x1: Tensor, x2: Tensor | None = None) -> InfiniteKernels:
    network = config.network
    return infinite_kernels(
        x1,
        x2,
        depth=network.depth,
        activation=activation_of(network),
        sigma_w=network.sigma_w,
        sigma_b=network.sigma_b,
        bias=network.bias,
        parameterization=network.parameterization,
        width=network.width,
        output_scale=network.output_scale,
    )
