"""RunConfig: closed, frozen, round-trips, and says what was wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.network import Network
from tests.cases import config

PINNED = [(one["config"], one["digest"]) for one in json.loads((Path(__file__).parent / "digests.json").read_text())]

ROUND = {"kind": "drawn", "x": [0, 6.28318531], "y": [0, 1]}  # the last is the first


def test_defaults_round_trip_through_json() -> None:
    assert RunConfig.model_validate_json(RunConfig().model_dump_json()) == RunConfig()


@given(seed=st.integers(0, 2**53 - 1), width=st.integers(1, 10**7), noise=st.floats(0, 1e6))
def test_any_config_round_trips_and_keeps_its_digest(seed: int, width: int, noise: float) -> None:
    settings = config(seed=seed, network__width=width, data__noise=noise)
    back = RunConfig.model_validate_json(settings.model_dump_json())
    assert back == settings
    assert back.digest() == settings.digest()


def test_another_config_has_another_digest() -> None:
    assert config(seed=1).digest() != config(seed=2).digest()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"network__width": -4}, "network.width"),
        ({"network__widht": 4}, "network.widht"),
        ({"network__width": [64, 0]}, "network.width"),
        ({"network__width": []}, "network.width"),
        ({"network__width": [8] * 65}, "network.width"),
        ({"network__width": [64, 8], "network__depth": 3}, "network.depth"),
        ({"network__width": [64, 64], "network__depth": 3}, "network.depth"),
        ({"network__initialization": "he"}, "network.initialization"),
        ({"data__noise": float("nan")}, "data.noise"),
        ({"data__points": {"kind": "interval", "low": 1.0, "high": 1.0}}, "data.points.interval"),
        ({"data__target": {"kind": "sinusoids", "frequencies": [1, 2], "phases": [0, 0, 0]}}, "data.target.sinusoids"),
        ({"data__target": {"kind": "drawn", "x": [0, 1, 1], "y": [0, 0, 0]}}, "data.target.drawn"),
        ({"data__target": {"kind": "drawn", "x": [0, 1], "y": [0, 0, 0]}}, "data.target.drawn"),
        ({"data__target": {"kind": "drawn", "x": [0], "y": [0]}}, "data.target.drawn.x"),
        ({"data__target": {"kind": "drawn", "x": list(range(65)), "y": [0] * 65}}, "data.target.drawn.x"),
        (
            {
                "data__points": {"kind": "circle"},
                "data__target": {"kind": "drawn", "x": [0, 6.2831853072], "y": [0, 1]},
            },
            "data",
        ),
        ({"data__target": {"kind": "dataset"}}, "data"),
        ({"data__points": {"kind": "dataset", "sha256": "xyz"}}, "data.points.dataset.sha256"),
        ({"training__learning_rate": {"kind": "given", "value": 0}}, "training.learning_rate.given.value"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, object], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        config(**change)
    assert place in [".".join(map(str, error["loc"])) for error in caught.value.errors()]


def test_a_drawing_says_which_points_are_at_fault() -> None:
    with pytest.raises(ValidationError, match=r"x must grow from point to point.*x\[1\] = 2.0 and x\[2\] = 1.0.*Sort"):
        config(data__target={"kind": "drawn", "x": [0, 2, 1], "y": [0, 0, 0]})
    with pytest.raises(ValidationError, match=r"as many values; you gave 2 and 3"):
        config(data__target={"kind": "drawn", "x": [0, 2], "y": [0, 0, 0]})
    with pytest.raises(ValidationError, match=r"once round at most.*you gave 0.0 to 6.3"):
        config(data__points={"kind": "circle"}, data__target={"kind": "drawn", "x": [0, 6.3], "y": [0, 1]})


def test_every_field_has_a_label_and_a_sentence() -> None:
    schema = RunConfig.model_json_schema()
    for name, model in {"RunConfig": schema, **schema["$defs"]}.items():
        for field, described in model["properties"].items():
            if field != "kind":
                model_title = schema["$defs"].get(described.get("$ref", "").split("/")[-1], {}).get("title")
                assert described.get("title") or model_title, (name, field)
                assert described.get("description"), (name, field)


def test_a_config_of_a_log_from_before_a_field_takes_its_default() -> None:
    fields = config().model_dump(mode="json")
    for name in ("leaky_slope", "rbf_gamma", "output_scale"):
        del fields["network"][name]
    assert RunConfig.model_validate(fields) == config()


def test_a_list_of_widths_says_the_depth() -> None:
    made = Network.model_validate({"width": [200, 50, 10]})
    assert (made.width, made.depth, made.widths, made.last_width) == ([200, 50, 10], 3, [200, 50, 10], 10)
    assert Network.model_validate_json(made.model_dump_json()) == made
    assert Network.model_validate(made.model_dump(), strict=True) == made
    said = "As many hidden layers as there are widths, 3; you gave 1"
    with pytest.raises(ValidationError, match=said[1:]):
        Network.model_validate({"width": [200, 50, 10], "depth": 1})


def test_one_network_is_one_config() -> None:
    """Equal widths are one number: the same digest, and a sweep can take the field as an axis."""
    number = Network(width=64, depth=2)
    assert Network.model_validate({"width": [64, 64]}) == number
    assert Network.model_validate({"width": [64, 64], "depth": 2}) == number
    assert number.widths == [64, 64]
    assert config(network__width=[64]).digest() == config(network__width=64).digest()


@pytest.mark.parametrize(("body", "digest"), PINNED)
def test_a_body_from_before_a_field_is_the_same_config(body: dict[str, Any], digest: str) -> None:
    """Digests by the program before there were initializations, widths for each layer and other losses."""
    made = RunConfig.model_validate(body)
    assert made.digest() == digest
    assert RunConfig.model_validate(made.model_dump(mode="json")).digest() == digest


@pytest.mark.parametrize(
    "change",
    [
        {"network__parameterization": "standard", "network__initialization": "he"},
        {"training__loss": "mean"},
        {"network__width": [64, 32], "network__depth": 2},
    ],
)
def test_a_new_field_away_from_its_default_is_another_run(change: dict[str, Any]) -> None:
    assert config(**change).digest() != config(network__parameterization="standard").digest()


def test_a_config_cannot_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        RunConfig().seed = 1  # type: ignore[misc]
