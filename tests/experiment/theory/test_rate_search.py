"""A rehearsed rate is the largest of its ladder that a rehearsal survives, and that a training then survives."""

from typing import Any

import pytest
import torch

from ntkscope.experiment.rate import settled, waits_for_rate
from ntkscope.experiment.theory.initial_state import InitialState, initial
from ntkscope.experiment.theory.rate_search import RUNGS, chosen_stages, surely_too_large
from ntkscope.experiment.theory.waves import Waves
from ntkscope.numerics import complete, empirical_ntk, euler_step
from ntkscope.schemas.training import RehearsedRate
from tests.cases import config

REHEARSED = {"kind": "rehearsed"}
GROWS: dict[str, Any] = {
    "data__norm": 80.0,
    "network__depth": 2,
    "network__width": 48,
    "network__activation": "tanh",
    "training__stop__steps": 400,
}


def choose(**changes: Any) -> tuple[InitialState, RehearsedRate | None]:
    state = initial(config(training__learning_rate=REHEARSED, **changes))
    return state, complete(chosen_stages(state, Waves.of(state.problem, state.config.data)))


def peak(state: InitialState, rate: float) -> float:
    """The slow twin: the largest rate * lambda_1 of the training, a kernel every step."""
    network, goal = state.network.copy(), state.probe.goal
    take = euler_step(network, state.probe.inputs)
    largest = 0.0
    for _ in range(state.last_step):
        largest = max(largest, rate * float(torch.linalg.eigvalsh(empirical_ntk(network, state.probe.inputs))[-1]))
        take(goal, rate)
    return largest


def test_a_kernel_that_rests_takes_the_most() -> None:
    state, rate = choose(network__width=256)
    assert rate is not None
    assert state.largest_stable_rate is not None
    assert rate.value == pytest.approx(0.5 * state.largest_stable_rate)
    assert rate.growth == pytest.approx(1.0, abs=0.05)


def test_where_lambda_grows_the_next_larger_rate_meets_the_edge() -> None:
    state, rate = choose(**GROWS)
    assert rate is not None
    assert rate.value is not None
    assert state.largest_stable_rate is not None
    part = rate.value / (0.5 * state.largest_stable_rate)
    assert part < 0.9
    assert min(abs(part - 2 ** (-rung / 2)) for rung in range(RUNGS)) < 1e-9
    assert peak(state, rate.value) < 1.95
    assert peak(state, rate.value * 2**0.5) >= 1.95
    assert rate.growth is not None
    assert rate.growth > 1.5


def test_its_progress_is_that_of_the_whole_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ntkscope.numerics.rehearsal.PIECE", 1e6)  # many stops
    state = initial(config(training__learning_rate=REHEARSED, **GROWS))
    told = [progress.work for progress in chosen_stages(state, Waves.of(state.problem, state.config.data))]
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] <= 1


def test_a_config_is_settled_once() -> None:
    waiting = config(training__learning_rate=REHEARSED)
    chosen = settled(waiting)
    assert waits_for_rate(waiting)
    assert chosen.training.learning_rate.kind == "rehearsed"
    assert chosen.training.learning_rate.value is not None
    assert initial(chosen).learning_rate == chosen.training.learning_rate.value
    assert not waits_for_rate(chosen)
    assert settled(chosen) is chosen
    auto = config()
    assert settled(auto) is auto


def test_what_is_too_large_keeps_the_most_it_may_be() -> None:
    assert surely_too_large(2000, 100, 100)
    assert surely_too_large(64, 10**8, 100)
    assert surely_too_large(64, 10**6, 10**7)
    assert not surely_too_large(64, 10**6, 10**6)
    large = config(training__learning_rate=REHEARSED, data__points__n=1100)
    assert settled(large) is large
    state = initial(config(training__learning_rate={"kind": "rehearsed", "most": 0.25}))
    assert state.largest_stable_rate is not None
    assert state.learning_rate == 0.25 * state.largest_stable_rate
