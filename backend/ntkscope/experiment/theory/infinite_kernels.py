"""The infinite-width kernels of a run's network, on its data and its grid, where they are found soon enough."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.numerics import InfiniteKernels, Series, TwoHalves, infinite_kernels, series_terms_of_layers
from ntkscope.schemas.network import Network

# Pairs of points times hidden layers that take half a second to a second on one core by closed form; by a Hermite
# series pairs times terms, summed over the layers.
CLOSED_FORM_PAIRS, SERIES_PAIRS = 2_000_000, 32_000_000
HALF_LINE_PAIRS = 20_000  # the same by quadrature on both half lines
PAIRS_OF_A_TERM, PAIRS_OF_A_POINT = 4_000, 10  # in whose time a term is prepared, and each point's coefficient of it


@dataclass(frozen=True)
class GridKernels:
    """What lies between data and grid; n training points, g grid points."""

    cross_kernel: Tensor  # (g, n) Theta
    cross_nngp: Tensor  # (g, n)
    variance: Tensor  # (g,) NNGP of a point with itself
    error: float  # of the series, or of the quadrature


def own_kernels(initial: InitialState) -> InfiniteKernels | None:
    """Both kernels on the training points; None where they are beyond the range of float64."""
    kernels = infinite_kernels(initial.problem.architecture, initial.problem.encoded)
    return kernels if bool(torch.isfinite(kernels.ntk).all()) else None


def grid_kernels(initial: InitialState) -> GridKernels | None:
    """The same from the grid to them; None where that is beyond the range of float64."""
    data, grid = initial.problem.encoded, initial.problem.grid_encoded
    across = infinite_kernels(initial.problem.architecture, grid, data)
    if not all(bool(torch.isfinite(part).all()) for part in (across.ntk, across.nngp, across.variances)):
        return None
    return GridKernels(across.ntk, across.nngp, across.variances, across.error)


def own_pairs(initial: InitialState) -> int:
    """Pairs of training points."""
    n = len(initial.problem.targets)
    return n * (n + 1) // 2


def grid_pairs(initial: InitialState) -> int:
    """Pairs of a grid point and a training point or itself."""
    return len(initial.problem.grid_encoded) * (len(initial.problem.targets) + 1)


def affordable(initial: InitialState, pairs: int, patience: int = 1) -> bool:
    """Whether the kernel is known and so many pairs take no longer than half a second to a second, times the patience.

    By counting; a series has more terms, a quadrature more nodes, the larger the pre-activations' variance.
    """
    network, problem = initial.config.network, initial.problem
    phi, sigmas = problem.architecture.activation, problem.architecture.sigmas
    if sigmas is None:
        return False
    if not isinstance(phi.infinite, Series):
        together = HALF_LINE_PAIRS if isinstance(phi.infinite, TwoHalves) else CLOSED_FORM_PAIRS
        return pairs * network.depth <= patience * together
    largest = max(float((x**2).mean(1).max()) for x in (problem.encoded, problem.grid_encoded))
    sigma_w, sigma_b = sigmas
    terms = series_terms_of_layers(phi, sigma_w**2 * largest + sigma_b**2, network.depth, sigma_w, sigma_b)
    points = len(problem.encoded) + len(problem.grid_encoded)
    work = pairs + PAIRS_OF_A_TERM + PAIRS_OF_A_POINT * points
    return terms is not None and work * terms <= patience * SERIES_PAIRS


def left_out(initial: InitialState) -> str:
    """Why a run tells nothing of infinite width, for the reader."""
    n, network = len(initial.problem.targets), initial.config.network
    architecture = initial.problem.architecture
    if architecture.sigmas is None:
        return f"The kernel of infinite width is left out: {unknown(network)}."
    sigma_w, _ = architecture.sigmas
    if affordable(initial, own_pairs(initial)):
        return (
            f"The kernel of infinite width is left out: on these points, with σ_w = {sigma_w:g}, "
            "it is beyond the range or the digits of float64."
        )
    if not isinstance(architecture.activation.infinite, Series):
        return f"The kernel of infinite width is left out: for {n:,} points it would take seconds."
    return (
        "The kernel of infinite width is left out: there is no closed form, and by a series, for "
        f"{n:,} points and σ_w = {sigma_w:g} at depth {network.depth}, it would take seconds."
    )


def unknown(network: Network) -> str:
    """Why no kernel of infinite width is known for the network's initialization."""
    return f"it is known for weights drawn from a normal distribution, and {network.initialization} draws uniform ones"
