"""What a kernel predicts of a run at any time, not only at those that were recorded: Remark 2."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.experiment.infinite import Limit
from ntkscope.experiment.start import Start
from ntkscope.experiment.theory import (
    factors,
    functions,
    group_learnt,
    group_remaining,
    moved,
    relative_distance,
    whole_steps,
)
from ntkscope.experiment.wide import ensemble
from ntkscope.numerics import Spectrum
from ntkscope.schemas.event import Frame, KernelFrame, Law
from ntkscope.schemas.run import Prediction

Array = NDArray[np.float64]
Measured = TypeVar("Measured", Frame, KernelFrame)


@dataclass(frozen=True)
class Recorded:
    """What a run has measured so far."""

    frames: list[Frame]
    kernel_frames: list[KernelFrame]  # those with a moving prediction

    @classmethod
    def of(cls, events: Iterable[object]) -> "Recorded":
        listed = list(events)
        frames = [event for event in listed if isinstance(event, Frame)]
        return cls(frames, [e for e in listed if isinstance(e, KernelFrame) and e.moving is not None])


def prediction(begun: Start, law: Law, time: float, limit: Limit | None = None,
               recorded: Recorded | None = None) -> Prediction:  # fmt: skip
    """Evaluates a constant kernel's law at one time; under gradient descent at the nearest whole step.

    At infinite time it is kernel regression, over modes above the noise floor, under either law.

    Args:
        begun: The run at step 0: its data, K_0 and the residual.
        law: exp(-lambda t), or (1 - eta lambda)^k.
        time: Learning rate times step; not negative, may be infinity.
        limit: The kernels of infinite width, to predict by them instead of K_0.
        recorded: What the trained network is compared by.
    """
    law = "gradient_flow" if math.isinf(time) else law
    decomposed = limit.spectrum if limit else begun.spectrum
    asked = torch.tensor([time], dtype=torch.float64)
    if law == "gradient_descent":
        time = float(whole_steps(begun, asked)) * begun.learning_rate
    factor = factors(begun, decomposed, asked, law)[0]
    coefficients = _moved(begun, decomposed, law, asked, factor)
    residual = decomposed.modes @ coefficients
    in_groups = begun.spectrum.mode_coefficients(residual).numpy()[None]
    start = begun.mode_coefficients.numpy()
    frame = nearest(recorded.frames, time) if recorded else None
    return Prediction(
        time=None if math.isinf(time) else time,
        kernel="infinite" if limit else "start",
        law=law,
        grid_prediction=_function(begun, limit, factor),
        fitted_prediction=(begun.problem.targets + residual).numpy(),
        remaining=group_remaining(in_groups, start, begun.groups)[0],
        learnt=group_learnt(in_groups, start, begun.groups)[0],
        loss=0.5 * float(coefficients @ coefficients),
        ensemble=ensemble(begun, limit, factor) if limit and not begun.config.network.centered else None,
        quadrature_error=limit.error if limit else 0.0,
        frame_time=frame.time if frame else None,
        distance=_distance(begun, law, time, limit, frame) if frame else None,
    )


def moving_prediction_at(begun: Start, time: float, recorded: Recorded) -> Prediction | None:
    """What the kernels measured on the way predict, at the kernel frame nearest to a time; None if there is none.

    At infinite time at the last one.
    """
    measured = nearest(recorded.kernel_frames, time)
    if measured is None or measured.moving is None:
        return None
    moving, frame = measured.moving, nearest(recorded.frames, measured.time)
    return Prediction(
        time=measured.time,
        kernel="moving",
        law="gradient_descent",
        grid_prediction=moving.function,
        fitted_prediction=moving.fitted,
        remaining=moving.remaining,
        learnt=moving.learnt,
        loss=moving.loss,
        ensemble=None,
        quadrature_error=0.0,
        frame_time=frame.time if frame else None,
        distance=relative_distance(frame.function, moving.function) if frame else None,
    )


def nearest(measured: list[Measured], time: float) -> Measured | None:
    """The measurement nearest to a time; the last one for infinity."""
    if math.isinf(time):
        return max(measured, key=lambda event: event.time, default=None)
    return min(measured, key=lambda event: abs(event.time - time), default=None)


def _moved(begun: Start, decomposed: Spectrum, law: Law, time: Tensor, factor: Tensor) -> Tensor:
    """The residual's mode coefficients (n,); in the limit what lies below the noise floor stays."""
    if bool(torch.isinf(time)):
        return torch.where(factor > 0, 0.0, decomposed.mode_coefficients(begun.residual))
    return moved(begun, decomposed, time, law)[0]


def _function(begun: Start, limit: Limit | None, factor: Tensor) -> Array:
    """(g,) by K_0, or by the kernel of infinite width."""
    decomposed, cross = (limit.spectrum, limit.cross_kernel) if limit else (begun.spectrum, begun.cross_kernel)
    values: Array = functions(begun, decomposed, cross, factor[None])[0]
    return values


def _distance(begun: Start, law: Law, time: float, limit: Limit | None, frame: Frame) -> float | None:
    """Of the trained network's function at a frame; at infinite time the prediction is the limit's."""
    decomposed = limit.spectrum if limit else begun.spectrum
    at = torch.tensor([time if math.isinf(time) else frame.time], dtype=torch.float64)
    return relative_distance(frame.function, _function(begun, limit, factors(begun, decomposed, at, law)[0]))
