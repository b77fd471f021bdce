"""Reads of the log for many viewers at once: those who are at the same place share one read."""

import asyncio

import anyio.to_thread

from ntkscope.store.run_store import RunStore

Events = list[tuple[int, bytes]]


class Log:
    """Tails the store.

    Args:
        store: Where the events are.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._reading: dict[tuple[str, int, int], asyncio.Task[Events]] = {}

    async def read(self, run_id: str, after: int, limit: int) -> Events:
        """The next events after seq `after`, checkpoints left out, as (seq, bytes)."""
        key = run_id, after, limit
        task = self._reading.get(key)
        if task is None:
            task = asyncio.create_task(anyio.to_thread.run_sync(self._store.events, run_id, after, limit))
            self._reading[key] = task
            task.add_done_callback(lambda _: self._reading.pop(key, None))
        return await asyncio.shield(task)
