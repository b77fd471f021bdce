"""Executors of fakes, and an ear for what they tell."""

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ntkscope.executors.base import Executor, Job, Message, Order, Ticked
from ntkscope.executors.inline import InlineExecutor
from ntkscope.executors.process import ProcessExecutor
from ntkscope.wire.codec import EncodedEvent
from tests import fake_trainer
from tests.servers import GENEROUS

ROOT = Path(__file__).parents[2]


class Ear:
    """What an executor delivers, in order."""

    def __init__(self) -> None:
        self._heard: queue.SimpleQueue[tuple[int, Message]] = queue.SimpleQueue()
        self.all: list[Message] = []

    def deliver(self, slot: int, message: Message) -> None:
        self._heard.put((slot, message))

    def until(self, kind: type[Message], run_id: str | None = None) -> Message:
        """The next message of this kind (of this run)."""
        while True:
            _, message = self._heard.get(timeout=GENEROUS)
            self.all.append(message)
            if isinstance(message, kind) and run_id in (
                None,
                getattr(message, "run_id", getattr(message, "run", None)),
            ):
                return message

    def seqs(self, run_id: str) -> list[int]:
        return [m.seq for m in self.all if isinstance(m, EncodedEvent) and m.run == run_id]

    def ticks(self, run_id: str) -> int:
        return sum(isinstance(m, Ticked) and m.run_id == run_id for m in self.all)


@pytest.fixture
def ear() -> Ear:
    return Ear()


Start = Callable[[Executor], Executor]


@pytest.fixture
def start(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts an executor; it is closed at the end."""
    monkeypatch.syspath_prepend(str(ROOT))  # for workers, which import the fake trainer by its path
    started: list[Executor] = []

    def begin(executor: Executor) -> Executor:
        executor.start(ear.deliver)
        started.append(executor)
        return executor

    yield begin
    for executor in started:
        executor.close()


class Shared:
    """An executor that several tests use one after another, since starting a process takes a second."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self.ear = Ear()
        executor.start(lambda slot, message: self.ear.deliver(slot, message))


@pytest.fixture(scope="module", params=[InlineExecutor, ProcessExecutor])
def shared(request: pytest.FixtureRequest) -> Iterator[Shared]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        made = Shared(request.param(1, fake_trainer.PATH))
    yield made
    made.executor.close()


@pytest.fixture
def executor(shared: Shared, ear: Ear) -> Executor:
    """One slot, in a thread and in a process; what it tells goes to `ear`."""
    shared.ear = ear
    return shared.executor


def job(run_id: str, behaviour: int, steps: int = 20, **changes: object) -> Job:
    return Job(run_id, fake_trainer.behaving(behaviour, steps), **changes)  # type: ignore[arg-type]


def order(run_id: str, command: str) -> Order:
    return Order(run_id, command)  # type: ignore[arg-type]
