"""What the kernel at the start predicts at every recording time, under every law."""

import math
from dataclasses import dataclass
from typing import get_args

import numpy as np
import torch
from numpy.typing import NDArray

from ntkscope.experiment.schedule import recording_steps
from ntkscope.experiment.theory.initial_state import Start
from ntkscope.numerics import LAWS, KernelPrediction, Law, measured_learning_time
from ntkscope.numerics.law import laws_apart
from ntkscope.schemas.event import LawName
from ntkscope.schemas.event_parts import Group, Predictions

Array = NDArray[np.float64]
DIFFERENCE_SHOWN = 0.01  # the discrete law is drawn where a mode that counts differs by more


@dataclass(frozen=True)
class Theory:
    """Predictions at T recorded steps."""

    start: Start
    steps: NDArray[np.int64]
    by_law: dict[LawName, KernelPrediction]
    predictions: dict[LawName, Predictions]
    law: LawName  # the one that is drawn
    law_difference: float
    learning_times: list[float | None]  # of each group, under that law; None below the floors
    mode_times: Array  # (T, G) lambda t of each group

    @property
    def drawn(self) -> KernelPrediction:
        """By the law that is drawn."""
        return self.by_law[self.law]

    @property
    def groups(self) -> list[Group]:
        """The run's groups with the learning times of that law."""
        pairs = zip(self.start.groups, self.learning_times, strict=True)
        return [group.model_copy(update={"learning_time": time}) for group, time in pairs]


def theory(start: Start, steps: NDArray[np.int64], law: LawName | None = None) -> Theory:
    """The frozen-kernel prediction of the run at these steps; the law that is drawn is chosen by them, or given."""
    at = torch.from_numpy(steps).double()
    laws: dict[LawName, Law] = {name: LAWS[name](start.learning_rate) for name in get_args(LawName)}
    found = {name: start.frozen.predict(law_, at) for name, law_ in laws.items()}
    predictions = {name: _in_groups(one, start) for name, one in found.items()}
    # The one place that chooses between two laws by their names.
    # Of the rate and the modes alone, over all steps that there are: no cut of the run changes the law.
    rates = [start.learning_rate * group.eigenvalue for group in start.groups if group.counts]
    difference = max(map(laws_apart, rates), default=0.0)
    drawn: LawName = law or ("gradient_descent" if difference > DIFFERENCE_SHOWN else "gradient_flow")
    means = np.array([group.eigenvalue for group in start.groups])
    return Theory(
        start=start,
        steps=steps,
        by_law=found,
        predictions=predictions,
        law=drawn,
        law_difference=difference,
        learning_times=(
            [group.learning_time for group in start.groups]
            if math.isinf(laws[drawn].largest_stable_eigenvalue)  # in closed form, where steps are infinitely small
            else _interpolated_times(start, laws[drawn])
        ),
        mode_times=(start.learning_rate * at).numpy()[:, None] * means[None, :],
    )


def relative_distance(trained: Array, predicted: Array) -> float | None:
    """||trained - predicted|| / ||predicted||; None where the prediction is 0, or one is beyond float64."""
    size = float(np.linalg.norm(predicted))
    apart = float(np.linalg.norm(trained - predicted)) / size if size > 0 else np.inf
    return apart if np.isfinite(apart) else None


def _interpolated_times(start: Start, law: Law) -> list[float | None]:
    """When each group is predicted to fall below epsilon of its start, interpolated between recorded steps.

    As the measured time is. A group that is not learnt within the run has gradient flow's time, which is the same
    for modes that slow.
    """
    recording = start.config.recording
    steps = torch.from_numpy(recording_steps(start.last_step, recording.frames)).double()
    remaining = torch.tensor(_in_groups(start.frozen.predict(law, steps), start).remaining)
    times = law.learning_rate * steps
    reached = [measured_learning_time(times, remaining[:, at], recording.epsilon) for at in range(len(start.groups))]
    return [group.learning_time if time is None else time for group, time in zip(start.groups, reached, strict=True)]


def _in_groups(prediction: KernelPrediction, start: Start) -> Predictions:
    values, begin = prediction.coefficients.numpy(), start.mode_coefficients.numpy()
    return Predictions(
        remaining=group_remaining(values, begin, start.groups),
        learnt=group_learnt(values, begin, start.groups),
        loss=prediction.loss.numpy(),
    )


def group_remaining(coefficients: Array, begin: Array, groups: list[Group]) -> Array:
    """||c_g(t)|| / ||c_g(0)|| of (T, n) coefficients as (T, G); NaN where a group is not drawn."""
    columns = [
        np.linalg.norm(coefficients[:, group.modes], axis=1) / np.linalg.norm(begin[group.modes])
        if group.drawn
        else np.full(len(coefficients), np.nan)
        for group in groups
    ]
    return np.stack(columns, axis=1)


def group_learnt(coefficients: Array, begin: Array, groups: list[Group]) -> Array:
    """1 - <c_g(t), c_g(0)> / ||c_g(0)||^2 of (T, n) coefficients as (T, G); NaN where a group is not drawn."""
    columns = [
        1 - coefficients[:, group.modes] @ begin[group.modes] / (begin[group.modes] ** 2).sum()
        if group.drawn
        else np.full(len(coefficients), np.nan)
        for group in groups
    ]
    return np.stack(columns, axis=1)
