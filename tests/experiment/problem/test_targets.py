"""Target functions, point by point."""

import math

import numpy as np
import pytest

from ntkscope.errors import InvalidInput
from ntkscope.experiment.problem.points import PointSet, lay_points
from ntkscope.experiment.problem.targets import target_function
from ntkscope.schemas.data import (
    Chirp,
    Circle,
    Data,
    DatasetTarget,
    Formula,
    GaussianBump,
    Interval,
    Points,
    RandomPoints,
    Sawtooth,
    Sinusoids,
    Step,
    Target,
)
from ntkscope.schemas.drawn import Drawn


def values(target: Target, points: Points, seed: int = 0) -> tuple[np.ndarray, PointSet]:
    laid = lay_points(Data(points=points), seed, None)
    function = target_function(target, laid, seed)
    assert function is not None
    return function(laid.inputs, laid.coordinates), laid


@pytest.mark.parametrize(
    ("points", "argument"),
    [
        (Interval(n=7), lambda k, x: math.pi * k * x),
        (Interval(n=7, low=0, high=1), lambda k, x: 2 * math.pi * k * x),
        (Interval(n=7, low=2, high=7), lambda k, x: 2 * math.pi * k * x / 5),
        (Circle(n=7), lambda k, x: k * x),
        (RandomPoints(n=7, d=3), lambda k, x: math.pi * k * x),
    ],
)
def test_sinusoids_count_periods(points: Points, argument: object) -> None:
    target = Sinusoids(frequencies=[1, 2.5], amplitudes=[1, -0.5], phases=[0.1, 0.2])
    found, laid = values(target, points)
    for value, x in zip(found, laid.inputs[:, 0], strict=True):
        expected = math.sin(argument(1, x) + 0.1) - 0.5 * math.sin(argument(2.5, x) + 0.2)  # type: ignore[operator]
        assert value == pytest.approx(expected, abs=1e-13)


def test_one_amplitude_and_one_phase_serve_all() -> None:
    short, _ = values(Sinusoids(frequencies=[1, 2], amplitudes=[0.5], phases=[0.3]), Circle(n=9))
    full, _ = values(Sinusoids(frequencies=[1, 2], amplitudes=[0.5, 0.5], phases=[0.3, 0.3]), Circle(n=9))
    assert short.tolist() == full.tolist()


def test_drawn_phases_keep_the_amplitudes() -> None:
    target = Sinusoids(frequencies=[1, 2, 3], amplitudes=[1, 0.5, 0.25], draw="phases")
    first, second = values(target, Circle(n=16))[0], values(target, Circle(n=16), seed=1)[0]
    assert first.tolist() != second.tolist()
    for found in (first, second):
        np.testing.assert_allclose(np.abs(np.fft.rfft(found))[1:4] / 8, [1, 0.5, 0.25], rtol=1e-12)


def test_drawn_coefficients_are_normal() -> None:
    target = Sinusoids(frequencies=list(range(1, 61)), amplitudes=[2], draw="coefficients")
    spectra = np.array([np.fft.rfft(values(target, Circle(n=128), seed)[0])[1:61] / 64 for seed in range(20)])
    parts = np.concatenate([spectra.real.ravel(), spectra.imag.ravel()])  # cosine parts, minus sine parts
    assert abs(parts.mean()) < 0.15
    assert abs(parts.std() - 2) < 0.15
    assert abs(np.corrcoef(spectra.real.ravel(), spectra.imag.ravel())[0, 1]) < 0.1


def test_step() -> None:
    assert values(Step(at=0.5), Interval(n=5))[0].tolist() == [-1, -1, -1, 0, 1]
    # angles 0, pi/2, pi, 3 pi/2 are 0, pi/2, -pi, -pi/2
    assert values(Step(at=0.0), Circle(n=4))[0].tolist() == [0, 1, -1, -1]


def test_sawtooth_repeats() -> None:
    found, _ = values(Sawtooth(frequency=2), Interval(n=8, include_end=False))
    np.testing.assert_allclose(found, [-1, -0.5, 0, 0.5] * 2, atol=1e-14)
    np.testing.assert_allclose(values(Sawtooth(frequency=2), Circle(n=8))[0], found, atol=1e-12)


def test_the_chirp_sweeps_its_frequency() -> None:
    found, _ = values(Chirp(start=1, end=5), Interval(n=400, low=2, high=6))
    expected, phase = [], 0.0
    fine = 200
    for j in range(400):
        if j:
            for i in range(fine):
                u = (j - 1 + (i + 0.5) / fine) / 399
                phase += 2 * math.pi * (1 + 4 * u) / (399 * fine)
        expected.append(math.sin(phase))
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_the_bump_sits_on_its_centre() -> None:
    found, laid = values(GaussianBump(centre=0.5, spread=0.2), Interval(n=9))
    for value, x in zip(found, laid.inputs[:, 0], strict=True):
        assert value == pytest.approx(math.exp(-((x - 0.5) ** 2) / 0.08))
    around, _ = values(GaussianBump(centre=-math.pi / 2, spread=0.3), Circle(n=4))
    assert around.argmax() == 3


def test_a_drawing_is_constant_beside_its_points_and_goes_round_a_circle() -> None:
    drawn = Drawn(x=[-0.5, 0.5], y=[1, 3])
    assert values(drawn, Interval(n=5))[0].tolist() == [1, 1, 2, 3, 3]
    assert values(drawn, RandomPoints(n=9, d=3))[1].inputs.shape == (9, 3)
    # angles 0, pi/2, pi, 3 pi/2: what is drawn at -pi/2 is that at 3 pi/2
    found = values(Drawn(x=[-math.pi / 2, 0, math.pi / 2], y=[5, 6, 7]), Circle(n=4))[0]
    np.testing.assert_allclose(found, [6, 7, 6, 5], atol=1e-12)


def test_formula_names() -> None:
    circle, laid = values(Formula(text="theta + 2*x1 + 3*x2 - x + θ"), Circle(n=5))
    theta = laid.inputs[:, 0]
    np.testing.assert_allclose(circle, 2 * theta + np.cos(theta) + 3 * np.sin(theta), rtol=1e-14)
    random, laid = values(Formula(text="x1*x2 + x3**2 + x"), RandomPoints(n=5, d=3))
    x = laid.coordinates
    np.testing.assert_allclose(random, x[:, 0] * x[:, 1] + x[:, 2] ** 2 + x[:, 0], rtol=1e-14)


@pytest.mark.parametrize(
    ("text", "points"), [("1/x", Interval()), ("1/x1", Circle(n=6)), ("log(1 - x)", Interval(include_end=False))]
)
def test_a_formula_must_be_finite_between_the_points_too(text: str, points: Points) -> None:
    """No training point and no evaluation point lies on the pole."""
    with pytest.raises(InvalidInput, match=r"x = (0|1|6\.12)"):
        values(Formula(text=text), points)


def test_only_a_table_knows_its_target() -> None:
    laid = lay_points(Data(), 0, None)
    assert target_function(DatasetTarget(), laid, 0) is None
