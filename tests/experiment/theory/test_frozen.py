"""Predictions at recording times against a network that is linear in its parameters, and against loops."""

import numpy as np

from ntkscope.experiment.schedule import recording_steps
from ntkscope.experiment.theory.frozen import theory
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.schemas.event import Frame, Started
from tests.cases import config, of, run


def test_both_laws_start_at_one_and_the_loss_at_half_the_square() -> None:
    begun = initial(config())
    predicted = theory(begun, recording_steps(200, 24))
    for law in predicted.predictions.values():
        drawn = [g for g, one in enumerate(begun.groups.groups) if one.resolved]
        np.testing.assert_allclose(law.remaining[0, drawn], 1.0)
        np.testing.assert_allclose(law.learnt[0, drawn], 0.0, atol=1e-12)
        assert np.isclose(law.loss[0], 0.5 * float(begun.kernel.residual @ begun.kernel.residual))


def test_the_drawn_function_follows_the_recurrence_of_the_law() -> None:
    begun = initial(config(network__centered=False))
    steps = np.arange(6)
    predicted = theory(begun, steps)
    assert predicted.law == "gradient_descent"
    residual, function = begun.kernel.residual.clone(), begun.kernel.function.clone()
    for step in steps:
        np.testing.assert_allclose(predicted.drawn.function[step].numpy(), function.numpy(), atol=1e-10)
        function = function - begun.learning_rate * begun.kernel.cross_kernel @ residual
        residual = residual - begun.learning_rate * begun.matrix @ residual


def test_the_law_is_chosen_by_what_counts() -> None:
    fast = theory(initial(config()), recording_steps(200, 24))
    slow_rate = {"kind": "auto", "fraction": 1e-3}
    slow = theory(initial(config(training__learning_rate=slow_rate)), recording_steps(200, 24))
    assert fast.law == "gradient_descent"
    assert fast.law_difference > 0.01
    assert slow.law == "gradient_flow"
    assert slow.law_difference <= 0.01


def test_above_the_limit_predictions_stay_finite() -> None:
    wild = theory(initial(config(training__learning_rate={"kind": "auto", "fraction": 50.0})), np.array([0, 1, 10**6]))
    by_descent = wild.predictions["gradient_descent"]
    for values in (by_descent.loss, wild.drawn.function.numpy(), by_descent.learnt):
        assert not np.isinf(values).any()


def test_a_wide_network_s_function_follows_the_prediction_off_the_data() -> None:
    events = run(config(network__width=4096))
    last = of(events, Frame)[-1]
    begin = of(events, Started)[0]
    moved = np.linalg.norm(last.function - begin.grid_start)
    assert np.linalg.norm(last.function - last.predicted["frozen"].function) < 0.05 * moved
