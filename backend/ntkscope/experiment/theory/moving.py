"""The moving kernel's prediction, carried along a run from kernel frame to kernel frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from ntkscope.experiment.theory.frozen import relative_distance
from ntkscope.experiment.theory.growth import followed
from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.numerics import FrozenKernel, Spectrum, spectrum
from ntkscope.schemas.event import Checkpoint
from ntkscope.schemas.event_parts import MovingPrediction


class MovingKernel:
    """Holds the last measured kernel, and what was predicted when it was measured.

    Args:
        initial: The run at step 0.
        step: Where the kernel was measured.
        frozen: That kernel, with what was predicted there: never what was measured, but at step 0.
    """

    def __init__(self, initial: InitialState, step: int = 0, frozen: FrozenKernel | None = None) -> None:
        self._initial, self._step, self._frozen = initial, step, frozen or initial.kernel

    @classmethod
    def resume(
        cls, initial: InitialState, checkpoint: Checkpoint, kernels: tuple[Tensor, Tensor]
    ) -> MovingKernel | None:
        """From a checkpoint, with both kernels of its parameters; None where an earlier version wrote it."""
        n, g = len(initial.kernel.residual), len(initial.kernel.function)
        values = torch.from_numpy(np.frombuffer(checkpoint.moving, "<f8").astype(np.float64))
        if len(values) != n + g:
            return None
        frozen = FrozenKernel(spectrum(kernels[0]), kernels[1], values[:n], values[n:])
        return cls(initial, checkpoint.step, frozen)

    @classmethod
    def again(cls, initial: InitialState, checkpoint: Checkpoint) -> MovingKernel | None:
        """As it was when the run paused, bit by bit; None where there was none."""
        if not checkpoint.moving:
            return None
        if not checkpoint.moving_kernel:
            return cls(initial)
        n, g = len(initial.kernel.residual), len(initial.kernel.function)
        values = torch.from_numpy(np.frombuffer(checkpoint.moving_kernel, "<f8").astype(np.float64))
        parts = torch.split(values, [2, n, g, n, n * n, g * n])
        (step, floor), residual, function, eigenvalues, modes, cross = parts
        decomposed = Spectrum(eigenvalues, modes.view(n, n).T, float(floor))
        return cls(initial, int(step), FrozenKernel(decomposed, cross.view(g, n), residual, function))

    def at(self, step: int) -> tuple[Tensor, Tensor]:
        """The residual (n,) and the function (g,) predicted at a step, by the last kernel since it was measured."""
        if step == self._step:  # a prediction of no step would round
            return self._frozen.residual, self._frozen.function
        since = torch.tensor([float(step - self._step)], dtype=torch.float64)
        found = self._frozen.predict(self._initial.training_law, since)
        return found.residual[0], found.function[0]

    def take(self, step: int, decomposed: Spectrum, cross_kernel: Tensor) -> None:
        """Another kernel, which holds from this step on, with what is predicted there."""
        residual, function = self.at(step)
        self._step, self._frozen = step, FrozenKernel(decomposed, cross_kernel, residual, function)

    def prediction(self, residual: Tensor, function: Tensor) -> MovingPrediction:
        """What is predicted where the last kernel was measured, beside the measured residual (n,) and function (g,)."""
        initial, predicted = self._initial, self._frozen
        loss = 0.5 * (predicted.residual @ predicted.residual)
        told = bool(followed(loss, initial.loss))
        if not told:
            predicted = _nothing(predicted)
        coefficients = initial.coefficients(predicted.residual)
        at = torch.tensor([float(self._step)], dtype=torch.float64)
        by_k_0 = initial.kernel.predict(initial.training_law, at).residual[0]
        whole = initial.kernel.residual
        return MovingPrediction(
            mode_coefficients=coefficients,
            remaining=initial.groups.remaining(coefficients[None])[0],
            learnt=initial.groups.learnt(coefficients[None])[0],
            loss=float(loss) if told else None,
            function=predicted.function.numpy(),
            fitted=(initial.problem.targets + predicted.residual).numpy(),
            error=_relative(predicted.residual - residual, whole),
            frozen_error=_relative(by_k_0 - residual, whole),
            distance=relative_distance(function.numpy(), predicted.function.numpy(), initial.function_floor),
        )

    def to_bytes(self, step: int) -> bytes:
        """The prediction at a step, for a checkpoint."""
        return _bytes(*self.at(step))

    def kernel_to_bytes(self) -> bytes:
        """The kernel and what was predicted when it was measured, for a checkpoint; empty for K_0."""
        frozen, cross_kernel = self._frozen, self._frozen.cross_kernel
        if frozen.spectrum is self._initial.kernel.spectrum or cross_kernel is None:
            return b""
        step = torch.tensor([self._step, frozen.spectrum.noise_floor], dtype=torch.float64)
        modes = frozen.spectrum.modes.T  # column by column, as the decomposition has them: sums depend on the order
        return _bytes(step, frozen.residual, frozen.function, frozen.spectrum.eigenvalues, modes, cross_kernel)


def _nothing(predicted: FrozenKernel) -> FrozenKernel:
    """The same kernel, with nothing told of what it predicts."""
    residual, function = (torch.full_like(values, torch.nan) for values in (predicted.residual, predicted.function))
    return replace(predicted, residual=residual, function=function)


def _bytes(*parts: Tensor) -> bytes:
    return torch.cat([part.flatten() for part in parts]).numpy().astype("<f8").tobytes()


def _relative(difference: Tensor, whole: Tensor) -> float | None:
    size, apart = float(whole.norm()), float(difference.norm())
    return apart / size if size > 0 and np.isfinite(apart) else None
