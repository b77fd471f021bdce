"""What a kernel predicts of a run at any time, not only at those that were recorded: Remark 2."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import torch

from ntkscope.experiment.measure.units import in_own_units
from ntkscope.experiment.problem.target_scaling import TargetScaling
from ntkscope.experiment.theory.frozen import relative_distance
from ntkscope.experiment.theory.infinite import InfiniteNetwork
from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.numerics import LAWS, KernelPrediction
from ntkscope.schemas.event import TRAINING_LAW, Frame, KernelFrame, LawName
from ntkscope.schemas.run import Prediction

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


def prediction(initial: InitialState, law: LawName, time: float, infinite: InfiniteNetwork | None = None,
               recorded: Recorded | None = None) -> Prediction:  # fmt: skip
    """Evaluates a constant kernel's law at one time; under gradient descent at the nearest whole step.

    At infinite time it is kernel regression, over modes above the noise floor, under either law.

    Args:
        initial: The run at step 0: its data, K_0 and the residual.
        law: By which its modes move.
        time: Learning rate times step; not negative, may be infinity.
        infinite: The kernels of infinite width, to predict by them instead of K_0.
        recorded: What the trained network is compared by.
    """
    by, kernel = LAWS[law](initial.learning_rate), infinite.kernel if infinite else initial.kernel
    step = by.steps_at(torch.tensor([time], dtype=torch.float64))
    at = by.learning_rate * float(step)
    found = kernel.predict(by, step)
    coefficients = initial.coefficients(found.residual[0])[None]
    frame = nearest(recorded.frames, at) if recorded else None
    made = Prediction(
        time=None if math.isinf(at) else at,
        kernel="infinite" if infinite else "frozen",
        law=law,
        function=found.function[0].numpy(),
        fitted=(initial.problem.targets + found.residual[0]).numpy(),
        remaining=initial.groups.remaining(coefficients)[0],
        learnt=initial.groups.learnt(coefficients)[0],
        loss=float(found.loss),
        ensemble=infinite.ensemble(by, step) if infinite else None,
        truncation_error=infinite.error if infinite else 0.0,
        frame_time=frame.time if frame else None,
        distance=_distance(found, frame, initial) if frame else None,
    )
    return in_own_units(made, initial.problem.target_scaling)


def moving_prediction_at(time: float, recorded: Recorded, scaling: TargetScaling | None = None) -> Prediction | None:
    """What the kernels measured on the way predict, at the kernel frame nearest to a time; None if there is none.

    At infinite time at the last one.

    Args:
        time: Learning rate times step.
        recorded: In the person's own units.
        scaling: Of the target, in whose units distances are told.
    """
    scaling = scaling or TargetScaling()
    measured = nearest(recorded.kernel_frames, time)
    moving = measured.moving if measured else None
    if measured is None or moving is None or moving.loss is None:
        return None
    frame = nearest(recorded.frames, measured.time)
    return Prediction(
        time=measured.time,
        kernel="moving",
        law=TRAINING_LAW,
        function=moving.function,
        fitted=moving.fitted,
        remaining=moving.remaining,
        learnt=moving.learnt,
        loss=moving.loss,
        ensemble=None,
        truncation_error=0.0,
        frame_time=frame.time if frame else None,
        distance=relative_distance(scaling(frame.function), scaling(moving.function)) if frame else None,
    )


def nearest(measured: list[Measured], time: float) -> Measured | None:
    """The measurement nearest to a time; the last one for infinity."""
    if math.isinf(time):
        return max(measured, key=lambda event: event.time, default=None)
    return min(measured, key=lambda event: abs(event.time - time), default=None)


def _distance(found: KernelPrediction, frame: Frame, initial: InitialState) -> float | None:
    """Of the trained network's function at a frame; at infinite time the prediction is that of the end."""
    at = torch.where(torch.isinf(found.step), found.step, float(frame.step))
    scaling, predicted = initial.problem.target_scaling, found.kernel.predict(found.law, at).function[0].numpy()
    return relative_distance(scaling(frame.function), predicted)
