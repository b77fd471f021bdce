"""Sizes, limits and costs."""

from typing import Any

import numpy as np
import pytest
import torch

from ntkscope.errors import TooLarge
from ntkscope.experiment import estimate
from ntkscope.experiment.estimate import (
    Limits,
    check_limits,
    estimate_cost,
    infinite_bytes,
    memory_bytes,
    readable_bytes,
    sizes,
    start_bytes,
)
from ntkscope.experiment.machine import machine_speed
from ntkscope.experiment.problem.build import build, build_network
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.infinite import infinite
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.schemas.config import RunConfig

LIMITS = Limits(max_parameters=50_000_000, max_points=4096, max_memory_bytes=8 * 2**30, max_steps=10_000_000)


def config(**parts: Any) -> RunConfig:
    return RunConfig.model_validate(parts)


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"data": {"points": {"kind": "circle", "n": 6}}, "network": {"depth": 3, "width": 7}},
        {"data": {"points": {"kind": "arcs", "counts": [2, 3]}}, "network": {"bias": False, "width": 5}},
        {"data": {"points": {"kind": "random", "n": 4, "d": 3}}, "network": {"encoding": {"kind": "positional"}}},
        {"network": {"encoding": {"kind": "fourier", "rows": 9}, "width": 11, "depth": 2}},
    ],
)
def test_sizes_are_those_of_what_is_built(parts: dict[str, Any]) -> None:
    size, problem = sizes(config(**parts)), build(config(**parts))
    network = build_network(problem, 0)
    assert size.parameters == network.parameter_count
    assert size.n == len(problem.targets)
    assert size.layers[0][0] == problem.encoded.shape[1]
    assert size.units == sum(weight.shape[1] for weight in network.weights[:-1])
    assert size.multiply_adds == sum(weight.numel() for weight in network.weights)


def test_a_table_s_sizes() -> None:
    parts = {"data": {"points": {"kind": "dataset", "sha256": "a" * 64}, "target": {"kind": "dataset"}}}
    table = Table("t", np.zeros((5, 3)), np.zeros(5), ["x1", "x2", "x3", "y"])
    size = sizes(config(**parts), table)
    assert (size.n, size.layers[0]) == (5, (3, 1024))


@pytest.mark.parametrize(
    ("parts", "limits", "said"),
    [
        (
            {"network": {"width": 22_360, "depth": 3}},
            {},
            r"1,000,051,001, which would take 49 GB of memory.*NTKSCOPE_MAX_PARAMETERS",
        ),
        ({"data": {"points": {"kind": "circle", "n": 5000}}}, {}, r"5,000.*NTKSCOPE_MAX_POINTS"),
        ({"training": {"stop": {"steps": 15_000_000}}}, {}, r"15,000,000.*NTKSCOPE_MAX_STEPS"),
        ({"recording": {"frames": 200}}, {"max_frames": 199}, r"At most 199 frames.*200.*NTKSCOPE_MAX_FRAMES"),
        ({}, {"max_memory_bytes": 2**20}, r"of memory.*NTKSCOPE_MAX_MEMORY_BYTES"),
    ],
)  # fmt: skip
def test_each_limit_names_its_setting(parts: dict[str, Any], limits: dict[str, int], said: str) -> None:
    with pytest.raises(TooLarge, match=said):
        check_limits(config(**parts), Limits(**(vars(LIMITS) | limits)))


def test_at_the_limit_is_allowed() -> None:
    size = sizes(config())
    exact = Limits(size.parameters, size.n, memory_bytes(size), size.steps, size.frames)
    check_limits(config(), exact)
    for name in vars(exact):
        with pytest.raises(TooLarge):
            check_limits(config(), Limits(**(vars(exact) | {name: getattr(exact, name) - 1})))


def test_cost_adds_up_and_grows() -> None:
    small = estimate_cost(config())
    assert small.parameters == 3073
    assert small.memory_bytes > 8 * 3073
    assert 0 < small.step_seconds < small.preview_seconds + small.step_seconds <= small.run_seconds
    more = estimate_cost(config(training={"stop": {"steps": 40_000}}))
    assert more.run_seconds > small.run_seconds + 30_000 * small.step_seconds
    wide = estimate_cost(config(network={"width": 4096, "depth": 3}))
    assert wide.step_seconds > 10 * small.step_seconds
    assert wide.memory_bytes > 100 * small.memory_bytes


def test_the_machine_is_measured_once() -> None:
    speed = machine_speed()
    assert machine_speed() is speed
    assert all(value > 0 for value in vars(speed).values())
    one, two = speed.seconds(10**9, 0, 0), speed.seconds(10**9, 10**6, 10, transcendental=10**6)
    assert two == pytest.approx(one + 1e6 * speed.per_element + 1e6 * speed.per_transcendental + 10 * speed.per_call)


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (3_210_000, "3.2 MB"), (8 * 10**9, "8.0 GB"),
                        (123_456_789_012, "123 GB"), (9_990_000, "10.0 MB"), (10**21, "1000 EB")]
)  # fmt: skip
def test_bytes_are_readable(count: int, said: str) -> None:
    assert readable_bytes(count) == said


@pytest.mark.parametrize("parts", [{}, {"network": {"width": 512, "depth": 2}}, {"data": {"grid": 2048}},
                                   {"network": {"encoding": {"kind": "positional"}}}])  # fmt: skip
def test_what_is_kept_is_counted(parts: dict[str, Any]) -> None:
    size, begun = sizes(config(**parts)), initial(config(**parts))
    for kept, counted in ((begun, start_bytes(size)), (infinite(begun), infinite_bytes(size))):
        there = tensor_bytes(kept)
        assert there - 100_000 < counted < 1.5 * there + 100_000  # vectors are not counted


def tensor_bytes(value: object) -> int:
    """Of all tensors within, each storage once."""
    seen: dict[int, int] = {}
    todo, known = [value], set()
    while todo:
        each = todo.pop()
        if id(each) in known:
            continue
        known.add(id(each))
        if isinstance(each, torch.Tensor):
            seen[each.untyped_storage().data_ptr()] = each.untyped_storage().nbytes()
        elif isinstance(each, (list, tuple)):
            todo += each
        elif hasattr(each, "__dict__"):
            todo += vars(each).values()
    return sum(seen.values())


def test_a_machine_that_has_no_more_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate, "machine_memory", lambda: 2**20)
    with pytest.raises(TooLarge, match="container, has no more"):
        check_limits(config(), Limits(**(vars(LIMITS) | {"max_memory_bytes": 2**20})))
