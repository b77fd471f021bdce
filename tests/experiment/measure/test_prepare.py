"""Before Started: Ticks between the stages, and every Tick a place to cancel or to pause."""

import time
from typing import Any

import numpy as np
import pytest
import torch

from ntkscope.experiment.measure.clock import Clock
from ntkscope.experiment.trainer import train
from ntkscope.numerics import spectrum, stages
from ntkscope.schemas.event import Checkpoint, Command, Finished, Frame, RunEvent, Started, Tick
from tests.cases import config, of, run, stored

SMALL: dict[str, Any] = {"network__depth": 2, "training__stop__steps": 20, "recording__frames": 4}


def events_with(commands: dict[int, Command], settings: Any, **keywords: Any) -> list[RunEvent]:
    """The events of a run whose Ticks of these numbers, from 1, are answered so; a paused one goes on at once."""
    events: list[RunEvent] = []
    generator, reply, ticks = train(settings, **keywords), None, 0
    try:
        while True:
            events.append(generator.send(reply))
            reply = None
            if isinstance(events[-1], Tick):
                ticks += 1
                reply = "resume" if events[-1].paused else commands.get(ticks)
    except StopIteration:
        return events


@pytest.fixture
def _every_stage_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clock, "due", lambda self: True)
    monkeypatch.setattr(stages, "PIECE", 100_000.0)


def ticks_before_started(**keywords: Any) -> int:
    kinds = [event.type for event in events_with({}, config(**SMALL), **keywords)]
    return kinds.index("started")


@pytest.mark.usefixtures("_every_stage_ticks")
def test_cancelling_at_any_tick_before_started_ends_the_run() -> None:
    before = ticks_before_started()
    assert before > 20
    for number in {*range(1, before + 1, before // 6), before}:
        events = stored(events_with({number: "cancel"}, config(**SMALL)))
        assert [event.type for event in events] == ["finished"]
        assert isinstance(events[0], Finished)
        assert (events[0].seq, events[0].outcome, events[0].step) == (1, "cancelled", 0)
        assert events[0].sentence == "Cancelled before its first step, while its kernel was computed."


@pytest.mark.usefixtures("_every_stage_ticks")
def test_an_extension_cancelled_before_started_can_be_extended_again() -> None:
    first = run(config(**SMALL))
    checkpoint = of(first, Checkpoint)[-1]
    longer = config(**SMALL | {"training__stop__steps": 40})
    before = ticks_before_started(resume=checkpoint, last_seq=first[-1].seq)
    for number in (1, before):
        events = stored(events_with({number: "cancel"}, longer, resume=checkpoint, last_seq=first[-1].seq))
        assert [event.type for event in events] == ["finished", "checkpoint"]
        last, again = events
        assert isinstance(last, Finished)
        assert isinstance(again, Checkpoint)
        assert (last.step, last.time) == (20, of(first, Frame)[-1].time)
        assert "before it went on from step 20" in last.sentence
        assert (last.seq, again.seq) == (first[-1].seq + 1, first[-1].seq + 2)
    whole = of(run(longer, resume=checkpoint, last_seq=first[-1].seq), Frame)
    for one, other in zip(of(run(longer, resume=again, last_seq=again.seq), Frame), whole, strict=True):
        np.testing.assert_array_equal(one.function, other.function)


@pytest.mark.usefixtures("_every_stage_ticks")
def test_a_pause_before_started_waits_for_the_first_frame() -> None:
    plain = run(config(**SMALL))
    for number in (1, ticks_before_started()):
        events = events_with({number: "pause"}, config(**SMALL))
        kinds = [event.type for event in stored(events)]
        assert kinds[:4] == ["started", "frame", "kernel_frame", "checkpoint"]
        assert any(isinstance(event, Tick) and event.paused for event in events)
        assert of(events, Checkpoint)[0].step == 0
        assert of(events, Frame)[-1].loss == of(plain, Frame)[-1].loss


@pytest.mark.usefixtures("_every_stage_ticks")
def test_pieces_change_nothing_but_round_off(monkeypatch: pytest.MonkeyPatch) -> None:
    parts, network = of(run(config(**SMALL)), Started)[0], config(**SMALL)
    monkeypatch.setattr(stages, "PIECE", 1e12)
    whole = of(run(network), Started)[0]
    np.testing.assert_allclose(parts.eigenvalues, whole.eigenvalues, atol=1e-12 * whole.eigenvalues[0])
    np.testing.assert_allclose(parts.laws["gradient_descent"].loss, whole.laws["gradient_descent"].loss, rtol=1e-9)


HEAVY: dict[str, dict[str, Any]] = {
    "wide": {"network__width": 4096, "network__depth": 3, "data__points": {"kind": "random", "n": 400, "d": 3}},
    "flat": {"network__width": 500_000, "data__points": {"kind": "random", "n": 50, "d": 3}},
    "points": {"data__points": {"kind": "circle", "n": 3000}, "data__grid": 4096, "recording__frames": 1000},
    "series": {"network__activation": "silu", "network__depth": 2, "network__sigma_w": 1.5, "data__grid": 512},
}


@pytest.mark.soak
@pytest.mark.parametrize("name", HEAVY)
def test_no_stage_before_started_is_long(name: str) -> None:
    """In seconds of one processor, whatever else the machine does; an eigendecomposition apart, which has no stop."""
    settings = config(**HEAVY[name], training__stop__steps=1_000_000)
    longest, last, n = 0.0, time.process_time(), 0
    for event in train(settings):
        now = time.process_time()
        longest, last = max(longest, now - last), now
        if isinstance(event, Started):
            n = len(event.targets)
            break
    kernel = torch.randn(n, n, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    last = time.process_time()
    spectrum(kernel @ kernel.T)
    assert longest < 1.0 + 1.5 * (time.process_time() - last)
