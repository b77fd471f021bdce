"""A run that ends between two records: its last state is a Frame of its own, with predictions of its own time."""

from typing import Any

import numpy as np
import pytest

from ntkscope.experiment.measure.clock import Clock
from ntkscope.experiment.prediction import prediction
from ntkscope.experiment.theory import rehearsed
from ntkscope.experiment.theory.infinite import infinite
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.experiment.trainer import train
from ntkscope.schemas.event import Checkpoint, Finished, Frame, KernelFrame, RunEvent, Started, Tick
from tests.cases import config, first_event, of, run, stored

LONG: dict[str, Any] = {"training__stop__steps": 4000, "recording__frames": 6, "network__centered": False}


def cancelled_at(step: int, settings: Any, **keywords: Any) -> list[RunEvent]:
    """The stored events of a run that hears `cancel` at the first Tick at this step or later."""
    events: list[RunEvent] = []
    generator, reply = train(settings, **keywords), None
    try:
        while True:
            events.append(generator.send(reply))
            tick = events[-1]
            reply = "cancel" if isinstance(tick, Tick) and tick.step >= step else None
    except StopIteration:
        return stored(events)


@pytest.fixture
def _ticks_after_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clock, "due", lambda self: True)


@pytest.mark.usefixtures("_ticks_after_every_step")
def test_the_last_frame_is_of_the_step_that_finished_speaks_of() -> None:
    events = cancelled_at(37, config(**LONG))
    begin, frames, last = of(events, Started)[0], of(events, Frame), of(events, Finished)[0]
    assert 37 not in begin.steps
    assert [type(event) for event in events[-3:]] == [Frame, Finished, Checkpoint]
    assert frames[-1].step == 37
    assert (last.step, last.loss, last.time) == (37, frames[-1].loss, frames[-1].time)
    assert last.outcome == "cancelled"
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


@pytest.mark.usefixtures("_ticks_after_every_step")
@pytest.mark.parametrize("fraction", [0.5, 0.001])
def test_its_predictions_are_those_of_its_time_in_the_law_that_is_drawn(fraction: float) -> None:
    settings = config(**LONG, training__learning_rate={"kind": "auto", "fraction": fraction})
    events, begun = cancelled_at(37, settings), initial(settings)
    begin, last = of(events, Started)[0], of(events, Frame)[-1]
    assert last.step not in begin.steps
    frozen = prediction(begun, begin.law, last.time)
    by_theta = prediction(begun, begin.law, last.time, infinite(begun))
    np.testing.assert_allclose(last.predicted["frozen"].function, frozen.function, rtol=1e-9, atol=1e-12)
    assert last.predicted["infinite"].function is not None
    assert by_theta.ensemble is not None
    np.testing.assert_allclose(last.predicted["infinite"].function, by_theta.function, rtol=1e-9, atol=1e-12)
    ensemble = last.predicted["ensemble"]
    np.testing.assert_allclose(ensemble.function, by_theta.ensemble.mean, rtol=1e-9, atol=1e-12)


@pytest.mark.usefixtures("_ticks_after_every_step")
def test_it_never_counts_once_the_run_went_on() -> None:
    """Two runs that stopped at different steps, extended to the same plan, close with the same figures."""
    settings, ends = config(**LONG | {"training__stop__steps": 400}), []
    for step in (37, 45):
        events = cancelled_at(step, settings)
        checkpoint = of(events, Checkpoint)[-1]
        assert checkpoint.step == step
        assert step not in checkpoint.recorded_steps
        added = run(config(**LONG | {"training__stop__steps": 900}), resume=checkpoint, last_seq=events[-1].seq)
        assert of(added, Frame)[-1].step in of(added, Started)[-1].steps
        ends.append(of(added, Finished)[-1])
    assert ends[0].rows == ends[1].rows
    assert ends[0].learning_time_fit == ends[1].learning_time_fit
    assert ends[0].median_errors == ends[1].median_errors
    assert None not in ends[0].median_errors.values()


@pytest.mark.usefixtures("_ticks_after_every_step")
def test_a_planned_step_stays_on_the_plan() -> None:
    begin = first_event(config(**LONG | {"training__stop__steps": 400}))
    step = begin.steps[3]
    events = cancelled_at(step, config(**LONG | {"training__stop__steps": 400}))
    last = of(events, Frame)[-1]
    assert last.step == step
    assert [frame.step for frame in of(events, Frame)].count(step) == 1
    assert step in of(events, Checkpoint)[-1].recorded_steps


@pytest.mark.parametrize(
    "changes",
    [
        {"training__stop__loss": 3.5},
        {"training__stop__wall_seconds": 0.2, "training__stop__steps": 10**7},
        {"training__stop__time": 0.5},
        {"training__stop__all_learnt": True, "recording__modes": 2},
    ],
)
def test_however_a_run_ends_a_frame_has_its_last_step(changes: dict[str, Any]) -> None:
    events = run(config(**LONG | changes))
    frames, last = of(events, Frame), of(events, Finished)[0]
    assert (frames[-1].step, frames[-1].loss) == (last.step, last.loss)
    assert len({frame.step for frame in frames}) == len(frames)
    assert {frame.step for frame in frames[:-1]} <= set(of(events, Started)[0].steps)


@pytest.mark.usefixtures("_ticks_after_every_step")
def test_the_last_state_of_a_run_that_diverges_is_not_recorded() -> None:
    wild = config(**LONG, training__learning_rate={"kind": "given", "value": 1e9})
    for events in (run(wild), cancelled_at(5, wild)):
        last = of(events, Finished)[0]
        assert last.outcome == "diverged"
        assert of(events, Frame)[-1].step < last.step
        assert all(np.isfinite(frame.function).all() for frame in of(events, Frame))
        assert all(frame.step < last.step for frame in of(events, KernelFrame))


def test_steps_beyond_what_float32_holds_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsed, "MOST_POINTS", 0)  # a rehearsal of so many steps takes seconds
    settings = config(training__stop__steps=10**8, recording__frames=3, recording__kernel_frames=2)
    begin = next(event for event in train(settings) if isinstance(event, Started))
    assert begin.steps == [0, 1, 10**8]
    begin = next(event for event in train(config(training__stop__steps=2**24 + 1)) if isinstance(event, Started))
    assert (begin.steps[-1], begin.kernel_steps[-1]) == (2**24 + 1, 2**24 + 1)
    assert begin.times[-1] == (2**24 + 1) * begin.learning_rate
