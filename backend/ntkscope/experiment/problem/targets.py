"""The target function of a config, on any points."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from ntkscope.experiment.problem.formula import compile_formula
from ntkscope.experiment.problem.points import PointSet
from ntkscope.experiment.problem.seeds import generator
from ntkscope.numerics.monotone_cubic import monotone_cubic
from ntkscope.schemas.data import (
    Chirp,
    DatasetTarget,
    Formula,
    GaussianBump,
    Sawtooth,
    Sinusoids,
    Step,
    Target,
)
from ntkscope.schemas.drawn import Drawn

FloatArray = NDArray[np.float64]
TargetFunction = Callable[[FloatArray, FloatArray], FloatArray]
"""Takes inputs as drawn (k, .) and coordinates (k, d), gives (k,)."""

CHECKED = 1024
"""A formula must be finite on this many cells' ends too: the curve is drawn through all of the range."""


def target_function(target: Target, points: PointSet, seed: int) -> TargetFunction | None:
    """The clean target as a function; None where only a table knows it.

    Raises:
        InvalidInput: a formula that cannot be read, or that is not finite somewhere on an interval or circle.
    """
    match target:
        case Sinusoids():
            return _sinusoids(target, points, seed)
        case Step(at=at):
            return lambda inputs, _: np.sign(_centred(inputs[:, 0], points) - at)
        case Sawtooth(frequency=frequency):
            return lambda inputs, _: 2 * np.mod(frequency * _fraction(inputs, points), 1.0) - 1
        case Chirp(start=first, end=last):

            def chirp(inputs: FloatArray, _: FloatArray) -> FloatArray:
                u = _fraction(inputs, points)
                return np.sin(2 * np.pi * (first * u + (last - first) * u**2 / 2))

            return chirp
        case GaussianBump(centre=centre, spread=spread):

            def bump(inputs: FloatArray, _: FloatArray) -> FloatArray:
                with np.errstate(over="ignore"):  # far from a narrow bump there is nothing of it
                    return np.exp(-(((_centred(inputs[:, 0], points) - centre) / spread) ** 2) / 2)

            return bump
        case Drawn():
            return _drawn(target, points)
        case Formula(text=text):
            return _formula(text, points)
        case DatasetTarget():
            return None


def _fraction(inputs: FloatArray, points: PointSet) -> FloatArray:
    """Position as a fraction of the range."""
    return (inputs[:, 0] - points.start) / points.length


def _centred(position: FloatArray, points: PointSet) -> FloatArray:
    """On a circle the angle in [-pi, pi)."""
    if points.geometry != "circle":
        return position
    return np.mod(position + np.pi, 2 * np.pi) - np.pi


def _sinusoids(target: Sinusoids, points: PointSet, seed: int) -> TargetFunction:
    frequencies = np.array(target.frequencies)
    amplitudes = np.broadcast_to(target.amplitudes, frequencies.shape)
    sines, cosines = amplitudes, np.zeros_like(frequencies)
    phases = np.broadcast_to(target.phases, frequencies.shape)
    state = generator(seed, "target")
    if target.draw == "phases":
        phases = 2 * np.pi * torch.rand(len(frequencies), generator=state, dtype=torch.float64).numpy()
    elif target.draw == "coefficients":
        parts = torch.randn(2, len(frequencies), generator=state, dtype=torch.float64)
        sines, cosines = amplitudes * parts.numpy()
        phases = np.zeros_like(frequencies)

    def function(inputs: FloatArray, _: FloatArray) -> FloatArray:
        argument = 2 * np.pi * np.outer(inputs[:, 0] / points.length, frequencies) + phases
        return np.asarray(np.sin(argument) @ sines + np.cos(argument) @ cosines)

    return function


def _drawn(target: Drawn, points: PointSet) -> TargetFunction:
    x, y = (torch.tensor(values, dtype=torch.float64) for values in (target.x, target.y))
    period = points.length if points.geometry == "circle" else None

    def function(inputs: FloatArray, _: FloatArray) -> FloatArray:
        return monotone_cubic(x, y, torch.from_numpy(inputs[:, 0].copy()), period).numpy()

    return function


def _formula(text: str, points: PointSet) -> TargetFunction:
    dimension = points.coordinates.shape[1]
    circle = points.geometry == "circle"
    names = ["x", *(f"x{i}" for i in range(1, dimension + 1)), *(["theta", "θ"] if circle else [])]
    formula = compile_formula(text, names)

    def function(inputs: FloatArray, coordinates: FloatArray) -> FloatArray:
        values = {f"x{i + 1}": coordinates[:, i] for i in range(dimension)} | {"x": coordinates[:, 0]}
        if circle:
            values |= {"theta": inputs[:, 0], "θ": inputs[:, 0]}
        return formula(values)

    if points.equispaced is not None:
        position = np.linspace(points.start, points.start + points.length, CHECKED + 1)
        if circle:
            function(position[:, None], np.column_stack([np.cos(position), np.sin(position)]))
        else:
            function(position[:, None], position[:, None])
    return function
