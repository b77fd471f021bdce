"""What a constant kernel predicts at every recording time, under either law."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.experiment.schedule import recording_steps
from ntkscope.experiment.start import Start
from ntkscope.numerics import (
    Spectrum,
    Stages,
    complete,
    descent_factor,
    flow_factor,
    gradient_descent,
    gradient_flow,
    measured_learning_time,
    pieces,
    predict,
)
from ntkscope.schemas.event import Law
from ntkscope.schemas.event_parts import Group, Predictions

Array = NDArray[np.float64]
LARGEST = 1e60  # above the stability limit predictions grow without end; no chart follows them beyond this
DIFFERENCE_SHOWN = 0.01  # the discrete law is drawn where a mode that counts differs by more


@dataclass(frozen=True)
class Theory:
    """Predictions at T recorded steps."""

    steps: NDArray[np.int64]
    time: Tensor  # (T,) learning rate times step
    gradient_flow: Predictions
    gradient_descent: Predictions
    law: Law
    law_difference: float
    function: Array  # (T, g) on the grid, in the law that is drawn
    seen: Array  # (T, G) lambda t of each group

    @property
    def drawn(self) -> Predictions:
        """The predictions of the law that is drawn."""
        return self.gradient_flow if self.law == "gradient_flow" else self.gradient_descent


def theory(start: Start, steps: NDArray[np.int64], law: Law | None = None) -> Theory:
    """The frozen-kernel prediction of the run at these steps; the law that is drawn is chosen by them, or given."""
    return complete(theory_stages(start, steps, law))


def theory_stages(start: Start, steps: NDArray[np.int64], law: Law | None = None) -> Stages[Theory]:
    """`theory`, with a stop every some tenths of a second."""
    time = start.learning_rate * torch.from_numpy(steps).double()
    by_flow = _predictions(moved(start, start.spectrum, time, "gradient_flow"), start)
    yield
    by_descent = _predictions(moved(start, start.spectrum, time, "gradient_descent"), start)
    yield
    counts = np.array([group.counts for group in start.groups], dtype=bool)
    apart = np.abs(by_flow.remaining - by_descent.remaining)[:, counts]
    difference = float(apart.max()) if apart.size else 0.0
    law = law or ("gradient_descent" if difference > DIFFERENCE_SHOWN else "gradient_flow")
    factor = factors(start, start.spectrum, time, law)
    yield
    function = yield from function_stages(start, start.spectrum, start.cross_kernel, factor)
    means = np.array([group.eigenvalue for group in start.groups])
    return Theory(
        steps=steps,
        time=time,
        gradient_flow=by_flow,
        gradient_descent=by_descent,
        law=law,
        law_difference=difference,
        function=function,
        seen=time.numpy()[:, None] * means[None, :],
    )


def whole_steps(start: Start, time: Tensor) -> Tensor:
    """The steps nearest to these times."""
    return (time / start.learning_rate).round()


def moved(start: Start, decomposed: Spectrum, time: Tensor, law: Law) -> Tensor:
    """(T, n) coefficients of the residual, in the modes of a constant kernel; by descent at the nearest steps."""
    eigenvalues, coefficients = decomposed.eigenvalues.clamp(min=0), decomposed.mode_coefficients(start.residual)
    if law == "gradient_flow":
        found = gradient_flow(eigenvalues, coefficients, time)
    else:
        found = gradient_descent(eigenvalues, coefficients, start.learning_rate, whole_steps(start, time))
    return found.clamp(-LARGEST, LARGEST)


def factors(start: Start, decomposed: Spectrum, time: Tensor, law: Law) -> Tensor:
    """(T, n): (1 - what is left of a mode) / lambda, which carries the prediction to new points."""
    eigenvalues = decomposed.eigenvalues.clamp(min=0)
    if law == "gradient_flow":
        return flow_factor(eigenvalues, time)
    return descent_factor(eigenvalues, start.learning_rate, whole_steps(start, time)).clamp(-LARGEST, LARGEST)


def functions(start: Start, decomposed: Spectrum, cross_kernel: Tensor, factor: Tensor) -> Array:
    """(T, g) f on the grid, from this network's own f_0."""
    return complete(function_stages(start, decomposed, cross_kernel, factor))


def function_stages(start: Start, decomposed: Spectrum, cross_kernel: Tensor, factor: Tensor) -> Stages[Array]:
    """`functions`, as many points of the grid at a time as take some tenths of a second."""
    found, (steps, n) = [], factor.shape
    for part in pieces(len(cross_kernel), n * (n + steps)):
        found.append(predict(decomposed, cross_kernel[part], start.residual, start.grid_function[part], factor))
        yield
    values: Array = torch.cat(found, dim=1).clamp(-LARGEST, LARGEST).numpy()
    return values


def relative_distance(trained: Array, predicted: Array) -> float | None:
    """||trained - predicted|| / ||predicted||; None where the prediction is 0, or one is beyond float64."""
    size = float(np.linalg.norm(predicted))
    apart = float(np.linalg.norm(trained - predicted)) / size if size > 0 else np.inf
    return apart if np.isfinite(apart) else None


def learning_times(start: Start, law: Law) -> list[float | None]:
    """When each group is predicted to fall below epsilon of its start, under the law that is drawn.

    Under gradient descent interpolated between recorded steps, as the measured time is; a group that is not
    learnt within the run has gradient flow's time, which is the same for modes that slow. None below the floors.
    """
    if law == "gradient_flow":
        return [group.learning_time for group in start.groups]
    recording = start.config.recording
    steps = recording_steps(start.last_step, recording.frames)
    times = start.learning_rate * torch.from_numpy(steps).double()
    remaining = torch.tensor(_predictions(moved(start, start.spectrum, times, law), start).remaining)
    reached = [measured_learning_time(times, remaining[:, at], recording.epsilon) for at in range(len(start.groups))]
    return [group.learning_time if time is None else time for group, time in zip(start.groups, reached, strict=True)]


def timed_groups(start: Start, law: Law) -> list[Group]:
    """The run's groups with the learning times of this law."""
    times = learning_times(start, law)
    return [group.model_copy(update={"learning_time": time}) for group, time in zip(start.groups, times, strict=True)]


def _predictions(coefficients: Tensor, start: Start) -> Predictions:
    """Of (T, n) coefficients."""
    loss = 0.5 * (coefficients**2).sum(dim=1).numpy()
    values, begin = coefficients.numpy(), start.mode_coefficients.numpy()
    return Predictions(
        remaining=group_remaining(values, begin, start.groups),
        learnt=group_learnt(values, begin, start.groups),
        loss=loss,
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
