"""Reads of the log for many viewers at once: those who are at the same place share one read."""

import asyncio
import itertools
import math
from collections import deque
from collections.abc import Iterable
from functools import partial

import anyio.to_thread

from ntkscope.runs import words
from ntkscope.store.run_store import EventTime, RunStore
from ntkscope.wire.codec import decode_first, in_this_version
from ntkscope.wire.sequence import log_fields, split
from ntkscope.wire.version_1 import Fields

Events = list[tuple[int, bytes]]
Key = tuple[str, int, int]


class Log:
    """Tails the store.

    Args:
        store: Where the events are.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._reading: dict[Key, asyncio.Task[Events]] = {}
        self._next: dict[Key, asyncio.Task[Events]] = {}  # reads that have not begun

    async def read(self, run_id: str, after: int, limit: int) -> Events:
        """The next events after seq `after`, checkpoints left out, as (seq, bytes).

        They are the stored bytes; those of an earlier version are written anew as this version would have.
        Whatever was committed before this call is among them: a read that has begun already is not shared.

        Raises:
            NotReadable: the first of them is damaged; those before a damaged one are answered.
        """
        key = run_id, after, limit
        task = self._next.get(key)
        if task is None:
            task = self._next[key] = asyncio.create_task(self._read(key, self._reading.get(key)))
        return await asyncio.shield(task)

    async def around(self, run_id: str, time: float) -> Events:
        """All that is compared with a prediction at this time, as (seq, bytes): of a long log a handful of events.

        The frames and the kernel frames next to the time, and the frames next to those kernel frames.
        """
        times = await anyio.to_thread.run_sync(self._store.times, run_id)
        frames = [at for at in times if at.type == "frame"]
        kernels = next_to(time, (at for at in times if at.type == "kernel_frame"))
        chosen = {at.seq for near in (time, *(kernel.time for kernel in kernels)) for at in next_to(near, frames)}
        seqs = sorted(chosen | {kernel.seq for kernel in kernels})
        return [event for seq in seqs for event in await self.read(run_id, seq - 1, 1)]

    async def _read(self, key: Key, before: "asyncio.Task[Events] | None") -> Events:
        if before is not None:
            await asyncio.wait((before,))  # so that many who come one after another cost two reads, not many
        self._reading[key] = self._next.pop(key)
        try:
            return await anyio.to_thread.run_sync(self._whole, *key)
        finally:
            del self._reading[key]

    def _whole(self, run_id: str, after: int, limit: int) -> Events:
        """Not for the event loop."""
        events = self._store.events(run_id, after, limit)
        whole = list(itertools.takewhile(is_whole, events))
        if events and not whole:
            raise words.damaged_event(run_id, events[0][0])
        return [(seq, in_this_version(data, partial(self._started, run_id, seq))) for seq, data in whole]

    def _started(self, run_id: str, seq: int) -> Fields | None:
        """The Started before an event."""
        newest = deque(log_fields(self._store.started(run_id, seq)), maxlen=1)
        return newest.pop() if newest else None


def is_whole(event: tuple[int, bytes]) -> bool:
    """Whether the stored bytes are those of one event, and of this seq, as far as can be told without decoding."""
    seq, data = event
    try:
        return len(split(data)) == 1 and bool(decode_first(data, "seq") == seq)
    except ValueError:
        return False


def next_to(time: float, times: Iterable[EventTime]) -> list[EventTime]:
    """The last one up to this time, and the first one after it, where there are such."""
    before = after = None
    for at in times:
        if at.time <= time and at.time > (before.time if before else -math.inf):
            before = at
        elif at.time > time and at.time < (after.time if after else math.inf):
            after = at
    return [at for at in (before, after) if at is not None]
