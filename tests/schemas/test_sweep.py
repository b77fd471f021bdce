"""What a sweep may ask for."""

from typing import Any

import pytest
from pydantic import ValidationError

from ntkscope.schemas.sweep import SweepRequest

WIDTHS = {"field": "network.width", "values": [64, 128]}
SEEDS = {"field": "seed", "values": list(range(32))}


def test_its_runs_are_counted() -> None:
    assert SweepRequest.model_validate({"axes": [WIDTHS, SEEDS]}).total == 64


def test_it_round_trips_with_whole_numbers_and_words() -> None:
    scalings = {"field": "network.parameterization", "values": ["ntk", "mean_field"]}
    request = SweepRequest.model_validate({"name": "a", "axes": [WIDTHS, scalings]})

    assert SweepRequest.model_validate_json(request.model_dump_json()) == request
    assert request.axes[1].values == ["ntk", "mean_field"]


def test_values_stay_the_numbers_words_and_switches_that_they_were() -> None:
    values = [True, 1.5, 0, 1e-3, 2**60, "1", "true", ""]
    request = SweepRequest.model_validate({"axes": [{"field": "network.bias", "values": values}]})
    stored = SweepRequest.model_validate_json(request.model_dump_json())

    assert stored == request
    assert [(type(value), value) for value in stored.axes[0].values] == [(type(value), value) for value in values]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"axes": []}, "at least 1 item"),
        ({"axes": [WIDTHS, WIDTHS]}, "network.width twice"),
        ({"axes": [{"field": "network.width", "values": [64, 8, 64]}]}, "you gave 64 again"),
        ({"axes": [{"field": "network.width", "values": []}]}, "at least 1 item"),
        ({"axes": [{"field": "seed", "values": list(range(33))}]}, "at most 32 items"),
        ({"axes": [{"field": "", "values": [1]}]}, "at least 1 character"),
        ({"axes": [{"field": "x" * 101, "values": [1]}]}, "at most 100 characters"),
        ({"axes": [{"field": "seed", "values": [[1]]}]}, r"a number, text, true or false; you gave \[1\]"),
        ({"axes": [{"field": "data.norm", "values": [1, None]}]}, "you gave null"),
        ({"axes": [{"field": "data.noise", "values": [float("nan")]}]}, "you gave nan"),
        ({"axes": [SEEDS, SEEDS | {"field": "network.width"}]}, "you gave 1,024"),
        ({"axes": [WIDTHS], "name": "x" * 121}, "at most 120 characters"),
    ],
)
def test_what_it_refuses(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SweepRequest.model_validate(changes)
