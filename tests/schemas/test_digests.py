"""Ten requests of earlier versions, which are the same runs still: later fields are at their defaults."""

from typing import Any

import pytest

from ntkscope.schemas.config import RunConfig

TEN: list[dict[str, Any]] = [
    {},
    {"data": {"points": {"kind": "interval", "n": 64, "low": 0, "high": 1, "hold_out": True}}},
    {"data": {"points": {"kind": "circle", "n": 96, "hold_out": True}, "target": {"kind": "step"}}},
    {"data": {"points": {"kind": "arcs"}, "target": {"kind": "formula", "text": "cos(2*theta)"}, "noise": 0.1}},
    {"data": {"points": {"kind": "random", "d": 2, "distribution": "sphere"}, "norm": 2.0}},
    {"data": {"points": {"kind": "dataset", "sha256": "a" * 64}, "target": {"kind": "dataset"}}, "seed": 7},
    {"data": {"points": {"kind": "dataset", "sha256": "b" * 64}, "target": {"kind": "sinusoids"}, "grid": 64}},
    {"data": {"scale_inputs": "unit", "points": {"kind": "interval", "low": 1700, "high": 2008}}},
    {"network": {"width": 512, "depth": 2, "activation": "relu", "parameterization": "standard"}},
    {"training": {"stop": {"steps": 100, "loss": 0.1}, "precision": "float32"}, "recording": {"hessian": True}},
]
DIGESTS = [
    "a21d87c9a3fa6287",
    "155533c84ca636db",
    "904d67d676c67e28",
    "8c76982dafa87041",
    "9c7ac28cc1ec8b6e",
    "b650bcc6f4ef175b",
    "0301ea436a31a834",
    "082af99fded9e08c",
    "2a31fb23b211f497",
    "51944ad8237bb9b1",
]


@pytest.mark.parametrize(("body", "digest"), list(zip(TEN, DIGESTS, strict=True)))
def test_a_request_from_before_is_the_same_run(body: dict[str, Any], digest: str) -> None:
    config = RunConfig.model_validate(body)
    assert config.digest().startswith(digest)
    assert RunConfig.model_validate_json(config.model_dump_json()).digest() == config.digest()


@pytest.mark.parametrize(
    "changes",
    [
        {"scale_targets": "subtract_mean"}, {"hold_out": {"kind": "every"}}, {"points": {"x": ["1"]}},
        {"points": {"y": "b"}}, {"points": {"separator": "tab"}}, {"points": {"decimal": "comma"}},
        {"points": {"missing": "drop"}},
        {"points": {"subset": "even"}}, {"points": {"most_rows": 5}},
    ],
)  # fmt: skip
def test_what_came_later_makes_another_run(changes: dict[str, Any]) -> None:
    table = {"kind": "dataset", "sha256": "a" * 64}
    data = {**changes, "points": table | changes.get("points", {}), "target": {"kind": "dataset"}}
    config = RunConfig.model_validate({"data": data})
    assert config.digest() != RunConfig.model_validate({"data": {"points": table, "target": data["target"]}}).digest()
