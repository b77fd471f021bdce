"""Which changes are tried follows from numbers of the config."""

from typing import Any

import pytest

from ntkscope.experiment.explain.candidates import candidates, missing_frequency
from ntkscope.experiment.explain.fewer import Fewer
from ntkscope.experiment.explain.trials import try_stages
from ntkscope.experiment.pasted.model import with_changes
from ntkscope.numerics import complete
from tests.cases import config

STANDARD = {"network__parameterization": "standard", "network__activation": "relu"}
FAR = {"data__points": {"kind": "interval", "n": 16, "low": 0, "high": 500}}


def tried(**changes: Any) -> list[dict[str, Any]]:
    asked = config(**changes)
    base = complete(try_stages(None, asked, None, Fewer.of(asked, None), work=1e9))
    made = candidates(base, None)
    for change in made:
        with_changes(asked, change.changes)  # each is a config
    return [dict(change.changes) for change in made]


def fields(**changes: Any) -> set[str]:
    return {field for change in tried(**changes) for field in change}


def test_inputs_that_are_far_from_1_are_scaled_before_they_are_encoded() -> None:
    assert {"data.scale_inputs": "unit"} in tried(**FAR)
    assert "network.encoding" not in fields(**FAR)
    assert "data.scale_inputs" not in fields()
    assert "network.encoding" in fields()


@pytest.mark.parametrize("d", [1, 3])
def test_one_point_alone_has_no_frequency(d: int) -> None:
    one: dict[str, Any] = {"data__points": {"kind": "random", "n": 1, "d": d}, "data__target": {"kind": "step"}}
    assert "network.encoding" not in fields(**one)


def test_targets_far_from_1_are_scaled_alone_and_with_the_inputs() -> None:
    large = tried(**FAR, data__target={"kind": "formula", "text": "x**2"})
    scaled = {"data.scale_targets": "standardize"}
    assert scaled in large
    assert {"data.scale_inputs": "unit", **scaled} in large
    assert "data.scale_targets" not in fields()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"network__sigma_b": 0}, "network.sigma_b"),
        ({"network__bias": False}, "network.bias"),
        (STANDARD, "network.initialization"),
        ({"network__centered": False}, "network.centered"),
        ({"training__learning_rate": {"kind": "given", "value": 1e-7}}, "training.learning_rate"),
        ({"training__learning_rate": {"kind": "given", "value": 1e3}}, "training.loss"),
        ({}, "training.stop.steps"),
    ],
)
def test_each_asks_for_its_own(changes: dict[str, Any], field: str) -> None:
    assert field in fields(**changes)


@pytest.mark.parametrize("field", ["network.sigma_b", "network.initialization", "network.centered", "training.loss"])
def test_what_is_right_is_left_alone(field: str) -> None:
    assert field not in fields()


def test_a_rate_that_is_too_large_comes_first() -> None:
    first = tried(training__learning_rate={"kind": "given", "value": 1e3})[0]
    assert first == {"training.loss": "mean"}


def test_features_have_the_frequency_that_is_missing() -> None:
    target = {"kind": "sinusoids", "frequencies": [1, 6], "amplitudes": [1, 0.5]}
    asked = config(data__target=target, training__stop={"steps": 30})
    base = complete(try_stages(None, asked, None, Fewer.of(asked, None), work=1e9))
    assert missing_frequency(base) == 6
    encodings = [
        change.changes["network.encoding"] for change in candidates(base, None) if "network.encoding" in change.changes
    ]
    assert [(one.kind) for one in encodings] == ["fourier", "positional"]  # type: ignore[union-attr]
    assert encodings[0].spread == 3  # type: ignore[union-attr]  # periods over the range of 2
    assert encodings[1].octaves == 4  # type: ignore[union-attr]  # 2^3 / 2 periods per unit at least


def test_as_many_steps_as_the_last_wave_takes() -> None:
    (steps,) = (change["training.stop.steps"] for change in tried() if "training.stop.steps" in change)
    assert steps == 2000  # ten times: no wave was asked about beyond the run
