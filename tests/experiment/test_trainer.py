"""The generator: order and numbering of events, commands, ends, extension, repeatability."""

from typing import Any

import numpy as np
import pytest

from ntkscope.experiment.trainer import train
from ntkscope.schemas.event import Checkpoint, Finished, Frame, KernelFrame, RunEvent, Started, Tick
from tests.cases import config, of, run, stored


def test_events_come_in_order_and_are_numbered_without_a_gap() -> None:
    events = run(config())
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert isinstance(events[0], Started)
    assert isinstance(events[-2], Finished)
    assert isinstance(events[-1], Checkpoint)
    frames, kernels = of(events, Frame), of(events, KernelFrame)
    assert [frame.step for frame in frames] == list(events[0].steps)
    assert [frame.step for frame in kernels] == list(events[0].kernel_steps)
    assert kernels[0].drift == 0
    assert frames[0].step == 0
    assert frames[-1].step == 200


def test_the_first_frame_is_the_state_that_theory_starts_from() -> None:
    events = run(config(network__centered=False))
    begin, first = events[0], of(events, Frame)[0]
    assert isinstance(begin, Started)
    np.testing.assert_allclose(first.mode_coefficients, begin.mode_coefficients, atol=1e-12)
    np.testing.assert_allclose(first.function, begin.grid_start, atol=1e-12)
    np.testing.assert_allclose(first.predicted["frozen"].function, begin.grid_start, atol=1e-12)
    assert first.loss == pytest.approx(0.5 * begin.residual_norm**2)


def test_a_wide_network_follows_the_discrete_law() -> None:
    events = run(config(network__width=2048))
    begin, last = events[0], of(events, Finished)[-1]
    assert isinstance(begin, Started)
    assert begin.law == "gradient_descent"
    errors = last.median_errors
    assert errors["gradient_descent"] is not None
    assert errors["gradient_flow"] is not None
    assert errors["gradient_descent"] < min(0.02, errors["gradient_flow"])


def test_a_small_rate_draws_gradient_flow() -> None:
    begin = run(config(training__learning_rate={"kind": "auto", "fraction": 0.001}))[0]
    assert isinstance(begin, Started)
    assert begin.law == "gradient_flow"
    assert begin.law_difference < 0.01


def test_the_same_config_gives_the_same_run_bit_for_bit() -> None:
    first, second = of(run(config()), Frame), of(run(config()), Frame)
    for one, other in zip(first, second, strict=True):
        assert one.loss == other.loss
        np.testing.assert_array_equal(one.function, other.function)


def test_another_seed_gives_another_run() -> None:
    assert of(run(config()), Frame)[-1].loss != of(run(config(seed=1)), Frame)[-1].loss


def extended(*stops: int, **changes: Any) -> list[RunEvent]:
    """A run of the first number of steps that is extended to each of the others: the events of the last extension."""
    events: list[RunEvent] = []
    for steps in stops:
        end = events[-1] if events else None
        assert end is None or isinstance(end, Checkpoint)
        settings = config(**changes, training__stop__steps=steps)
        events = run(settings, resume=end, last_seq=end.seq if end else 0)
    return events


def test_extending_equals_a_run_that_was_long_from_the_start() -> None:
    added, whole = extended(200, 400), run(config(training__stop__steps=400))
    begin, whole_begin = added[0], whole[0]
    assert isinstance(begin, Started)
    assert isinstance(whole_begin, Started)
    assert (begin.law, begin.law_difference) == (whole_begin.law, whole_begin.law_difference)
    assert begin.groups == whole_begin.groups
    assert (begin.steps[0], begin.steps[-1]) == (0, 400)
    shared, ours, theirs = np.intersect1d(begin.steps, whole_begin.steps, return_indices=True)
    assert {0, 1, 400} <= set(shared)
    for law in ("gradient_flow", "gradient_descent"):
        one, other = begin.laws[law], whole_begin.laws[law]
        np.testing.assert_allclose(one.remaining[ours], other.remaining[theirs], rtol=1e-12)
        np.testing.assert_allclose(one.loss[ours], other.loss[theirs], rtol=1e-12)
    by_step = {frame.step: frame for frame in of(whole, Frame)}
    assert [frame.step for frame in of(added, Frame)] == [step for step in begin.steps if step > 200]
    for frame in of(added, Frame):
        assert frame.step in begin.steps
        assert frame.loss == by_step[frame.step].loss
        np.testing.assert_array_equal(frame.function, by_step[frame.step].function)
    assert of(added, Checkpoint)[-1].parameters == of(whole, Checkpoint)[-1].parameters
    times = [[row.predicted_learning_time for row in of(events, Finished)[-1].rows] for events in (added, whole)]
    assert times[0] == times[1]


@pytest.mark.parametrize("fraction", [0.5, 0.9])
def test_a_run_that_records_every_step_closes_as_if_it_had_never_been_cut(fraction: float) -> None:
    changes = {"recording__frames": 200, "training__learning_rate": {"kind": "auto", "fraction": fraction}}
    added, whole = extended(30, 70, 120, **changes), run(config(**changes, training__stop__steps=120))
    begin, whole_begin = added[0], whole[0]
    assert isinstance(begin, Started)
    assert isinstance(whole_begin, Started)
    np.testing.assert_array_equal(begin.steps, whole_begin.steps)
    np.testing.assert_array_equal(
        begin.laws["gradient_descent"].remaining, whole_begin.laws["gradient_descent"].remaining
    )
    last, whole_last = of(added, Finished)[-1], of(whole, Finished)[-1]
    assert last.rows == whole_last.rows
    assert last.learning_time_fit == whole_last.learning_time_fit
    assert (last.median_errors, last.sentence) == (whole_last.median_errors, whole_last.sentence)


def test_the_plan_of_an_extended_run_has_the_kernel_frames_that_were() -> None:
    short = run(config(training__stop__steps=200))
    added = run(config(training__stop__steps=400), resume=of(short, Checkpoint)[-1], last_seq=short[-1].seq)
    begin = added[0]
    assert isinstance(begin, Started)
    measured = [frame.step for frame in of(short + added, KernelFrame)]
    assert list(begin.kernel_steps) == measured


def test_pause_gives_a_checkpoint_and_resume_goes_on() -> None:
    events: list[RunEvent] = []
    generator = train(config(training__stop__steps=4000, network__width=512))
    command, paused = None, 0
    try:
        event = next(generator)
        while True:
            events.append(event)
            command = None
            if isinstance(event, Tick) and event.step > 0:
                if event.paused:
                    paused += 1
                    command = "resume" if paused > 2 else None
                elif paused == 0:
                    command = "pause"
            event = generator.send(command)
    except StopIteration:
        pass
    kept = stored(events)
    assert paused == 3
    assert [event.seq for event in kept] == list(range(1, len(kept) + 1))
    assert len(of(kept, Checkpoint)) == 2
    assert of(kept, Finished)[-1].outcome == "completed"
    assert of(kept, Frame)[-1].loss == of(run(config(training__stop__steps=4000, network__width=512)), Frame)[-1].loss


def test_cancel_finishes_with_its_outcome() -> None:
    events: list[RunEvent] = []
    generator = train(config(training__stop__steps=20_000))
    try:
        event = next(generator)
        while True:
            events.append(event)
            cancel = isinstance(event, Tick) and event.step > 0
            event = generator.send("cancel" if cancel else None)
    except StopIteration:
        pass
    last = of(events, Finished)[-1]
    assert last.outcome == "cancelled"
    assert last.step < 20_000
    assert isinstance(events[-1], Checkpoint)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "steps"),
        ({"training__stop__loss": 3.5}, "loss"),
        ({"training__stop__time": 0.5}, "time"),
        ({"training__stop__steps": 20_000, "training__stop__wall_seconds": 0.1}, "wall_seconds"),
        (
            {"training__stop__steps": 20_000, "training__stop__all_learnt": True, "recording__modes": 2},
            "all_learnt",
        ),
    ],
)
def test_every_way_to_stop(changes: dict[str, Any], reason: str) -> None:
    last = of(run(config(**changes)), Finished)[-1]
    assert last.reason == reason
    assert last.outcome == "completed"


WARNED = {
    "network__width": 1024,
    "network__activation": "tanh",
    "network__sigma_w": 1.5,
    "network__sigma_b": 0.5,
    "data__points": {"kind": "circle", "n": 16},
    "data__target": {"kind": "sinusoids", "frequencies": [2.0]},
    "training__stop__steps": 400,
}


def test_above_the_limit_a_run_may_converge() -> None:
    events = run(config(**WARNED, training__learning_rate={"kind": "auto", "fraction": 1.5}))
    assert isinstance(events[0], Started)
    assert any("above 2/λ₁" in notice for notice in events[0].notices)
    last = of(events, Finished)[-1]
    assert last.outcome == "completed"
    assert last.loss < of(events, Frame)[0].loss


def test_far_above_the_limit_it_diverges_and_names_both_numbers() -> None:
    events = run(config(**WARNED, training__learning_rate={"kind": "auto", "fraction": 5.0}))
    begin, last = events[0], of(events, Finished)[-1]
    assert isinstance(begin, Started)
    assert last.outcome == "diverged"
    assert "2/λ₁" in last.sentence
    assert not isinstance(events[-1], Checkpoint)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert all(np.isfinite(frame.function).all() for frame in of(events, Frame))


def test_more_modes_than_points_follows_all_of_them() -> None:
    begin = of(run(config(recording__modes=256, training__stop__steps=2)), Started)[0]
    assert begin.modes.shape[1] == len(begin.targets) == 16


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_dead_units_are_reported(activation: str) -> None:
    """A leaky relu of slope 0 is a relu."""
    dying = config(
        network__activation=activation,
        network__leaky_slope=0,
        network__width=4,
        network__sigma_w=1.5,
        network__sigma_b=0.5,
        seed=1,
        training__learning_rate={"kind": "auto", "fraction": 1.5},
    )
    last = of(run(dying), Finished)[-1]
    assert last.outcome == "dead_units"
    assert "dead" in last.sentence


def test_identity_error_halves_with_the_rate_for_a_smooth_activation() -> None:
    errors = []
    for fraction in (0.1, 0.05, 0.025):
        events = run(config(training__learning_rate={"kind": "auto", "fraction": fraction}))
        first = of(events, KernelFrame)[0].identity
        assert first is not None
        assert first.error > 1e3 * first.floor
        errors.append(first.error)
    assert 1.7 < errors[0] / errors[1] < 2.3
    assert 1.7 < errors[1] / errors[2] < 2.3


def test_float32_has_a_higher_floor_and_the_same_physics() -> None:
    single, double = run(config(training__precision="float32")), run(config())
    assert isinstance(single[0], Started)
    assert isinstance(double[0], Started)
    assert single[0].coefficient_floor > 1e8 * double[0].coefficient_floor
    np.testing.assert_allclose(single[0].eigenvalues[:8], double[0].eigenvalues[:8], rtol=1e-4)
    assert of(single, Frame)[-1].loss == pytest.approx(of(double, Frame)[-1].loss, rel=0.05)


def test_one_point_and_equal_points_are_accepted_with_a_notice() -> None:
    alone = run(config(data__points={"kind": "interval", "n": 1}))
    assert of(alone, Finished)[-1].outcome == "completed"
    assert isinstance(alone[0], Started)
    assert alone[0].notices
