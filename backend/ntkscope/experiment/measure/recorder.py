"""A network's state -> the events that describe it."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.experiment.measure.history import History
from ntkscope.experiment.theory.frequencies import residual_spectrum
from ntkscope.experiment.theory.frozen import Theory, group_learnt, group_remaining, relative_distance
from ntkscope.experiment.theory.initial_state import Start
from ntkscope.experiment.theory.moving import Moving, kernels, moving_prediction
from ntkscope.experiment.theory.slices import Slices
from ntkscope.experiment.theory.wide import Wide
from ntkscope.numerics import (
    MLP,
    condition_number,
    drift,
    effective_rank,
    hessian_sharpness,
    identity_error,
    kernel_target_alignment,
    spectrum,
    subspace_overlap,
)
from ntkscope.schemas.event import Frame, KernelFrame
from ntkscope.schemas.event_parts import Distances, HessianSharpness, Identity

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Moment:
    """When a measurement is made."""

    step: int
    time: float
    wall_seconds: float


def function_values(start: Start, network: MLP) -> tuple[Tensor, Tensor]:
    """The drawn function on the training points (n,) and on the grid (g,), in float64 on the CPU."""
    fitted = network(start.inputs)[:, 0].double().cpu() - start.offset
    grid = network(start.grid_inputs)[:, 0].double().cpu() - start.grid_offset
    return fitted, grid


def is_finite(fitted: Tensor, grid: Tensor) -> bool:
    """Whether both are finite everywhere."""
    return bool(torch.isfinite(fitted).all() and torch.isfinite(grid).all())


def frame(
    start: Start,
    theory: Theory,
    wide: Wide | None,
    history: History,
    moment: Moment,
    at: int,
    fitted: Tensor,
    grid: Tensor,
) -> Frame:
    """The cheap measurement at entry `at` of the theory's recording steps; it enters the history."""
    problem, groups = start.problem, start.groups
    residual = fitted - problem.targets
    every = start.spectrum.mode_coefficients(residual)
    coefficients = every[: start.followed].numpy()
    # The modes are orthonormal: the same as of the residuals themselves.
    function_error = float((every - theory.drawn.coefficients[at]).norm() / start.residual.norm())
    begin = start.mode_coefficients.numpy()
    remaining = group_remaining(coefficients[None], begin, groups)[0]
    learnt = group_learnt(coefficients[None], begin, groups)[0]
    history.add(moment.step, remaining, learnt, at, theory, function_error)
    held_out = None
    if problem.grid_target is not None:
        held_out = float(((grid - problem.grid_target) ** 2).mean())
    below = [len(group.modes) for group, left in zip(groups, remaining, strict=True) if left < _epsilon(start)]
    function, predicted = grid.numpy(), theory.drawn.function[at].numpy()
    infinite = wide.function(at) if wide else None
    ensemble = wide.ensemble(at) if wide else None
    return Frame(
        seq=0,  # numbered when it is told
        index=at,
        step=moment.step,
        time=moment.time,
        wall_seconds=moment.wall_seconds,
        loss=0.5 * float(residual @ residual),
        held_out_error=held_out,
        mode_coefficients=coefficients,
        remaining=remaining,
        learnt=learnt,
        function=function,
        function_predicted=predicted,
        fitted=fitted.numpy(),
        spectrum=residual_spectrum(start.fourier_rows, residual).numpy(),
        modes_learnt=sum(below),
        **history.median_errors(),
        function_infinite=infinite,
        ensemble=ensemble,
        distances=Distances(
            frozen=relative_distance(function, predicted),
            infinite=None if infinite is None else relative_distance(function, infinite),
            ensemble=None if ensemble is None else relative_distance(function, ensemble.mean),
        ),
        infinite_remaining=wide.remaining(residual) if wide else None,
        verdict=history.verdict(),
    )


def all_learnt(start: Start, remaining: Array) -> bool:
    """Whether every group above the floors is below epsilon of its start."""
    drawn = np.isfinite(remaining)
    return bool(drawn.any() and (remaining[drawn] < _epsilon(start)).all())


def kernel_frame(
    start: Start, network: MLP, moment: Moment, moving: Moving | None, slices: Slices, fitted: Tensor, grid: Tensor
) -> KernelFrame | None:
    """What needs K_t: its spectrum, how far it moved, and the identity of theory 1 by one trial step on a copy.

    Args:
        start: The run at step 0.
        network: As it is now.
        moment: When that is.
        moving: Takes K_t up; None where an earlier version's checkpoint left it behind.
        slices: Which of K_t's entries are written down.
        fitted: (n,) the drawn function on the training points.
        grid: (g,) the same on the grid.

    Returns:
        None where the kernel has grown beyond what float64 can square: there is nothing to be said of it.
    """
    if moment.step == 0:
        kernel, cross_kernel, decomposed = start.kernel, start.cross_kernel, start.spectrum
    else:
        kernel, cross_kernel = kernels(start, network)
        if not np.isfinite(drift(kernel, start.kernel)):
            return None
        decomposed = spectrum(kernel)
    residual, leading = fitted - start.problem.targets, start.leading_modes
    coefficients = decomposed.mode_coefficients(residual)[: start.followed].numpy()
    predicted = moving.take(moment.step, decomposed, cross_kernel) if moving else None
    return KernelFrame(
        seq=0,  # numbered when it is told
        step=moment.step,
        time=moment.time,
        wall_seconds=moment.wall_seconds,
        eigenvalues=decomposed.eigenvalues.numpy(),
        drift=float(drift(kernel, start.kernel)),
        identity=identity(start, network, kernel),
        mode_coefficients=coefficients,
        remaining=group_remaining(coefficients[None], start.mode_coefficients.numpy(), start.groups)[0],
        slices=slices.of(kernel),
        leading_modes=leading,
        subspace_overlap=subspace_overlap(start.spectrum.leading(leading), decomposed.leading(leading)),
        target_alignment=kernel_target_alignment(kernel, start.problem.targets),
        trace=float(kernel.trace()),
        effective_rank=effective_rank(decomposed.eigenvalues),
        condition_number=condition_number(decomposed.eigenvalues),
        moving=moving_prediction(start, moment.step, predicted, residual, grid) if predicted else None,
        hessian=hessian(start, network) if start.config.recording.hessian else None,
    )


def hessian(start: Start, network: MLP) -> HessianSharpness:
    """The largest eigenvalue of the loss's Hessian."""
    found = hessian_sharpness(network, start.inputs, start.problem.targets + start.offset)
    return HessianSharpness(largest=found.largest, error=found.error, products=found.products)


def identity(start: Start, network: MLP, kernel: Tensor) -> Identity | None:
    """||f_{k+1} - f_k + eta K_t r_k|| over ||eta K_t r_k||; None where the network stands still."""
    before = network(start.inputs)[:, 0].cpu()
    residual = before.double() - start.offset - start.problem.targets
    trial = network.copy()
    trial.descend(trial.gradients(start.inputs, residual.to(start.inputs)), start.learning_rate)
    after = trial(start.inputs)[:, 0].cpu()
    error, floor = identity_error(before, after, kernel, residual, start.learning_rate)
    if not (np.isfinite(error) and np.isfinite(floor)):
        return None
    return Identity(error=error if error > floor else None, floor=floor)


def _epsilon(start: Start) -> float:
    return start.config.recording.epsilon
