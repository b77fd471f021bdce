"""A server's inside without a network, and an executor that does only what the test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ntkscope.api.services import Services, open_services
from ntkscope.executors.base import Begun, Deliver, Ended, Executor, Job, Message, Order, Ready
from ntkscope.schemas.event import Command
from ntkscope.schemas.run import RunRequest, RunSummary
from ntkscope.wire.codec import EncodedEvent, encode
from tests.fake_trainer import FAST, behaving, frame
from tests.servers import GENEROUS, settings_in


class Puppet:
    """An executor whose runs are moved by hand."""

    def __init__(self, slots: int = 1) -> None:
        self.slots = slots
        self.begun: list[tuple[int, Job]] = []
        self.orders: list[tuple[int, str, Command]] = []
        self.killed: list[int] = []
        self.revived: list[int] = []
        self.takes = True  # whether it has a run as soon as it is given one
        self._deliver: Deliver

    def start(self, deliver: Deliver) -> None:
        self._deliver = deliver
        for slot in range(self.slots):
            deliver(slot, Ready())

    def begin(self, slot: int, job: Job) -> None:
        self.begun.append((slot, job))
        if self.takes:
            self._deliver(slot, Begun(job.run_id))

    def order(self, slot: int, order: Order) -> None:
        self.orders.append((slot, order.run_id, order.command))

    def kill(self, slot: int) -> bool:
        self.killed.append(slot)
        return True

    def revive(self, slot: int) -> None:
        self.revived.append(slot)

    def close(self) -> None:
        pass

    def tell(self, message: Message, slot: int = 0) -> None:
        """As a slot's thread would."""
        self._deliver(slot, message)

    def frames(self, run_id: str, *seqs: int) -> None:
        for seq in seqs:
            self.tell(EncodedEvent(run_id, seq, "frame", encode(frame(seq, seq))))

    def end(self, run_id: str, slot: int = 0) -> None:
        self.tell(Ended(run_id, "completed", "Done."), slot)

    @property
    def order_of_runs(self) -> list[str]:
        return [job.run_id for _, job in self.begun]


@asynccontextmanager
async def opened(folder: Path, executor: Executor, **settings: Any) -> AsyncIterator[Services]:
    async with open_services(settings_in(folder, **settings), executor) as services:
        yield services


async def submit(services: Services, behaviour: int = FAST, steps: int = 20, name: str = "") -> RunSummary:
    return await services.manager.submit(RunRequest(config=behaving(behaviour, steps), name=name))


async def reaches(services: Services, run_id: str, state: str) -> RunSummary:
    """The run, once its row and the live state agree that it is there."""
    async with asyncio.timeout(GENEROUS):
        while True:
            run = await services.manager.row(run_id)
            if run.state == state:
                return run
            await asyncio.sleep(0.005)


async def stored_past(services: Services, run_id: str, seq: int) -> None:
    """Returns once viewers were notified of an event after this seq."""
    async with asyncio.timeout(GENEROUS):
        while services.notifier.latest(run_id) <= seq:
            await services.notifier.changed(run_id).wait()


Test = Callable[..., Awaitable[None]]


@pytest.fixture
def puppet() -> Puppet:
    return Puppet()
