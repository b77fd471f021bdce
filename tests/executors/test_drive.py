"""One generator from its start to its end, or to a pause."""

import pytest

from ntkscope.executors.drive import drive
from ntkscope.schemas.event import Command, RunEvent
from tests.fake_trainer import FAST, SILENT, behaving, train


def test_commands_are_asked_for_at_ticks_only() -> None:
    events: list[RunEvent] = []
    asked_after: list[str] = []

    def none() -> Command | None:
        asked_after.append(events[-1].type)
        return None

    finished = drive(train(behaving(FAST, 5)), events.append, none)

    assert finished is not None
    assert finished.outcome == "completed"
    assert asked_after == ["tick"] * 5
    assert events[-1].type == "checkpoint"  # what comes after the end is passed on too


def test_a_pause_returns_and_a_reply_goes_on() -> None:
    generator = train(behaving(FAST, 5))
    events: list[RunEvent] = []

    assert drive(generator, events.append, lambda: "pause") is None
    assert [event.type for event in events] == ["frame", "tick", "checkpoint", "tick"]
    finished = drive(generator, events.append, lambda: None, reply="cancel")
    assert finished is not None
    assert finished.outcome == "cancelled"


def test_a_generator_that_does_not_say_how_it_ended_is_a_fault() -> None:
    with pytest.raises(RuntimeError, match="without saying how"):
        drive(train(behaving(SILENT)), lambda _: None, lambda: None)
