"""What infinite width says along a run, beside what the network of finite width does."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.experiment.infinite import Limit, frequency_fits, limit_at_once, own_kernels
from ntkscope.experiment.modes import describe_modes, mode_frequencies
from ntkscope.experiment.slices import Slices
from ntkscope.experiment.start import Start
from ntkscope.experiment.theory import LARGEST, Theory, factors, function_stages, functions, group_remaining, moved
from ntkscope.numerics import Spectrum, Stages, drift, ensemble_variance, predict, spectrum
from ntkscope.schemas.event_parts import Ensemble, Group, InfiniteWidth

Array = NDArray[np.float64]

ENSEMBLE_WORK = 3e7  # multiply-adds of the spread at one time: some 10 ms, at every frame
# Of ||r(0)||: a target of few waves has nothing in the other modes of a kernel as symmetric as the points, and what
# the eigenvectors' own round-off leaves there is no start to measure by.
SMALLEST_SHARE = 1e-8


@dataclass(frozen=True)
class Wide:
    """The limit of a run's network.

    Args:
        start: The run at step 0.
        theory: Which steps are recorded, and the law that is drawn.
        kernel: (n, n) Theta.
        spectrum: Of Theta.
        mode_coefficients: (m,) of the residual at step 0, in the followed modes of Theta.
        groups: H of these modes.
        limit: The kernels to the grid as well; None where they would take long.
        functions: (T, g) predicted at the recorded steps, from this network's own f_0; None without `limit`.
        error: Of the quadrature.
    """

    start: Start
    theory: Theory
    kernel: Tensor
    spectrum: Spectrum
    mode_coefficients: Array
    groups: list[Group]
    limit: Limit | None
    functions: Array | None
    error: float

    @classmethod
    def begin(cls, start: Start, theory: Theory) -> Stages[Wide | None]:
        """None where `infinite.left_out` says why; stops between its parts."""
        own = own_kernels(start)
        yield
        if own is None:
            return None
        decomposed = spectrum(own.ntk)
        yield
        coefficients = decomposed.leading(start.followed).T @ start.residual
        groups = describe_modes(
            decomposed,
            coefficients,
            start.problem,
            residual_norm=float(start.residual.norm()),
            coefficient_floor=max(start.coefficient_floor, SMALLEST_SHARE * float(start.residual.norm())),
            epsilon=start.config.recording.epsilon,
        )
        yield
        limit, drawn = limit_at_once(start, own, decomposed), None
        yield
        if limit is not None:
            factor = factors(start, decomposed, theory.time, theory.law)
            drawn = yield from function_stages(start, decomposed, limit.cross_kernel, factor)
        return cls(start, theory, own.ntk, decomposed, coefficients.numpy(), groups, limit, drawn, own.error)

    def at(self, theory: Theory) -> Wide:
        """The same at other steps."""
        drawn = None
        if self.limit is not None:
            factor = factors(self.start, self.spectrum, theory.time, theory.law)
            drawn = functions(self.start, self.spectrum, self.limit.cross_kernel, factor)
        return replace(self, theory=theory, functions=drawn)

    def announce(self, slices: Slices) -> InfiniteWidth:
        """The limit's spectrum, how far K_0 is from it, and the loss that it predicts."""
        start = self.start
        frequencies = mode_frequencies(self.spectrum, start.problem, start.followed)
        coefficients = moved(start, self.spectrum, self.theory.time, self.theory.law)
        distance = drift(start.kernel, self.kernel)
        return InfiniteWidth(
            eigenvalues=self.spectrum.eigenvalues.numpy(),
            noise_floor=self.spectrum.noise_floor,
            mode_coefficients=self.mode_coefficients,
            mode_frequencies=frequencies.numpy(),
            distance=distance if np.isfinite(distance) else None,
            quadrature_error=self.error,
            frequency_fits=frequency_fits(frequencies, self.spectrum, start.problem),
            groups=self.groups,
            loss=(0.5 * (coefficients**2).sum(1)).numpy(),
            slices=slices.of(self.kernel),
        )

    def remaining(self, residual: Tensor) -> Array:
        """(H,) what is left of each group, in the basis of Theta."""
        now = (self.spectrum.leading(self.start.followed).T @ residual).numpy()
        left: Array = group_remaining(now[None], self.mode_coefficients, self.groups)[0]
        return left

    def ensemble(self, at: int) -> Ensemble | None:
        """The spread over networks at entry `at` of the theory's steps.

        None where training is centered, which takes their start away, and where it would hold the run up.
        """
        n, g = len(self.start.residual), len(self.start.grid_function)
        if self.limit is None or self.start.config.network.centered or g * n * n > ENSEMBLE_WORK:
            return None
        factor = factors(self.start, self.spectrum, self.theory.time[at : at + 1], self.theory.law)[0]
        return ensemble(self.start, self.limit, factor)


def ensemble(start: Start, limit: Limit, factor: Tensor) -> Ensemble:
    """Mean and deviation over the draw, at the time of a factor (n,); the mean starts from f_0 = 0."""
    zero = torch.zeros_like(start.grid_function)
    mean = predict(limit.spectrum, limit.cross_kernel, -start.problem.targets, zero, factor[None])[0]
    variance = ensemble_variance(
        limit.spectrum, limit.cross_kernel, limit.nngp, limit.cross_nngp, limit.grid_variance, factor
    )
    deviation = variance.sqrt().clamp(max=LARGEST)
    return Ensemble(mean=mean.clamp(-LARGEST, LARGEST).numpy(), standard_deviation=deviation.numpy())
