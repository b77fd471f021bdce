"""A paused run that was closed comes back from its checkpoint with the same events as one that stayed in memory."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntkscope.experiment.measure.clock import Clock
from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Checkpoint, Finished, RunEvent, Tick
from ntkscope.wire.codec import decode, encode
from tests.cases import config, of, run

MOVES: dict[str, Any] = {"network__width": 16, "training__learning_rate": {"kind": "auto", "fraction": 0.9}}
CASES: dict[str, dict[str, Any]] = {
    "moves": MOVES | {"recording__kernel_frames": 8},
    "circle": {"data__points": {"kind": "circle", "n": 16}, "network__centered": False},
    "plane": {"data__points": {"kind": "random", "n": 12, "d": 2}, "network__bias": False},
    "relu": {"network__activation": "relu", "training__stop__loss": 0.4},
    "learnt": {"training__stop__all_learnt": True, "training__precision": "float64"},
}


@pytest.fixture(autouse=True)
def _ticks_after_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clock, "due", lambda self: True)


def paused_at(chosen: RunConfig, number: int, leave: bool, **keywords: Any) -> list[RunEvent]:
    """The run's events, paused at its tick of this number; then it goes on, or is closed and left there."""
    events: list[RunEvent] = []
    generator = train(chosen, **keywords)
    command, ticks = None, 0
    try:
        event = next(generator)
        while True:
            events.append(event)
            command = None
            if isinstance(event, Tick):
                ticks += 1
                if event.paused and leave:
                    generator.close()
                    return events
                command = "resume" if event.paused else "pause" if ticks == number else None
            event = generator.send(command)
    except StopIteration:
        return events


def told(events: list[RunEvent]) -> list[bytes]:
    """What the log's viewers see, the clock apart."""
    return [
        encode(event.model_copy(update={"wall_seconds": 0.0} if hasattr(event, "wall_seconds") else {}))
        for event in events
        if not isinstance(event, Tick | Checkpoint)
    ]


def both_ways(chosen: RunConfig, number: int, since: int = -1, **keywords: Any) -> tuple[list[bytes], list[bytes]]:
    """The events of the run that stayed, and of the one that was closed and came back."""
    left = paused_at(chosen, number, leave=True, **keywords)
    checkpoint = decode(encode(of(left, Checkpoint)[-1]))
    assert isinstance(checkpoint, Checkpoint)
    rest = run(chosen, resume=checkpoint, last_seq=checkpoint.seq, since=since)
    return told(paused_at(chosen, number, leave=False, **keywords)), told([*left, *rest])


@pytest.mark.parametrize("case", CASES)
def test_it_comes_back_with_the_same_events(case: str) -> None:
    stayed, came_back = both_ways(config(training__stop__steps=60, **CASES[case]), 40)
    assert came_back == stayed


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.soak)])
def test_every_place_of_a_short_run_will_do(every: int) -> None:
    chosen = config(**MOVES, training__stop__steps=3, recording__frames=3, recording__kernel_frames=2)
    ticks = sum(isinstance(event, Tick) for event in train(chosen))
    for number in range(2, ticks + 1, every):
        stayed, came_back = both_ways(chosen, number)
        assert came_back == stayed, f"paused at tick {number}"


CUTS = {"case": st.sampled_from(sorted(CASES)), "cuts": st.lists(st.integers(2, 25), min_size=1, max_size=3)}


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**CUTS)
def test_however_often_it_is_cut_the_events_are_those_of_the_whole_run(case: str, cuts: list[int]) -> None:
    check_cuts(case, cuts)


@pytest.mark.soak
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**CUTS)
def test_many_ways_of_cutting_change_nothing(case: str, cuts: list[int]) -> None:
    check_cuts(case, cuts)


def check_cuts(case: str, cuts: list[int]) -> None:
    """Each cut is a pause so many Ticks after the last, from which the run is closed and comes back."""
    chosen = config(training__stop__steps=30, **CASES[case])
    events: list[RunEvent] = []
    resumed: dict[str, Any] = {}
    for ticks in cuts:
        events += paused_at(chosen, ticks, leave=True, **resumed)
        end = decode(encode(of(events, Checkpoint)[-1]))
        assert isinstance(end, Checkpoint)
        if of(events, Finished):  # it ended before this cut
            break
        resumed = {"resume": end, "last_seq": end.seq, "since": -1}
    if not of(events, Finished):
        events += run(chosen, **resumed)
    assert planned(events) == planned(run(chosen))


def planned(events: list[RunEvent]) -> list[bytes]:
    """As `told`, without the numbers that checkpoints take."""
    return told([event.model_copy(update={"seq": 0}) for event in events])


def test_an_extended_run_comes_back_to_the_plan_of_its_extension() -> None:
    short = run(config(**MOVES, training__stop__steps=100))
    end = of(short, Checkpoint)[-1]
    stayed, came_back = both_ways(config(**MOVES), 60, since=100, resume=end, last_seq=end.seq)
    assert came_back == stayed
