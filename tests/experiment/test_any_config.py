"""Whatever config the schema lets through: a run ends with an outcome, or is refused in a sentence; nothing else."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ntkscope.errors import InvalidInput, NtkscopeError
from ntkscope.experiment.check import check_start
from ntkscope.experiment.measure.states import NetworkState
from ntkscope.numerics import LARGEST
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Finished, KernelFrame, RunEvent
from ntkscope.schemas.network import ActivationName, InitializationName
from ntkscope.schemas.training import LossName
from ntkscope.wire.codec import encode, to_json
from tests.any_config import configs, table_of
from tests.cases import config, of, run

POINTS = st.one_of(
    st.builds(dict, kind=st.just("interval"), n=st.sampled_from([1, 2, 3, 16])),
    st.builds(dict, kind=st.just("circle"), n=st.sampled_from([1, 2, 5, 16]), hold_out=st.booleans()),
    st.just({"kind": "arcs", "counts": [3, 5]}),
    st.builds(
        dict,
        kind=st.just("random"),
        n=st.sampled_from([1, 7, 20]),
        d=st.sampled_from([1, 2, 3, 6]),
        distribution=st.sampled_from(["normal", "uniform", "sphere"]),
    ),
)
TARGETS = st.sampled_from(
    [
        {"kind": "sinusoids", "frequencies": [1, 2]},
        {"kind": "step"},
        {"kind": "sawtooth"},
        {"kind": "chirp"},
        {"kind": "gaussian_bump"},
        {"kind": "drawn", "x": [0, 1, 3], "y": [0, 2, -1]},
        {"kind": "formula", "text": "0*x1"},
        {"kind": "formula", "text": "x1 + 1e9"},
    ]
)
RATES = st.one_of(
    st.builds(dict, kind=st.just("auto"), fraction=st.sampled_from([0.01, 0.5, 1.5, 6.0, 50.0])),
    st.builds(dict, kind=st.just("given"), value=st.sampled_from([1e-12, 1.0, 1e9])),
)
CONFIGS = st.fixed_dictionaries(
    {
        "data__points": POINTS,
        "data__target": TARGETS,
        "data__noise": st.sampled_from([0, 0.5]),
        "network__width": st.sampled_from([1, 2, 8, 64, [8, 3], [1, 16, 2]]),
        "network__depth": st.sampled_from([1, 2, 3, 4]),
        "network__activation": st.sampled_from(get_args(ActivationName)),
        "network__leaky_slope": st.sampled_from([-1.0, 0.0, 0.01, 1.0]),
        "network__rbf_gamma": st.sampled_from([1e-3, 1.0, 100.0]),
        "network__parameterization": st.sampled_from(["ntk", "standard", "mean_field"]),
        "network__initialization": st.sampled_from(get_args(InitializationName)),
        "training__loss": st.sampled_from(get_args(LossName)),
        "network__sigma_w": st.sampled_from([1e-3, 1.0, 4.0, 100.0]),
        "network__sigma_b": st.sampled_from([0, 1.0, 50.0]),
        "network__bias": st.booleans(),
        "network__centered": st.booleans(),
        "network__encoding": st.sampled_from(
            [{"kind": "none"}, {"kind": "fourier", "rows": 4}, {"kind": "positional"}]
        ),
        "training__learning_rate": RATES,
        "training__stop__steps": st.sampled_from([1, 2, 50, 300]),
        "training__precision": st.sampled_from(["float32", "float64"]),
        "seed": st.integers(0, 1000),
    }
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(CONFIGS)
def test_every_config_ends_in_an_outcome_or_a_sentence(changes: dict[str, Any]) -> None:
    if isinstance(changes["network__width"], list):
        changes = changes | {"network__depth": len(changes["network__width"])}
    if changes["network__initialization"] != "normal":
        changes = changes | {"network__parameterization": "standard"}
    try:
        events = run(config(**changes))
    except NtkscopeError:
        return
    assert_clean(events)


@pytest.mark.parametrize("scale", ["subtract_mean", "standardize"])
def test_a_target_without_some_of_its_waves_is_told_in_own_units(scale: str) -> None:
    points = {"kind": "interval", "n": 2, "low": 0.1}
    assert_clean(run(config(data__points=points, data__scale_targets=scale, network__width=1)))


NEAR_ZERO = {"sigma_w": 1e-9, "sigma_b": 1e-300}


@pytest.mark.parametrize(
    ("network", "training", "recording"),
    [
        (NEAR_ZERO | {"width": [1, 1], "activation": "relu"}, {"precision": "float32"}, {}),
        (NEAR_ZERO | {"width": 1}, {}, {"kernel_frames": 0, "epsilon": 1e-300}),
        ({"width": 1, "output_scale": 1e-300}, {"learning_rate": {"kind": "given"}}, {}),
        (
            {"width": 1, "depth": 5, "activation": "leaky_relu", "centered": False, "bias": False}
            | {"output_scale": 1e-9, "sigma_w": 1e-3, "sigma_b": 1e-300},
            {},
            {},
        ),
    ],
)
def test_a_network_near_zero_trains_or_says_why_not(
    network: dict[str, Any], training: dict[str, Any], recording: dict[str, Any]
) -> None:
    body = {"data": {"points": {"kind": "arcs"}, "grid": 2}, "network": network, "recording": recording}
    drawn = RunConfig.model_validate(body | {"training": training | {"stop": {"steps": 1}}})
    try:
        events = run(drawn)
    except NtkscopeError as error:
        assert "within the range of float32" in error.expected  # noqa: PT017  (it is either)
        return
    assert_clean(events)


@pytest.mark.parametrize(("precision", "rate"), [("float32", 1e39), ("float64", 1e299)])
def test_a_rate_beyond_its_precision_is_refused(precision: str, rate: float) -> None:
    rehearsed = {"kind": "rehearsed", "value": rate}
    with pytest.raises(InvalidInput, match=f"A learning rate within the range of {precision}") as refused:
        run(config(training__learning_rate=rehearsed, training__precision=precision))
    assert refused.value.got.startswith(f"{rate:g}, λ₁ = ")
    assert refused.value.remedy == "Give a smaller rate."
    smaller = rehearsed | {"value": 1e-3}
    assert of(run(config(training__learning_rate=smaller, training__precision=precision)), Finished)


def test_a_drift_beyond_float64_is_not_told() -> None:
    tiny = {"sigma_w": 1e-300, "activation": "sin", "parameterization": "standard", "bias": False, "output_scale": 1e6}
    rate = {"kind": "given", "value": 1e3}
    changes = {f"network__{name}": value for name, value in tiny.items()} | {"training__learning_rate": rate}
    events = run(config(**changes, training__stop__steps=5))
    assert_clean(events)
    assert of(events, KernelFrame)[-1].parameter_drift is None


def test_a_run_ends_before_its_loss_is_beyond_float64() -> None:
    """Also one whose loss at the start is 0, which no factor of that ends."""
    squares = LARGEST**2 * 1e24 * 1024  # in the largest unit of a target, over many points
    assert math.isfinite(squares)
    fitted, large = (torch.tensor(values, dtype=torch.float64) for values in ([0.0, LARGEST], [-2 * LARGEST]))
    told = NetworkState(1, 0.0, 0.0, fitted, -fitted)
    assert told.can_be_told
    assert not replace(told, function=large).can_be_told
    assert not replace(told, fitted=torch.tensor([math.nan])).can_be_told


@pytest.mark.parametrize("cases", [40, pytest.param(20_000, marks=[pytest.mark.soak, pytest.mark.timeout(7200)])])
def test_whatever_validates_trains_or_says_why_not(cases: int) -> None:
    ends, sentences = Counter[str](), list[NtkscopeError]()

    @settings(
        max_examples=cases, deadline=None, derandomize=cases == 40, database=None, suppress_health_check=[*HealthCheck]
    )
    @given(configs())
    def ends_cleanly(body: dict[str, Any]) -> None:
        if ends.total() % 500 == 499:
            print(dict(ends), flush=True)
        try:
            drawn = RunConfig.model_validate(body)
        except ValidationError:
            ends["no config"] += 1
            return
        try:
            table = table_of(drawn)
            check_start(drawn, table)
            events = run(drawn, dataset=table)
        except NtkscopeError as error:
            sentences.append(error)
            ends["refused"] += 1
            return
        assert_clean(events)
        ends[of(events, Finished)[0].outcome] += 1

    ends_cleanly()
    assert all(error.expected and error.got and error.remedy for error in sentences)
    print(dict(ends))
    assert min(ends["completed"], ends["refused"], ends["no config"]) >= cases // 20


def assert_clean(events: Sequence[RunEvent]) -> None:
    """A log without a gap, with one end, of which everything can be told."""
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert len(of(events, Finished)) == 1
    for event in events:
        data = encode(event)
        if event.type != "checkpoint":
            json.loads(to_json(data), parse_constant=lambda name: 1 / 0)
