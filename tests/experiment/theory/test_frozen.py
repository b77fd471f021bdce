"""Predictions at recording times against a network that is linear in its parameters, and against loops."""

import numpy as np
import pytest
import torch

from ntkscope.errors import Unavailable
from ntkscope.experiment.schedule import recording_steps
from ntkscope.experiment.theory.frozen import group_learnt, group_remaining, theory
from ntkscope.experiment.theory.initial_state import start
from ntkscope.schemas.event import Frame, Started
from ntkscope.schemas.event_parts import Group
from tests.cases import config, of, run


def group(*modes: int, drawn: bool = True) -> Group:
    return Group(
        modes=list(modes), eigenvalue=1.0, start_magnitude=1.0, counts=drawn, drawn=drawn, frequency=None,
        learning_time=None,
    )  # fmt: skip


def test_a_group_is_its_norm_and_its_projection() -> None:
    begin = np.array([3.0, 4.0, 1.0])
    now = np.array([[0.0, 5.0, -0.5]])
    groups = [group(0, 1), group(2), group(2, drawn=False)]
    np.testing.assert_allclose(group_remaining(now, begin, groups), [[1.0, 0.5, np.nan]])
    np.testing.assert_allclose(group_learnt(now, begin, groups), [[1 - 20 / 25, 1.5, np.nan]])


def test_both_laws_start_at_one_and_the_loss_at_half_the_square() -> None:
    begun = start(config())
    predicted = theory(begun, recording_steps(200, 24))
    for law in predicted.predictions.values():
        drawn = [g for g, one in enumerate(begun.groups) if one.drawn]
        np.testing.assert_allclose(law.remaining[0, drawn], 1.0)
        np.testing.assert_allclose(law.learnt[0, drawn], 0.0, atol=1e-12)
        assert np.isclose(law.loss[0], 0.5 * float(begun.residual @ begun.residual))


def test_the_drawn_function_obeys_the_recurrence_of_the_law() -> None:
    begun = start(config(network__centered=False))
    steps = np.arange(6)
    predicted = theory(begun, steps)
    assert predicted.law == "gradient_descent"
    residual, function = begun.residual.clone(), begun.grid_function.clone()
    for step in steps:
        np.testing.assert_allclose(predicted.drawn.function[step].numpy(), function.numpy(), atol=1e-10)
        function = function - begun.learning_rate * begun.cross_kernel @ residual
        residual = residual - begun.learning_rate * begun.kernel @ residual


def test_the_law_is_chosen_by_what_counts() -> None:
    fast = theory(start(config()), recording_steps(200, 24))
    slow_rate = {"kind": "auto", "fraction": 1e-3}
    slow = theory(start(config(training__learning_rate=slow_rate)), recording_steps(200, 24))
    assert fast.law == "gradient_descent"
    assert fast.law_difference > 0.01
    assert slow.law == "gradient_flow"
    assert slow.law_difference <= 0.01


def test_above_the_limit_predictions_stay_finite() -> None:
    wild = theory(start(config(training__learning_rate={"kind": "auto", "fraction": 50.0})), np.array([0, 1, 10**6]))
    by_descent = wild.predictions["gradient_descent"]
    for values in (by_descent.loss, wild.drawn.function.numpy(), by_descent.learnt):
        assert not np.isinf(values).any()


def test_a_wide_network_s_function_follows_the_prediction_off_the_data() -> None:
    events = run(config(network__width=4096))
    last = of(events, Frame)[-1]
    begin = of(events, Started)[0]
    moved = np.linalg.norm(last.function - begin.grid_start)
    assert np.linalg.norm(last.function - last.function_predicted) < 0.05 * moved


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_start_rejects_a_device_that_is_not_there() -> None:
    with pytest.raises(Unavailable, match="auto"):
        start(config(training__device="cuda"))
