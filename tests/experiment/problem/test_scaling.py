"""Scaled inputs: a run equals the one whose inputs were scaled by hand; what a person sees keeps their own units."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from ntkscope.experiment.prediction import prediction
from ntkscope.experiment.problem.build import Problem, build
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Finished, Frame, Started
from tests.cases import config, of, run

TABLE = {"points": {"kind": "dataset", "sha256": "a" * 64}, "target": {"kind": "dataset"}}
OWN = {"kind": "interval", "n": 16, "low": 1700, "high": 2008}
FORMULA = "sin(pi*(x-1854)/154) + 0.3*cos(3*pi*(x-1854)/154)"
BY_HAND = "sin(pi*x) + 0.3*cos(3*pi*x)"


def interval(scale: str, points: dict[str, Any], text: str, **changes: Any) -> RunConfig:
    return config(
        data__scale_inputs=scale, data__points=points, data__target={"kind": "formula", "text": text}, **changes
    )


def tabled(rows: list[list[float]], scale: str) -> Problem:
    x = np.array(rows, dtype=float)
    table = Table("t", x, np.arange(len(x), dtype=float), [])
    return build(RunConfig.model_validate({"data": TABLE | {"scale_inputs": scale}}), table)


@pytest.mark.parametrize("include_end", [True, False])
@pytest.mark.parametrize("encoding", [{"kind": "none"}, {"kind": "positional", "octaves": 3}])
def test_a_run_is_the_one_scaled_by_hand(include_end: bool, encoding: dict[str, Any]) -> None:
    ends = {"include_end": include_end}
    own = run(interval("unit", OWN | ends, FORMULA, network__encoding=encoding))
    by_hand = run(interval("none", {"kind": "interval", "n": 16} | ends, BY_HAND, network__encoding=encoding))
    for frame, other in zip(of(own, Frame), of(by_hand, Frame), strict=True):
        for name in ("loss", "fitted", "function", "mode_coefficients", "spectrum"):
            np.testing.assert_allclose(getattr(frame, name), getattr(other, name), atol=1e-8, err_msg=name)
    (begun,), (other_begun,) = of(own, Started), of(by_hand, Started)
    np.testing.assert_allclose(begun.eigenvalues, other_begun.eigenvalues, atol=1e-10 * begun.eigenvalues[0])
    np.testing.assert_allclose(begun.mode_frequencies, other_begun.mode_frequencies)  # periods over the range
    np.testing.assert_allclose(begun.frequencies, other_begun.frequencies)
    assert of(own, Finished)[0].sentence == of(by_hand, Finished)[0].sentence
    assert (begun.inputs.min(), begun.grid.min() > 1700, begun.grid.max() < 2008) == (1700, True, True)


def test_a_prediction_at_new_points_sees_them_scaled() -> None:
    own = initial(interval("unit", OWN, FORMULA))
    by_hand = initial(interval("none", {"kind": "interval", "n": 16}, BY_HAND))
    for time in (0.1, math.inf):
        found, expected = (prediction(state, "gradient_descent", time) for state in (own, by_hand))
        np.testing.assert_allclose(found.grid_prediction, expected.grid_prediction, atol=1e-7)


def test_each_coordinate_is_scaled_by_itself() -> None:
    rows = [[1700.0, -3.0], [1800.0, 5.0], [2008.0, 0.0]]
    unit = tabled(rows, "unit")
    torch.testing.assert_close(unit.coordinates.amin(0), torch.tensor([-1.0, -1.0], dtype=torch.float64))
    torch.testing.assert_close(unit.coordinates.amax(0), torch.tensor([1.0, 1.0], dtype=torch.float64))
    standard = tabled(rows, "standardize").coordinates
    x = torch.tensor(rows, dtype=torch.float64)
    torch.testing.assert_close(standard, (x - x.mean(0)) / x.std(0, correction=0))
    assert unit.inputs.tolist() == rows
    assert torch.equal(tabled(rows, "none").coordinates, x)


@pytest.mark.parametrize("scale", ["unit", "standardize"])
def test_a_coordinate_that_never_changes_is_0_and_named(scale: str) -> None:
    problem = tabled([[1.0, 7.0], [2.0, 7.0], [4.0, 7.0]], scale)
    assert problem.coordinates[:, 1].tolist() == [0.0, 0.0, 0.0]
    assert bool(torch.isfinite(problem.grid_encoded).all())
    assert any(notice.startswith("x2 is 7 at every point") for notice in problem.notices)
    assert bool(torch.isfinite(tabled([[3.0]], scale).coordinates).all())
    assert bool(torch.isfinite(build(interval(scale, OWN | {"n": 1}, "x")).coordinates).all())


def test_a_circle_stays_one_and_says_so() -> None:
    circle = {"kind": "circle", "n": 7}
    plain, scaled = (build(config(data__points=circle, data__scale_inputs=scale)) for scale in ("none", "unit"))
    assert torch.equal(plain.coordinates, scaled.coordinates)
    assert [notice for notice in scaled.notices if "circle" in notice]
    assert not plain.notices


def test_the_digest_of_a_config_from_before_is_as_it_was() -> None:
    settings = RunConfig()
    assert settings.digest() == "a21d87c9a3fa6287007d4c4bc47006142dcc72d9ee4bbfd35a265bce7146bda7"
    assert config(data__scale_inputs="unit").digest() != config().digest()
