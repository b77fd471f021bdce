"""A run that is killed at any event goes on from its newest checkpoint: its log ends as if nothing had happened."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from ntkscope.experiment.machine import this_machine
from ntkscope.experiment.measure.cadence import Cadence
from ntkscope.experiment.measure.clock import Clock
from ntkscope.experiment.measure.moved import origin, with_move
from ntkscope.experiment.measure.told import Told
from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Checkpoint, Finished, Frame, KernelFrame, RunEvent, Started
from ntkscope.wire.codec import decode, encode
from tests.cases import config, of, run, stored
from tests.experiment.test_comes_back import CASES, planned
from tests.fake_trainer import finished

OFTEN = Cadence(seconds=0, share=0.02)
SATURATED: dict[str, Any] = {
    "data__points": {"kind": "interval", "n": 24, "low": 1700, "high": 2008},
    "training__learning_rate": {"kind": "auto", "fraction": 0.02},
    "training__stop__loss": 7.2313,  # at about step 28: the kernel is measured at 11, and would be at 59
}


@pytest.fixture(autouse=True)
def _ticks_after_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clock, "due", lambda self: True)


def told_by(log: list[RunEvent], elsewhere: str = "") -> Told:
    """By looking at every event."""
    return Told(
        seq=max((event.seq for event in log), default=0),
        started=bool(of(log, Started)),
        frame=max((event.step for event in of(log, Frame)), default=-1),
        kernel=max((event.step for event in of(log, KernelFrame)), default=-1),
        origin=elsewhere or next((origin(event.machine) for event in of(log, Started)), ""),
    )


def goes_on(chosen: RunConfig, log: list[RunEvent], elsewhere: str = "", **keywords: Any) -> Iterator[RunEvent]:
    checkpoints = of(log, Checkpoint)
    checkpoint = decode(encode(checkpoints[-1])) if checkpoints else None
    assert checkpoint is None or isinstance(checkpoint, Checkpoint)
    since = -1 if checkpoint else None
    told = told_by(log, elsewhere)
    return train(chosen, resume=checkpoint, last_seq=told.seq, since=since, told=told, **keywords)


@pytest.mark.parametrize("case", CASES)
def test_wherever_it_is_killed_its_log_is_that_of_the_whole_run(case: str) -> None:
    chosen = config(training__stop__steps=24, recording__frames=8, **CASES[case])
    whole, log = run(chosen), run(chosen, cadence=OFTEN)
    assert len(of(log, Checkpoint)) > 3 or case == "learnt"
    for length in range(0, len(log) - 2, max(1, len(log) // 4)):
        killed = log[:length]
        rest = stored(goes_on(chosen, killed))
        assert planned([*killed, *rest]) == planned(whole), f"killed after {length} events"


def test_a_run_that_goes_on_elsewhere_says_so_at_its_end() -> None:
    chosen = config(training__stop__steps=24, recording__frames=8)
    log = run(chosen, cadence=OFTEN)
    killed = log[: len(log) // 2]
    told = told_by(killed)
    (stays,), (moves,) = (of(stored(goes_on(chosen, killed, place)), Finished) for place in ("", "Another, 9 threads"))
    assert stays == of(log, Finished)[0].model_copy(update={"seq": stays.seq, "wall_seconds": stays.wall_seconds})
    assert moves.sentence == (
        f"{stays.sentence} It was stopped and went on elsewhere: up to step {told.frame} Another, 9 threads; "
        f"then {told.origin}. The rest differs by round-off."
    )


@pytest.mark.parametrize(
    "change", [{"processor": "another"}, {"build": "another"}, {"threads": 9}, {"precision": "float32"}]
)
def test_what_makes_numbers_differ_is_part_of_where_they_come_from(change: dict[str, Any]) -> None:
    machine = this_machine("cpu", "float64")
    assert origin(machine.model_copy(update=change)) != origin(machine)
    assert origin(machine.model_copy(update={"device_name": "another"})) == origin(machine)


def test_nothing_is_said_of_a_log_that_does_not_know_its_processor() -> None:
    assert origin(this_machine("cpu", "float64").model_copy(update={"processor": None})) == ""
    end = finished(3, 2)
    assert with_move(end, "", "here", 2) == with_move(end, "here", "here", 2) == end
    assert "before the first step there; then here" in with_move(end, "there", "here", -1).sentence


def test_the_numbers_go_on_without_gap_or_repeat_however_often_it_is_killed() -> None:
    chosen = config(training__stop__steps=40)
    log: list[RunEvent] = []
    for lived in (4, 3, 9, 1, 30):
        for event, _ in zip(stored(goes_on(chosen, log, cadence=OFTEN)), range(lived), strict=False):
            log.append(event)
        if of(log, Finished):
            break
    else:
        log += stored(goes_on(chosen, log, cadence=OFTEN))
    assert [event.seq for event in log] == [seq for seq, _ in zip(count(1), log, strict=False)]
    assert planned(log) == planned(run(chosen))


def test_what_is_said_of_saturated_units_at_the_end_is_the_same() -> None:
    """The end may come long after the last kernel frame, whose units it speaks of."""
    chosen = config(**SATURATED, training__stop__steps=400)
    whole, log = run(chosen), run(chosen, cadence=OFTEN)
    last_kernel = max(index for index, event in enumerate(log) if isinstance(event, KernelFrame))
    places = [index for index, event in enumerate(log) if index > last_kernel and isinstance(event, Checkpoint)]
    assert places
    assert "left at step 11" in of(whole, Finished)[0].sentence
    rest = stored(goes_on(chosen, log[: places[0] + 1]))
    assert of(rest, Finished)[0].sentence == of(whole, Finished)[0].sentence


def test_a_checkpoint_comes_after_the_rarer_of_the_time_and_the_part_of_the_run() -> None:
    assert Cadence(30, 0.05).due(31, 60, 1000)
    assert not Cadence(30, 0.05).due(29, 1000, 1000)
    assert not Cadence(30, 0.05).due(3000, 49, 1000)


def test_without_a_cadence_there_is_the_one_at_the_end() -> None:
    assert len(of(run(config()), Checkpoint)) == 1
