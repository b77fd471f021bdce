"""Reads of the log for many viewers at once: those who are at the same place share one read."""

import asyncio
from collections import deque
from functools import partial

import anyio.to_thread

from ntkscope.store.run_store import RunStore
from ntkscope.wire.codec import in_this_version
from ntkscope.wire.sequence import log_fields
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
        Whatever was committed before this call is among them: a read that has begun already is joined by nobody.
        """
        key = run_id, after, limit
        task = self._next.get(key)
        if task is None:
            task = self._next[key] = asyncio.create_task(self._read(key, self._reading.get(key)))
        return await asyncio.shield(task)

    async def _read(self, key: Key, before: "asyncio.Task[Events] | None") -> Events:
        if before is not None:
            await asyncio.wait((before,))  # so that many who come one after another cost two reads, not many
        self._reading[key] = self._next.pop(key)
        try:
            return await anyio.to_thread.run_sync(self._events, *key)
        finally:
            del self._reading[key]

    def _events(self, run_id: str, after: int, limit: int) -> Events:
        stored = self._store.events(run_id, after, limit)
        return [(seq, in_this_version(data, partial(self._started, run_id, seq))) for seq, data in stored]

    def _started(self, run_id: str, seq: int) -> Fields | None:
        """The Started before an event."""
        newest = deque(log_fields(self._store.started(run_id, seq)), maxlen=1)
        return newest.pop() if newest else None
