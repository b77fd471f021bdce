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


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"axes": []}, "at least 1 item"),
        ({"axes": [WIDTHS, WIDTHS]}, "network.width twice"),
        ({"axes": [{"field": "network.width", "values": [64, 8, 64]}]}, "you gave 64 again"),
        ({"axes": [{"field": "network.width", "values": []}]}, "at least 1 item"),
        ({"axes": [{"field": "seed", "values": list(range(33))}]}, "at most 32 items"),
        ({"axes": [{"field": "network.depth", "values": [1]}]}, "'seed'"),
        ({"axes": [SEEDS, SEEDS | {"field": "network.width"}]}, "you gave 1,024"),
        ({"axes": [WIDTHS], "name": "x" * 121}, "at most 120 characters"),
    ],
)
def test_what_it_refuses(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SweepRequest.model_validate(changes)
