"""The moving kernel's prediction, carried along a run from kernel frame to kernel frame."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ntkscope.experiment.start import Start
from ntkscope.experiment.theory import group_learnt, group_remaining, relative_distance
from ntkscope.numerics import (
    MLP,
    MovingState,
    Spectrum,
    Stages,
    advance,
    complete,
    empirical_ntk_stages,
    gradient_descent,
    spectrum,
)
from ntkscope.schemas.event import Checkpoint
from ntkscope.schemas.event_parts import MovingPrediction


class Moving:
    """Holds the last measured kernel and what was predicted when it was measured.

    Args:
        start: The run at step 0, whose kernel is the first.
        state: What is predicted at the kernel's step.
        decomposed: The kernel's spectrum.
        cross_kernel: (g, n) of the same network.
    """

    def __init__(self, start: Start, state: MovingState, decomposed: Spectrum, cross_kernel: Tensor) -> None:
        self._start, self._state = start, state
        self._spectrum, self._cross_kernel = decomposed, cross_kernel

    @classmethod
    def begin(cls, start: Start) -> Moving:
        """At step 0."""
        state = MovingState(0, start.residual, start.grid_function)
        return cls(start, state, start.spectrum, start.cross_kernel)

    @classmethod
    def resume(cls, start: Start, network: MLP, checkpoint: Checkpoint) -> Stages[Moving | None]:
        """From a checkpoint, with the kernel of its parameters; None where an earlier version wrote it."""
        n, g = len(start.residual), len(start.grid_function)
        values = torch.from_numpy(np.frombuffer(checkpoint.moving, "<f8").astype(np.float64))
        if len(values) != n + g:
            return None
        kernel, cross_kernel = yield from kernel_stages(start, network)
        return cls(start, MovingState(checkpoint.step, values[:n], values[n:]), spectrum(kernel), cross_kernel)

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
        return cls(start, MovingState(int(step), residual, function), decomposed, cross.view(g, n))

    def at(self, step: int) -> MovingState:
        """What is predicted at a step, by the last kernel since it was measured."""
        if step == self._state.step:  # an advance by no step would round
            return self._state
        return advance(self._state, self._spectrum, self._cross_kernel, self._start.learning_rate, step)

    def take(self, step: int, decomposed: Spectrum, cross_kernel: Tensor) -> MovingState:
        """What is predicted at a step; from there on another kernel holds."""
        self._state = self.at(step)
        self._spectrum, self._cross_kernel = decomposed, cross_kernel
        return self._state

    def to_bytes(self, step: int) -> bytes:
        """The prediction at a step, for a checkpoint."""
        state = self.at(step)
        return _bytes(state.residual, state.function)

    def kernel_to_bytes(self) -> bytes:
        """The kernel and what was predicted when it was measured, for a checkpoint; empty for K_0."""
        if self._spectrum is self._start.spectrum:
            return b""
        state, spectrum = self._state, self._spectrum
        step = torch.tensor([state.step, spectrum.noise_floor], dtype=torch.float64)
        modes = spectrum.modes.T  # column by column, as the decomposition has them: the order of sums depends on it
        return _bytes(step, state.residual, state.function, spectrum.eigenvalues, modes, self._cross_kernel)


def _bytes(*parts: Tensor) -> bytes:
    return torch.cat([part.flatten() for part in parts]).numpy().astype("<f8").tobytes()


def kernels(start: Start, network: MLP) -> tuple[Tensor, Tensor]:
    """K_t on the training points (n, n) and from the grid to them (g, n), in float64 on the CPU."""
    return complete(kernel_stages(start, network))


def kernel_stages(start: Start, network: MLP) -> Stages[tuple[Tensor, Tensor]]:
    """`kernels`, with a stop every some tenths of a second."""
    kernel = (yield from empirical_ntk_stages(network, start.inputs)).double().cpu()
    return kernel, (yield from empirical_ntk_stages(network, start.grid_inputs, start.inputs)).double().cpu()


def moving_prediction(start: Start, state: MovingState, residual: Tensor, grid: Tensor) -> MovingPrediction:
    """The prediction as an event has it, beside the measured residual (n,) and function (g,)."""
    coefficients = (start.spectrum.leading(start.followed).T @ state.residual).numpy()
    begin = start.mode_coefficients.numpy()
    step = torch.tensor([float(state.step)], dtype=torch.float64)
    frozen = gradient_descent(
        start.spectrum.eigenvalues.clamp(min=0), start.mode_coefficients, start.learning_rate, step
    )[0]
    return MovingPrediction(
        mode_coefficients=coefficients,
        remaining=group_remaining(coefficients[None], begin, start.groups)[0],
        learnt=group_learnt(coefficients[None], begin, start.groups)[0],
        loss=0.5 * float(state.residual @ state.residual),
        function=state.function.numpy(),
        fitted=(start.problem.targets + state.residual).numpy(),
        error=_relative(state.residual - residual, start.residual),
        frozen_error=_relative(start.spectrum.modes @ frozen - residual, start.residual),
        distance=relative_distance(grid.numpy(), state.function.numpy()),
    )


def _relative(difference: Tensor, whole: Tensor) -> float | None:
    size, apart = float(whole.norm()), float(difference.norm())
    return apart / size if size > 0 and np.isfinite(apart) else None
