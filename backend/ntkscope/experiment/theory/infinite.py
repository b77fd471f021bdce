"""What infinite width says of a run, beside what the network of finite width does: Remark 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.errors import InvalidInput, TooLarge
from ntkscope.experiment.theory.at_points import AtPoints
from ntkscope.experiment.theory.growth import followed
from ntkscope.experiment.theory.infinite_kernels import (
    GridKernels,
    affordable,
    grid_kernels,
    grid_pairs,
    own_kernels,
    own_pairs,
    unknown,
)
from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.experiment.theory.modes import ModeGroups, describe_modes, kernel_modes, mode_frequencies
from ntkscope.experiment.theory.slices import Slices
from ntkscope.numerics import (
    FrozenKernel,
    InfiniteKernels,
    KernelPrediction,
    Law,
    Spectrum,
    Stages,
    drift,
    ensemble_variance,
    is_semidefinite,
    spectrum,
)
from ntkscope.numerics.frozen_kernel import LARGEST
from ntkscope.schemas.event_parts import Ensemble, InfiniteWidth

Array = NDArray[np.float64]

PATIENCE = 20  # times what a run waits, for one who asks for a prediction
ENSEMBLE_WORK = 3e7  # multiply-adds of the spread at one time: some 10 ms, at every frame
# Of ||r(0)||: a target of few waves has nothing in the other modes of a kernel as symmetric as the points, and what
# the eigenvectors' own round-off leaves there is no start to measure by.
SMALLEST_SHARE = 1e-8


@dataclass(frozen=True)
class InfiniteNetwork:
    """A run's network at infinite width.

    Args:
        own: Both kernels on the training points.
        grid: Those to the grid as well; None where they would take long.
        kernel: Theta, which predicts the run from this network's own f_0; without `grid` on the training points alone.
        mean: Theta from f_0 = 0, the mean over the draw; None without `grid`, and where training is centered, which
            takes their start away.
        groups: Of Theta's followed modes.
    """

    own: InfiniteKernels
    grid: GridKernels | None
    kernel: FrozenKernel
    mean: FrozenKernel | None
    groups: ModeGroups

    @property
    def error(self) -> float:
        """Of the series, or of the quadrature."""
        return max(self.own.error, self.grid.error) if self.grid else self.own.error

    def remaining(self, residual: Tensor) -> Array:
        """(H,) what is left of each group, in the basis of Theta."""
        now = (self.kernel.spectrum.leading(len(self.groups.start)).T @ residual).numpy()
        left: Array = self.groups.remaining(now[None])[0]
        return left

    def ensemble(self, law: Law, step: Tensor) -> Ensemble | None:
        """Mean and deviation over the draw after (1,) steps; None where there is no `mean`."""
        if self.mean is None or self.grid is None:
            return None
        found = self.mean.predict(law, step)
        variance = ensemble_variance(
            self.mean.spectrum, self.grid.cross_kernel, self.own.nngp, self.grid.cross_nngp, self.grid.variance,
            found.factor[0],
        )  # fmt: skip
        deviation = variance.sqrt().clamp(max=LARGEST)
        return Ensemble(mean=found.function[0].numpy(), standard_deviation=deviation.numpy())

    def ensemble_at_once(self, law: Law, step: Tensor) -> Ensemble | None:
        """The same for a run that waits: None as well where it would hold the run up."""
        n, g = len(self.kernel.residual), len(self.kernel.function)
        return self.ensemble(law, step) if g * n * n <= ENSEMBLE_WORK else None

    def describe(
        self, initial: InitialState, prediction: KernelPrediction, slices: Slices, points: AtPoints
    ) -> InfiniteWidth:
        """Theta's modes, how far K_0 is from it, and the loss of its prediction, for the first event."""
        decomposed = self.kernel.spectrum
        frequencies = mode_frequencies(decomposed, initial.problem, initial.followed)
        distance = drift(initial.matrix, self.own.ntk)
        return InfiniteWidth(
            **kernel_modes(decomposed, self.groups.start, frequencies, self.groups.groups, initial.problem),
            distance=distance if np.isfinite(distance) else None,
            truncation_error=self.own.error,
            loss=prediction.loss.where(followed(prediction.loss, initial.loss), np.nan).numpy(),
            slices=slices.of(self.own.ntk),
            kernel=points.entries(self.own.ntk),
        )


def infinite(initial: InitialState) -> InfiniteNetwork:
    """With the kernels between data and grid, for one who asks for a prediction.

    Raises:
        TooLarge: it would take too long.
        InvalidInput: it is beyond the range of float64, or not known for the network's initialization.
    """
    if initial.problem.architecture.sigmas is None:
        raise InvalidInput(
            "A network whose kernel of infinite width is known.",
            f"the initialization {initial.config.network.initialization}: {unknown(initial.config.network)}",
            "Ask for kernel=frozen, or take the initialization normal or he.",
            "kernel",
        )
    if not affordable(initial, own_pairs(initial) + grid_pairs(initial), PATIENCE):
        n, g = len(initial.problem.targets), len(initial.problem.grid_encoded)
        raise TooLarge(
            "Points and grid for which the kernel of infinite width can be found within about ten seconds.",
            f"{n:,} points, {g:,} grid points and {initial.config.network.activation} as activation",
            "Take fewer points or a coarser grid, or an activation with a closed form, such as erf or relu.",
            "kernel",
        )
    own = own_kernels(initial)
    grid = grid_kernels(initial) if own else None
    decomposed = spectrum(own.ntk) if own else None
    if own is None or grid is None or decomposed is None or not is_semidefinite(decomposed.eigenvalues):
        largest, sigma_w = float(initial.problem.encoded.abs().max()), initial.config.network.sigma_w
        raise InvalidInput(
            "Points on which the kernel of infinite width is within the range and the digits of float64.",
            f"inputs up to {largest:g} and σ_w = {sigma_w:g}",
            "Ask for kernel=frozen, or start a run whose inputs are near 1.",
            "kernel",
        )
    return _network(initial, own, decomposed, grid)


def infinite_stages(initial: InitialState) -> Stages[InfiniteNetwork | None]:
    """For a run that waits, with stops between its parts: without the grid where that would take long.

    None where `left_out` says why.
    """
    own = own_kernels(initial) if affordable(initial, own_pairs(initial)) else None
    yield
    if own is None:
        return None
    decomposed = spectrum(own.ntk)
    if not is_semidefinite(decomposed.eigenvalues):  # inputs so large that a closed form has lost its digits
        return None
    yield
    grid = grid_kernels(initial) if affordable(initial, grid_pairs(initial)) else None
    yield
    return _network(initial, own, decomposed, grid)


def _network(
    initial: InitialState, own: InfiniteKernels, decomposed: Spectrum, grid: GridKernels | None
) -> InfiniteNetwork:
    start, config = initial.kernel, initial.config
    cross_kernel = grid.cross_kernel if grid else None
    kernel = FrozenKernel(decomposed, cross_kernel, start.residual, start.function)
    targets, zero = initial.problem.targets, torch.zeros_like(start.function)
    drawn = grid is not None and not config.network.centered
    mean = FrozenKernel(decomposed, cross_kernel, -targets, zero) if drawn else None
    floor = max(initial.coefficient_floor, SMALLEST_SHARE * float(start.residual.norm()))
    groups = describe_modes(kernel, initial.problem, config.recording, floor, initial.learning_rate)
    return InfiniteNetwork(own, grid, kernel, mean, groups)
