"""From config to problem: scaling, noise, encoding, notices, and the network's draw."""

from typing import Any, get_args

import numpy as np
import pytest
import torch

from ntkscope.errors import InvalidInput
from ntkscope.experiment.problem.build import Problem, build, build_network
from ntkscope.experiment.problem.datasets import Table
from ntkscope.numerics import activation
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.network import ActivationName

DATASET = {"points": {"kind": "dataset", "sha256": "a" * 64}, "target": {"kind": "dataset"}}


def config(data: dict[str, Any] | None = None, network: dict[str, Any] | None = None, seed: int = 0) -> RunConfig:
    return RunConfig.model_validate({"data": data or {}, "network": network or {}, "seed": seed})


def table(x: list[list[float]], y: list[float]) -> Table:
    inputs = np.array(x, dtype=float)
    return Table("t", inputs, np.array(y, dtype=float), [*(f"x{i + 1}" for i in range(inputs.shape[1])), "y"])


def test_everything_is_float64_and_of_one_length() -> None:
    problem = build(config({"points": {"kind": "circle", "n": 10}, "grid": 7}))
    for tensor in (problem.coordinates, problem.encoded, problem.targets, problem.clean):
        assert tensor.dtype == torch.float64
        assert len(tensor) == 10
    assert problem.grid_target is not None
    assert len(problem.grid_encoded) == len(problem.grid_target) == len(problem.grid_inputs) == 7
    assert problem.inputs.shape == (10, 1)
    assert problem.coordinates.shape == (10, 2)


def test_the_clean_target_is_scaled_and_the_grid_with_it() -> None:
    plain, scaled = build(config()), build(config({"norm": 0.25}))
    assert float(scaled.clean.norm()) == pytest.approx(0.25)
    factor = float(scaled.clean[3] / plain.clean[3])
    assert plain.grid_target is not None
    assert scaled.grid_target is not None
    torch.testing.assert_close(scaled.grid_target, factor * plain.grid_target)


def test_noise_is_added_after_scaling_and_never_to_the_grid() -> None:
    data = {"points": {"kind": "circle", "n": 2000}, "norm": 1.0}
    clean, noisy = build(config(data)), build(config(data | {"noise": 0.5}))
    assert torch.equal(clean.clean, noisy.clean)
    assert torch.equal(clean.targets, clean.clean)
    noise = noisy.targets - noisy.clean
    assert abs(float(noise.std()) - 0.5) < 0.03
    assert abs(float(noise.mean())) < 0.05
    assert clean.grid_target is not None
    assert noisy.grid_target is not None
    assert torch.equal(clean.grid_target, noisy.grid_target)
    other = build(config(data | {"noise": 0.5}, seed=1))
    assert not torch.equal(other.targets, noisy.targets)


@pytest.mark.parametrize("points", [{"kind": "interval"}, {"kind": "circle"}])
def test_a_zero_target_cannot_be_scaled(points: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        build(config({"points": points, "target": {"kind": "formula", "text": "0*x"}, "norm": 1.0}))
    assert caught.value.where == "data.norm"
    assert "zero" in caught.value.got


def test_a_formula_that_divides_by_zero_on_the_grid() -> None:
    with pytest.raises(InvalidInput, match="divides by zero at x = 0"):
        build(config({"target": {"kind": "formula", "text": "1/x"}}))


def test_a_table_knows_no_target_between_its_points() -> None:
    problem = build(config(DATASET), table([[0], [1], [2]], [5, 6, 7]))
    assert problem.targets.tolist() == [5, 6, 7]
    assert problem.grid_target is None
    assert problem.geometry == "interval"


def test_a_formula_on_a_table_s_points() -> None:
    data = DATASET | {"target": {"kind": "formula", "text": "x1 + 10*x2"}}
    problem = build(config(data), table([[0, 1], [1, 2]], [0, 0]))
    assert problem.targets.tolist() == [10, 21]
    assert problem.grid_target is not None


@pytest.mark.parametrize(
    ("encoding", "features"),
    [({"kind": "none"}, 2), ({"kind": "fourier", "rows": 5}, 10), ({"kind": "positional", "octaves": 3}, 12)],
)
def test_encodings_apply_to_points_and_grid(encoding: dict[str, Any], features: int) -> None:
    problem = build(config({"points": {"kind": "circle", "n": 6}}, {"encoding": encoding}))
    assert problem.encoded.shape == (6, features)
    assert problem.grid_encoded.shape[1] == features
    if encoding["kind"] != "none":
        torch.testing.assert_close((problem.encoded**2).mean(dim=1), torch.ones(6, dtype=torch.float64))
    again = build(config({"points": {"kind": "circle", "n": 6}}, {"encoding": encoding}))
    assert torch.equal(problem.grid_encoded, again.grid_encoded)


def test_one_point_is_accepted_with_a_notice() -> None:
    problem = build(config({"points": {"kind": "interval", "n": 1}}))
    assert len(problem.targets) == 1
    assert any("one training point" in notice for notice in problem.notices)


def notices_of(problem: Problem) -> str:
    return " ".join(problem.notices)


def test_equal_points_are_accepted_with_a_notice() -> None:
    agreeing = build(config(DATASET), table([[1], [2], [1]], [3, 4, 3]))
    assert "1 training point equals another" in notices_of(agreeing)
    assert "eigenvalue 0, which never learns." in notices_of(agreeing)
    fighting = build(config(DATASET), table([[1], [2], [1], [1]], [3, 4, 5, 3]))
    assert "2 training points equal another" in notices_of(fighting)
    assert "the difference stays" in notices_of(fighting)


def test_points_may_become_equal_by_their_encoding() -> None:
    encoding = {"kind": "positional", "octaves": 2}  # of period 2, so -1 and 1 are one point
    assert "equals another" in notices_of(build(config({}, {"encoding": encoding})))
    assert not build(config({"points": {"kind": "interval", "include_end": False}}, {"encoding": encoding})).notices


def test_a_zero_target_has_a_notice() -> None:
    problem = build(config({"target": {"kind": "formula", "text": "0*x"}}))
    assert "target is zero" in notices_of(problem)


@pytest.mark.parametrize("name", get_args(ActivationName))
def test_every_activation_is_that_of_numerics(name: str) -> None:
    shape = {"leaky_relu": {"alpha": -0.4}, "rbf": {"gamma": 2.5}}.get(name, {})
    found = build(config(network={"activation": name, "leaky_slope": -0.4, "rbf_gamma": 2.5})).architecture.activation
    assert (found.name, found.parameters) == (name, activation(name, **shape).parameters)


def test_the_network_depends_on_its_own_stream_only() -> None:
    base = build_network(build(config()), 0)
    noisy = build_network(build(config({"noise": 1.0, "points": {"kind": "random", "d": 1}})), 0)
    other = build_network(build(config()), 1)
    assert base.to_bytes() == noisy.to_bytes()
    assert base.to_bytes() != other.to_bytes()
    assert base.parameter_count == 3 * 1024 + 1
