"""Whatever order connects, drops, slow readers, resumes and deletes come in, a viewer has a prefix of the one log."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.websockets import WebSocketDisconnect

from ntkscope.api.services import Services
from ntkscope.api.stream import WINDOW, stream
from ntkscope.errors import NtkscopeError
from ntkscope.executors.base import CommandReceived, Died, Ended, Ready
from ntkscope.wire.codec import decode_first
from tests.runs.conftest import Puppet, opened, submit

VIEWERS = 3
CLOSED_FOR_NOW = {1000, 4410, 4500, 4503}  # the run's end, deletion, failure or interruption: the page may come back


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
        """What has arrived; ticks, which are of no log, left out."""
        assert self.socket is not None
        for data in self.socket.got:
            if seq := decode_first(data, "seq"):
                self.seqs.append(seq)
                self.log.append(data)
        self.socket.got.clear()


async def settled(task: "asyncio.Task[None]") -> None:
    with contextlib.suppress(asyncio.CancelledError, TimeoutError):
        await asyncio.wait_for(asyncio.shield(task), 5)
    if not task.done():
        task.cancel()


async def turn() -> None:
    """Lets everything that can go on do so for a moment."""
    for _ in range(3):
        await asyncio.sleep(0.001)


@dataclass
class World:
    """One run, its viewers, and what may happen to them."""

    services: Services
    puppet: Puppet
    run_id: str
    viewers: list[Viewer]
    told: int = 0  # events that its trainer has told

    def does(self) -> dict[str, Callable[[int], Awaitable[None] | None]]:
        return {
            "connect": lambda number: self.viewers[number % VIEWERS].connect(),
            "drop": lambda number: self.viewers[number % VIEWERS].drop(),
            "read": lambda number: self.viewers[number % VIEWERS].read(1 + number // 2),
            "tell": lambda number: self.tell(1 + number),
            "die": lambda _: self.die(),
            "resume": lambda _: self.services.manager.resume(self.run_id),
            "delete": lambda _: self.delete(),
            "restore": lambda _: self.services.housekeeping.restore(self.run_id),
        }

    def trains(self) -> bool:
        live = self.services.manager.live(self.run_id)
        return live is not None and live.state == "running" and not live.cancelled

    def tell(self, events: int) -> None:
        if self.trains():
            self.puppet.frames(self.run_id, *range(self.told + 1, self.told + events + 1))
            self.told += events

    def die(self) -> None:
        """The worker, as by kill -9; the next one is there at once."""
        if self.trains():
            self.puppet.tell(Died(-9))
            self.puppet.tell(Ready())

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
                await viewer.drop()


OFTEN = ["connect", "connect", "read", "drop", "tell"]
HAPPENS = st.lists(
    st.tuples(
        st.sampled_from(OFTEN * 4 + ["die", "resume", "resume", "delete", "restore", "restore"]),
        st.integers(0, 11),
    ),
    min_size=10,
    max_size=40,
)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


async def happen(services: Services, puppet: Puppet, what: list[tuple[str, int]]) -> list[list[int]]:
    """Lets it all happen to a new run; the places of each viewer."""
    run = await submit(services)
    world = World(services, puppet, run.id, [Viewer(services, run.id) for _ in range(VIEWERS)])
    world.tell(WINDOW)
    for name, number in what:
        with contextlib.suppress(NtkscopeError):  # a command that this state does not allow
            done = world.does()[name](number)
            if done is not None:
                await done
        await turn()
        for viewer in world.viewers:
            assert viewer.socket is None or viewer.socket.code in {None, *CLOSED_FOR_NOW}
    await world.catch_up()
    stored = services.store.events(run.id, 0, 10_000)
    for viewer in world.viewers:
        assert viewer.seqs == [seq for seq, _ in stored]
        assert viewer.log == [data for _, data in stored]
    while (live := services.manager.live(run.id)) is not None:
        if live.state == "running":
            puppet.end(run.id)
        await turn()
    return [viewer.seqs for viewer in world.viewers]


@pytest.mark.parametrize("cases", [15, pytest.param(3000, marks=[pytest.mark.soak, pytest.mark.timeout(7200)])])
def test_every_viewer_has_the_same_log(
    runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory, cases: int
) -> None:
    puppet = Puppet()
    server = opened(tmp_path_factory.mktemp("world"), puppet, max_queued=10_000)
    services = runner.run(server.__aenter__())
    longest = 0

    @settings(
        max_examples=cases, deadline=None, derandomize=cases == 15, database=None, suppress_health_check=[*HealthCheck]
    )
    @given(HAPPENS)
    def any_order(what: list[tuple[str, int]]) -> None:
        nonlocal longest
        longest = max(longest, *(len(seqs) for seqs in runner.run(happen(services, puppet, what))))

    try:
        any_order()
    finally:
        runner.run(server.__aexit__(None, None, None))
    assert longest > WINDOW
    assert len(puppet.begun) >= cases  # every run has begun
