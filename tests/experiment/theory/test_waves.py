"""What targets are made of, whatever their points, and how much of each part is left."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from ntkscope.experiment.problem.build import Problem, build
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.experiment.theory.waves import Waves
from ntkscope.schemas.config import RunConfig
from tests.cases import config

INTERVAL = {"kind": "interval", "n": 16}
CIRCLE = {"kind": "circle", "n": 16}


def made_of(points: dict[str, Any], target: dict[str, Any] | str, **data: Any) -> Waves:
    """The waves of a target, or of a formula."""
    wanted = {"kind": "formula", "text": target} if isinstance(target, str) else target
    settings = RunConfig.model_validate({"data": {"points": points, "target": wanted, **data}})
    return Waves.of(build(settings), settings.data)


def sinusoids(frequencies: list[float], amplitudes: list[float] | None = None, **fields: Any) -> dict[str, Any]:
    return {"kind": "sinusoids", "frequencies": frequencies, "amplitudes": amplitudes or [1.0], **fields}


def table(x: np.ndarray, y: np.ndarray, target: dict[str, Any]) -> Waves:
    """The waves of a target on a table's points."""
    points = {"kind": "dataset", "sha256": "0" * 64}
    settings = RunConfig.model_validate({"data": {"points": points, "target": target}})
    return Waves.of(build(settings, Table("0" * 64, x[:, None], y, ["x1", "y"])), settings.data)


@pytest.mark.parametrize(
    "points", [INTERVAL, INTERVAL | {"include_end": False}, CIRCLE, {"kind": "random", "n": 16, "d": 1}]
)
def test_a_pure_wave_is_one_wave(points: dict[str, Any]) -> None:
    """On an interval with both its ends a sum of Fourier has nine rows here."""
    waves = made_of(points, sinusoids([6]))
    assert (waves.frequencies, waves.sources) == ((0.0, 6.0), ("mean", "typed"))
    assert float(waves.shares.sum()) == pytest.approx(1)
    assert float(waves.shares[1]) > (0.8 if points["kind"] == "random" else 0.999)  # the mean of a few is its own
    assert waves.left < 1e-12


def test_what_was_typed_is_there_however_small_and_not_on_a_grid() -> None:
    waves = made_of(INTERVAL | {"n": 200, "low": 0, "include_end": False}, sinusoids([1, 20, 0.5], [1e-3, 1, 0.1]))
    assert waves.frequencies == (0.0, 1.0, 20.0, 0.5)
    assert waves.sources == ("mean", "typed", "typed", "typed")
    assert waves.sizes[1:3].tolist() == pytest.approx([1e-3 / math.sqrt(2), 1 / math.sqrt(2)], rel=1e-9)


def test_a_formula_s_waves_are_typed_and_the_rest_of_it_is_found() -> None:
    waves = made_of(INTERVAL | {"n": 256}, "abs(x) + 0.3*sin(12*x)")
    assert waves.frequencies[1] == pytest.approx(12 / math.pi, rel=1e-12)
    assert waves.sources[:3] == ("mean", "typed", "found")
    assert waves.frequencies[2] == pytest.approx(1, abs=0.1)
    assert float(waves.sizes[1]) == pytest.approx(0.3 / math.sqrt(2), rel=0.05)


@pytest.mark.parametrize("text", ["sin(3*pi*t)", "np.sin(3π x)", "x^2 + sin(3*pi*x1)"])
def test_a_formula_is_read_as_people_write_it(text: str) -> None:
    assert made_of(INTERVAL | {"n": 64}, text).frequencies[1] == 3


def test_on_a_circle_only_a_sine_of_the_angle_is_a_wave() -> None:
    waves = made_of(CIRCLE, "sin(3*theta) + 0.5*sin(2*x)")
    typed = [k for k, source in zip(waves.frequencies, waves.sources, strict=True) if source == "typed"]
    assert typed == [3.0]
    assert all(k == int(k) for k in waves.frequencies)
    assert "found" in waves.sources


def test_a_wave_that_the_points_cannot_see_has_no_size_and_no_error() -> None:
    waves = made_of(CIRCLE, sinusoids([2, 16]))  # sin(16 theta) is 0 on all 16 points
    assert waves.sizes[2] == 0
    errors = waves.errors(torch.ones(16, dtype=torch.float64))
    assert math.isnan(float(errors[2]))
    assert math.isnan(float(errors[0]))  # the mean of this target
    assert float(errors[1]) == pytest.approx(0, abs=1e-12)


def test_a_table_has_the_waves_of_its_own_range() -> None:
    x = np.linspace(1700, 2008, 100)
    position = (x - 1700) / 308
    waves = table(x, 40 + 30 * np.sin(2 * np.pi * 28 * position), {"kind": "dataset"})
    assert waves.frequencies == (0.0, 28.0)
    assert waves.sources == ("mean", "found")
    assert float(waves.sizes[0]) == pytest.approx(40, rel=0.02)
    named = table(x, np.zeros(100), {"kind": "formula", "text": "sin(2*pi*28*(x-1700)/308)"})
    assert named.frequencies[1] == pytest.approx(28, rel=1e-12)
    typed = table(x, np.zeros(100), sinusoids([0.25]))  # in periods over [-1, 1], as its help says
    assert typed.frequencies == (0.0, 0.25)
    assert float(typed.shares.sum()) == pytest.approx(1)


@pytest.mark.parametrize("points", [{"kind": "random", "n": 8, "d": 2}, {"kind": "random", "n": 8, "d": 5}])
def test_more_inputs_have_no_waves(points: dict[str, Any]) -> None:
    waves = made_of(points, "x1*x2")
    assert waves.describe() == []
    assert waves.errors(torch.ones(8, dtype=torch.float64)).shape == (0,)


@pytest.mark.parametrize("text", ["0*x", "3 + 0*x"])
@pytest.mark.parametrize("points", [INTERVAL, CIRCLE, INTERVAL | {"n": 1}, INTERVAL | {"n": 2}])
def test_constants_are_a_mean_or_nothing(points: dict[str, Any], text: str) -> None:
    waves = made_of(points, text)
    assert waves.frequencies == (0.0,)
    assert float(waves.sizes[0]) == pytest.approx(3 if "3" in text else 0)
    assert not torch.isnan(waves.shares).any()


def test_which_waves_there_are_is_asked_of_the_clean_target_and_their_size_of_the_noisy_one() -> None:
    settings = RunConfig.model_validate(
        {"data": {"points": INTERVAL | {"n": 64}, "target": sinusoids([2]), "noise": 0.5}}
    )
    problem: Problem = build(settings)
    waves = Waves.of(problem, settings.data)
    assert waves.frequencies == (0.0, 2.0)
    assert float(waves.errors(-problem.targets)[1]) == pytest.approx(1, rel=1e-12)
    assert waves.sizes[0] == 0  # the mean is of noise alone
    assert waves.left == pytest.approx(0.5, rel=0.3)
    total = float(problem.targets @ problem.targets) / 64
    assert float(waves.shares[1]) == pytest.approx(float(waves.sizes[1]) ** 2 / total, rel=1e-12)


def test_errors_are_one_for_a_network_of_zero_and_predicted_by_its_kernel() -> None:
    begun = initial(config(data__target=sinusoids([1, 3], [1.0, 0.4], phases=[0.7])))
    waves, law = Waves.of(begun.problem, begun.config.data), begun.training_law
    steps = torch.arange(4, dtype=torch.float64)
    predicted = waves.predicted(begun.kernel, law, steps)
    assert predicted[0, 1:].tolist() == pytest.approx([1, 1], rel=1e-12)
    residual = begun.kernel.residual
    for row in predicted:
        torch.testing.assert_close(row, waves.errors(residual), rtol=1e-9, atol=1e-12, equal_nan=True)
        residual = residual - begun.learning_rate * begun.matrix @ residual


def test_many_points_have_as_few_waves() -> None:
    waves = made_of(INTERVAL | {"n": 4096}, "abs(x) + sign(x - 0.3)")
    assert waves.map.shape == (len(waves.frequencies), 4096)
    assert len(waves.frequencies) <= 9
    assert float(waves.shares.sum()) < 1
