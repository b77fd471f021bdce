"""A worker and its card: what it reports, and what becomes of paused runs when the card is full."""

from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import pytest

from ntkscope.errors import CardFull
from ntkscope.executors.base import Ended, Inbox, Job, Message, Order, Paused, Ready, Released
from ntkscope.executors.inline import InlineExecutor
from ntkscope.executors.worker import Worker
from ntkscope.experiment.card_memory import card_bytes
from ntkscope.experiment.card_probe import look_at_card
from ntkscope.schemas.event import RunEvent
from ntkscope.schemas.placement import ON_CPU, Placement
from tests import fake_trainer
from tests.fake_trainer import FAST, STEADY, behaving
from tests.pretend_cuda import Card

ON_CARD = Placement(device="cuda")
LONG = 100_000


class Slot:
    """A worker that is told of everything before it begins, and stops at the first end of a run."""

    def __init__(self, train: Any = fake_trainer.train) -> None:
        self.inbox, self.said = Inbox(), []
        self.worker = Worker(train, self.inbox, self._hear)

    def _hear(self, message: Message) -> None:
        self.said.append(message)
        if isinstance(message, Ended):
            self.inbox.put(None)

    def job(self, run_id: str, behaviour: int, placement: Placement) -> None:
        self.inbox.put(Job(run_id, behaving(behaviour, LONG if behaviour == STEADY else 5), placement=placement))

    def ends(self) -> list[Message]:
        """What it says of pauses and ends."""
        self.worker.serve()
        return [message for message in self.said if isinstance(message, (Paused, Released, Ended))]


def full(*_: Any, **__: Any) -> Iterator[RunEvent]:
    raise CardFull("Room.", "none", "Wait.")
    yield


def test_it_reports_the_card_when_it_is_ready(card: Card) -> None:
    said: SimpleQueue[Message] = SimpleQueue()
    executor = InlineExecutor(1)
    executor.start(lambda _, message: said.put(message))
    ready = said.get(timeout=30)
    executor.close()
    assert isinstance(ready, Ready)
    assert ready.card.title == "Pretend GPU (compute capability 9.0)"


def test_a_full_card_sends_the_runs_paused_there_to_their_checkpoints_before_the_end_is_told() -> None:
    def train(config: Any, **arguments: Any) -> Iterator[RunEvent]:
        trainer = full if config.seed == FAST else fake_trainer.train
        return trainer(config, **arguments)

    slot = Slot(train)
    for run_id, placement in (("on the card", ON_CARD), ("on the CPU", ON_CPU)):
        slot.job(run_id, STEADY, placement)
        slot.inbox.put(Order(run_id, "pause"))
    slot.job("third", FAST, ON_CARD)
    *paused, released, ended = slot.ends()
    assert paused == [Paused("on the card"), Paused("on the CPU")]
    assert released == Released("on the card")
    assert ended == Ended("third", "failed", "Room. You gave none. Wait.")


@pytest.mark.parametrize(("missing", "leaves"), [(0, []), (1, [Released("first")])])
def test_a_run_for_which_there_is_no_room_sends_them_there_before_it_begins(
    card: Card, missing: int, leaves: list[Message]
) -> None:
    slot = Slot()
    slot.job("first", STEADY, ON_CARD)
    slot.inbox.put(Order("first", "pause"))
    slot.job("second", FAST, ON_CARD)
    card.free_bytes = card_bytes(behaving(FAST, 5)) - missing
    assert slot.ends() == [Paused("first"), *leaves, Ended("second", "completed", "Reached the last step.")]


def test_memory_on_the_card_is_given_back_at_the_end(card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    look_at_card()  # which clears too
    cleared: list[int] = []
    monkeypatch.setattr("torch.cuda.empty_cache", lambda: cleared.append(1))
    for placement, times in ((ON_CPU, 0), (ON_CARD, 1)):
        slot = Slot()
        cleared.clear()
        slot.job("a", FAST, placement)
        slot.ends()
        assert len(cleared) == times
