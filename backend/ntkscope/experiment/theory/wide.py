"""What infinite width says along a run, beside what the network of finite width does."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.experiment.theory.frozen import Theory, group_remaining
from ntkscope.experiment.theory.infinite import Limit, frequency_fits, limit_at_once, own_kernels
from ntkscope.experiment.theory.initial_state import Start
from ntkscope.experiment.theory.modes import describe_modes, mode_frequencies
from ntkscope.experiment.theory.slices import Slices
from ntkscope.numerics import FrozenKernel, KernelPrediction, Stages, drift, spectrum
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
        mode_coefficients: (m,) of the residual at step 0, in the followed modes of Theta.
        groups: H of these modes.
        limit: The kernels to the grid as well; None where they would take long.
        prediction: By Theta at the recorded steps, from this network's own f_0.
        error: Of the quadrature.
    """

    start: Start
    theory: Theory
    kernel: Tensor
    mode_coefficients: Array
    groups: list[Group]
    limit: Limit | None
    prediction: KernelPrediction
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
            learning_rate=start.learning_rate,
        )
        yield
        limit = limit_at_once(start, own, decomposed)
        yield
        cross_kernel = limit.cross_kernel if limit else None
        frozen = FrozenKernel(decomposed, cross_kernel, start.residual, start.grid_function)
        prediction = frozen.predict(theory.drawn.law, theory.drawn.step)
        if limit:
            yield from prediction.function_stages()
        return cls(start, theory, own.ntk, coefficients.numpy(), groups, limit, prediction, own.error)

    def at(self, theory: Theory) -> Wide:
        """The same at other steps."""
        prediction = self.prediction.kernel.predict(theory.drawn.law, theory.drawn.step)
        return replace(self, theory=theory, prediction=prediction)

    def announce(self, slices: Slices) -> InfiniteWidth:
        """The limit's spectrum, how far K_0 is from it, and the loss that it predicts."""
        start, decomposed = self.start, self.prediction.kernel.spectrum
        frequencies = mode_frequencies(decomposed, start.problem, start.followed)
        distance = drift(start.kernel, self.kernel)
        return InfiniteWidth(
            eigenvalues=decomposed.eigenvalues.numpy(),
            noise_floor=decomposed.noise_floor,
            mode_coefficients=self.mode_coefficients,
            mode_frequencies=frequencies.numpy(),
            distance=distance if np.isfinite(distance) else None,
            quadrature_error=self.error,
            frequency_fits=frequency_fits(frequencies, decomposed, start.problem),
            groups=self.groups,
            loss=self.prediction.loss.numpy(),
            slices=slices.of(self.kernel),
        )

    def remaining(self, residual: Tensor) -> Array:
        """(H,) what is left of each group, in the basis of Theta."""
        now = (self.prediction.kernel.spectrum.leading(self.start.followed).T @ residual).numpy()
        left: Array = group_remaining(now[None], self.mode_coefficients, self.groups)[0]
        return left

    def function(self, at: int) -> Array | None:
        """(g,) predicted at entry `at` of the theory's steps; None without `limit`."""
        return self.prediction.function[at].numpy() if self.limit else None

    def ensemble(self, at: int) -> Ensemble | None:
        """The spread over networks at entry `at` of the theory's steps.

        None where training is centered, which takes their start away, and where it would hold the run up.
        """
        n, g = len(self.start.residual), len(self.start.grid_function)
        if self.limit is None or self.start.config.network.centered or g * n * n > ENSEMBLE_WORK:
            return None
        return self.limit.ensemble(self.start, self.theory.drawn.law, self.theory.drawn.step[at : at + 1])
