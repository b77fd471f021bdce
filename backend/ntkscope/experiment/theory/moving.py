"""The moving kernel's prediction, carried along a run from kernel frame to kernel frame."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ntkscope.experiment.theory.frozen import group_learnt, group_remaining, relative_distance
from ntkscope.experiment.theory.initial_state import Start
from ntkscope.numerics import (
    MLP,
    FrozenKernel,
    Spectrum,
    Stages,
    complete,
    empirical_ntk_stages,
    spectrum,
)
from ntkscope.schemas.event import Checkpoint
from ntkscope.schemas.event_parts import MovingPrediction


class Moving:
    """Holds the last measured kernel, and what was predicted when it was measured.

    Args:
        start: The run at step 0.
        step: Where the kernel was measured.
        frozen: That kernel, with what was predicted there: never what was measured, but at step 0.
    """

    def __init__(self, start: Start, step: int, frozen: FrozenKernel) -> None:
        self._start, self._step, self._frozen = start, step, frozen

    @classmethod
    def begin(cls, start: Start) -> Moving:
        """At step 0."""
        return cls(start, 0, start.frozen)

    @classmethod
    def resume(cls, start: Start, network: MLP, checkpoint: Checkpoint) -> Stages[Moving | None]:
        """From a checkpoint, with the kernel of its parameters; None where an earlier version wrote it."""
        n, g = len(start.residual), len(start.grid_function)
        values = torch.from_numpy(np.frombuffer(checkpoint.moving, "<f8").astype(np.float64))
        if len(values) != n + g:
            return None
        kernel, cross_kernel = yield from kernel_stages(start, network)
        frozen = FrozenKernel(spectrum(kernel), cross_kernel, values[:n], values[n:])
        return cls(start, checkpoint.step, frozen)

    @classmethod
    def again(cls, start: Start, checkpoint: Checkpoint) -> Moving | None:
        """As it was when the run paused, bit by bit; None where there was none."""
        if not checkpoint.moving:
            return None
        if not checkpoint.moving_kernel:
            return cls.begin(start)
        n, g = len(start.residual), len(start.grid_function)
        values = torch.from_numpy(np.frombuffer(checkpoint.moving_kernel, "<f8").astype(np.float64))
        parts = torch.split(values, [2, n, g, n, n * n, g * n])
        (step, floor), residual, function, eigenvalues, modes, cross = parts
        decomposed = Spectrum(eigenvalues, modes.view(n, n).T, float(floor))
        return cls(start, int(step), FrozenKernel(decomposed, cross.view(g, n), residual, function))

    def at(self, step: int) -> tuple[Tensor, Tensor]:
        """The residual (n,) and the function (g,) predicted at a step, by the last kernel since it was measured."""
        if step == self._step:  # a prediction of no step would round
            return self._frozen.residual, self._frozen.function
        since = torch.tensor([float(step - self._step)], dtype=torch.float64)
        found = self._frozen.predict(self._start.training_law, since)
        return found.residual[0], found.function[0]

    def take(self, step: int, decomposed: Spectrum, cross_kernel: Tensor) -> FrozenKernel:
        """Another kernel, which holds from this step on, with what is predicted there."""
        residual, function = self.at(step)
        self._step, self._frozen = step, FrozenKernel(decomposed, cross_kernel, residual, function)
        return self._frozen

    def to_bytes(self, step: int) -> bytes:
        """The prediction at a step, for a checkpoint."""
        return _bytes(*self.at(step))

    def kernel_to_bytes(self) -> bytes:
        """The kernel and what was predicted when it was measured, for a checkpoint; empty for K_0."""
        frozen, cross_kernel = self._frozen, self._frozen.cross_kernel
        if frozen.spectrum is self._start.spectrum or cross_kernel is None:
            return b""
        step = torch.tensor([self._step, frozen.spectrum.noise_floor], dtype=torch.float64)
        modes = frozen.spectrum.modes.T  # column by column, as the decomposition has them: sums depend on the order
        return _bytes(step, frozen.residual, frozen.function, frozen.spectrum.eigenvalues, modes, cross_kernel)


def _bytes(*parts: Tensor) -> bytes:
    return torch.cat([part.flatten() for part in parts]).numpy().astype("<f8").tobytes()


def kernels(start: Start, network: MLP) -> tuple[Tensor, Tensor]:
    """K_t on the training points (n, n) and from the grid to them (g, n), in float64 on the CPU."""
    return complete(kernel_stages(start, network))


def kernel_stages(start: Start, network: MLP) -> Stages[tuple[Tensor, Tensor]]:
    """`kernels`, with a stop every some tenths of a second."""
    kernel = (yield from empirical_ntk_stages(network, start.inputs)).double().cpu()
    return kernel, (yield from empirical_ntk_stages(network, start.grid_inputs, start.inputs)).double().cpu()


def moving_prediction(
    start: Start, step: int, predicted: FrozenKernel, residual: Tensor, grid: Tensor
) -> MovingPrediction:
    """The prediction at a step as an event has it, beside the measured residual (n,) and function (g,)."""
    coefficients = (start.spectrum.leading(start.followed).T @ predicted.residual).numpy()
    begin = start.mode_coefficients.numpy()
    at = torch.tensor([float(step)], dtype=torch.float64)
    frozen = start.frozen.predict(start.training_law, at).residual[0]
    return MovingPrediction(
        mode_coefficients=coefficients,
        remaining=group_remaining(coefficients[None], begin, start.groups)[0],
        learnt=group_learnt(coefficients[None], begin, start.groups)[0],
        loss=0.5 * float(predicted.residual @ predicted.residual),
        function=predicted.function.numpy(),
        fitted=(start.problem.targets + predicted.residual).numpy(),
        error=_relative(predicted.residual - residual, start.residual),
        frozen_error=_relative(frozen - residual, start.residual),
        distance=relative_distance(grid.numpy(), predicted.function.numpy()),
    )


def _relative(difference: Tensor, whole: Tensor) -> float | None:
    size, apart = float(whole.norm()), float(difference.norm())
    return apart / size if size > 0 and np.isfinite(apart) else None
