"""One run and the pages that watch it, inside a server, moved by hand: what may happen to them, and what must hold."""

import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocketDisconnect

from ntkscope.api.services import Services
from ntkscope.api.stream import DELETED, ENDED, FAILED, INTERRUPTED, WINDOW, stream
from ntkscope.errors import NtkscopeError
from ntkscope.executors.base import CommandReceived, Died, Ended, Job, Ready
from ntkscope.runs.log import Events, Log
from ntkscope.store.run_store import RunStore
from ntkscope.wire.codec import EncodedEvent, decode_first, encode
from tests.fake_trainer import frame
from tests.runs.conftest import Puppet

VIEWERS = 3
MOMENT = 0.001  # seconds
CLOSED_FOR_NOW = {DELETED, FAILED, INTERRUPTED}  # the page may come back; after the run's end it does not


@dataclass
class Socket:
    """The server's side of a connection, whose other side reads when the test says so."""

    after: int
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    said: "asyncio.Queue[dict[str, Any]]" = field(default_factory=asyncio.Queue)
    got: list[bytes] = field(default_factory=list)
    code: int | None = None

    @property
    def query_params(self) -> dict[str, str]:
        return {"after": str(self.after)}

    async def accept(self) -> None:
        """As every socket is."""

    async def send_bytes(self, data: bytes) -> None:
        await self.room.acquire()
        self.got.append(data)

    async def receive(self) -> dict[str, Any]:
        return await self.said.get()

    async def close(self, code: int, _reason: str = "") -> None:
        self.code = code
        raise WebSocketDisconnect(code) if self.said.qsize() else asyncio.CancelledError


@dataclass
class Viewer:
    """A page: what it has of the log, over all its connections."""

    services: Services
    run_id: str
    seqs: list[int] = field(default_factory=list)
    log: list[bytes] = field(default_factory=list)
    socket: Socket | None = None
    task: "asyncio.Task[None] | None" = None

    def connect(self) -> None:
        if self.task is not None and not self.task.done():
            return
        self.socket = Socket(self.seqs[-1] if self.seqs else 0)
        self.task = asyncio.create_task(stream(self.socket, self.run_id, self.services))  # type: ignore[arg-type]

    async def drop(self) -> None:
        if self.task is not None and self.socket is not None:
            self.socket.said.put_nowait({"type": "websocket.disconnect", "code": 1006})
            await settled(self.task)
            self.take()
            self.task = None

    async def read(self, messages: int) -> None:
        """Takes so many messages at most, and acknowledges what it has."""
        if self.socket is not None:
            for _ in range(messages):
                self.socket.room.release()
            await turn()
            self.take()
            if self.seqs:
                text = json.dumps({"ack": self.seqs[-1]})
                self.socket.said.put_nowait({"type": "websocket.receive", "text": text})

    def take(self) -> None:
        """What has arrived since the last acknowledgement; ticks, which are of no log, left out."""
        assert self.socket is not None
        assert len(self.socket.got) <= WINDOW
        for data in self.socket.got:
            if seq := decode_first(data, "seq"):
                assert seq == len(self.seqs) + 1, "no gap, no repeat"
                self.seqs.append(seq)
                self.log.append(data)
        self.socket.got.clear()

    def check(self) -> None:
        """A viewer whose socket has closed may come back, but after the run's end: then it has everything."""
        code = self.socket and self.socket.code
        assert code in {None, ENDED, *CLOSED_FOR_NOW}
        if code == ENDED:
            self.take()
            assert self.log == [data for _, data in self.services.store.events(self.run_id, 0, 10_000)]


async def settled(task: "asyncio.Task[None]") -> None:
    with contextlib.suppress(asyncio.CancelledError, TimeoutError):
        await asyncio.wait_for(asyncio.shield(task), 5)
    if not task.done():
        task.cancel()


async def turn() -> None:
    """Lets everything that can go on do so for a moment."""
    for _ in range(3):
        await asyncio.sleep(MOMENT)


class SlowLog(Log):
    """Its reads take a moment, and while one that has found nothing comes back, all that happens which is to.

    Args:
        store: Where the events are.
    """

    def __init__(self, store: RunStore) -> None:
        super().__init__(store)
        self._loop = asyncio.get_running_loop()
        self.meanwhile: deque[Callable[[], None]] = deque()

    def _whole(self, run_id: str, after: int, limit: int) -> Events:
        events = super()._whole(run_id, after, limit)
        time.sleep(MOMENT)
        while self.meanwhile and not events:
            self._loop.call_soon_threadsafe(self.meanwhile.popleft())
            time.sleep(5 * MOMENT)
        return events


@dataclass
class World:
    """One run, its viewers, and what may happen to them."""

    services: Services
    log: SlowLog
    puppet: Puppet
    run_id: str
    viewers: list[Viewer]
    job: Job | None = None  # its trainer's
    told: int = 0  # events that the trainer has told, or knows that its log has

    def does(self) -> dict[str, Callable[[int], Awaitable[None] | None]]:
        return {
            "connect": lambda number: self.viewers[number % VIEWERS].connect(),
            "drop": lambda number: self.viewers[number % VIEWERS].drop(),
            "read": lambda number: self.viewers[number % VIEWERS].read(1 + number),
            "tell": lambda number: self.go_on(1 + number),
            "die": lambda _: self.die(),
            "end": lambda _: self.end(),
            "resume": lambda _: self.services.manager.resume(self.run_id),
            "meet": lambda _: self.meet(),
            "hide": lambda _: None if self.trains() else self.delete(),
            "delete": lambda _: self.delete(),
            "restore": lambda _: self.services.housekeeping.restore(self.run_id),
        }

    def trains(self) -> bool:
        live = self.services.manager.live(self.run_id)
        return live is not None and live.state == "running" and not live.cancelled

    async def go_on(self, events: int) -> None:
        """The run trains; where it does not, somebody restores and resumes it first."""
        if not self.trains():
            await self.services.housekeeping.restore(self.run_id)
            await self.services.manager.resume(self.run_id)
            await turn()
        self.tell(events)

    def tell(self, events: int) -> None:
        """A trainer that goes on begins after what its job says that the log has; the last of it it tells once more."""
        if not self.trains():
            return
        jobs = [job for _, job in self.puppet.begun if job.run_id == self.run_id]
        again = 0
        if jobs[-1] is not self.job:
            self.job = jobs[-1]
            self.told = self.job.told.seq if self.job.told else 0
            again = min(self.told, events % 2)
        for seq in range(self.told + 1 - again, self.told + events + 1):
            told = frame(seq, seq).model_copy(update={"wall_seconds": float(len(jobs))})
            self.puppet.tell(EncodedEvent(self.run_id, seq, "frame", encode(told)))
        self.told += events

    async def die(self) -> None:
        """The worker, as by kill -9; the next one is there at once."""
        if self.trains():
            self.puppet.tell(Died(-9))
            self.puppet.tell(Ready())
            await self.over()

    async def end(self) -> None:
        """As the trainer ends by itself."""
        if self.trains():
            self.puppet.end(self.run_id)
            await self.over()

    async def over(self) -> None:
        """Until the server knows: a trainer that has ended tells nothing more, however busy the machine is."""
        async with asyncio.timeout(10):
            while self.trains():
                await turn()

    async def delete(self) -> None:
        """A run that trains is cancelled with it, as its worker does."""
        trained = self.trains()
        asked = asyncio.create_task(self.services.housekeeping.delete(self.run_id))
        while trained and not asked.done() and (0, self.run_id, "cancel") not in self.puppet.orders:
            await asyncio.sleep(0.001)
        if trained:
            self.puppet.tell(CommandReceived(self.run_id, "cancel"))
            self.puppet.tell(Ended(self.run_id, "cancelled", "Cancelled."))
        await asked

    async def meet(self) -> None:
        """One viewer's read finds nothing; before it is back an event is stored, and another viewer comes."""
        if self.trains():
            await self.catch_up()
            there, late, *_ = self.viewers
            there.connect()
            await there.read(4 * WINDOW)
            self.log.meanwhile.extend((lambda: self.tell(1), late.connect))
            self.services.notifier.notify(self.run_id)
            async with asyncio.timeout(10):
                while self.log.meanwhile:
                    await turn()
            await self.catch_up()
            for viewer in self.viewers:
                viewer.connect()
                await viewer.read(2 * WINDOW)

    async def leave(self) -> None:
        """Nothing of it is left for the next world."""
        for viewer in self.viewers:
            if viewer.task is not None:
                viewer.task.cancel()
        while (live := self.services.manager.live(self.run_id)) is not None:
            if live.state == "running":
                self.puppet.end(self.run_id)
            await turn()

    async def catch_up(self) -> None:
        """All come back and read as pages do, until they have what there is."""
        with contextlib.suppress(NtkscopeError):
            await self.services.housekeeping.restore(self.run_id)
        stored = (await self.services.manager.row(self.run_id)).last_seq
        async with asyncio.timeout(10):
            for viewer in self.viewers:
                while not viewer.seqs or viewer.seqs[-1] < stored:
                    if not stored:
                        break
                    viewer.connect()
                    await viewer.read(2 * WINDOW)
                    await turn()
                    viewer.check()
                await viewer.drop()
