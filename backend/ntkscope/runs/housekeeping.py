"""Rows: renamed, tagged, deleted, restored, purged; marked at the start where their server ended before them."""

import asyncio
import logging
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ntkscope.runs import words
from ntkscope.runs.manager import Manager
from ntkscope.runs.recording import read_recording
from ntkscope.runs.retry import DATABASE, persistently
from ntkscope.schemas.run import RunPatch, RunSummary
from ntkscope.schemas.unreadable import Unreadable
from ntkscope.store.sweep_writes import interrupt_sweeps, retire_runs
from ntkscope.store.writer import Writer
from ntkscope.store.writes import append_events, collect_datasets, insert_run, interrupt_runs, purge_runs, update_run

RESTORE_SECONDS = 600.0
PURGE_EVERY = 30.0
COLLECT_EVERY = 3600.0
UNUSED_SECONDS = 86_400.0  # one uploads a table first, and starts a run with it afterwards
PATIENCE = 10.0  # seconds in which a start waits for a database that is locked
LOGGER = logging.getLogger("ntkscope")


class Housekeeping:
    """Used on the event loop.

    Args:
        manager: Knows the runs.
        writer: Changes their rows.
        keep_days: After which what has ended is deleted; 0: never.
    """

    def __init__(self, manager: Manager, writer: Writer, keep_days: float = 0) -> None:
        self._manager, self._writer, self._keep_days = manager, writer, keep_days
        self._collected = -COLLECT_EVERY  # when, by the clock that nobody sets
        self._apart = time.time() - time.monotonic()

    def _now(self) -> float:
        """Seconds since 1970, or less: nothing is too old to be kept because somebody set the clock."""
        return min(time.time(), time.monotonic() + self._apart)

    async def patch(self, run_id: str, patch: RunPatch) -> RunSummary:
        """Renames and tags."""
        await self._manager.get(run_id)
        changes = patch.model_dump(exclude_none=True)
        if changes:
            await self._write(run_id, **changes)
        return await self._manager.get(run_id)

    async def delete(self, run_id: str) -> RunSummary | Unreadable:
        """Hides the run, cancelled if it has not ended; it can be restored for ten minutes."""
        run = await self._manager.entry(run_id)
        if run.deleted_at is not None:
            raise words.deleted(run)
        # The row first: viewers who learn of the end must find its reason.
        await self._write(run_id, deleted_at=time.time())
        live = self._manager.live(run_id)
        if live is not None:
            await self._manager.stop(live)
        return await self._manager.entry(run_id)

    async def restore(self, run_id: str) -> RunSummary | Unreadable:
        """Brings a deleted run back.

        Raises:
            NotFound: it was never there, or it is gone for good.
        """
        run = await self._manager.entry(run_id)
        if run.deleted_at is not None and run.deleted_at < self._now() - RESTORE_SECONDS:
            raise words.no_such_run(run_id)
        await self._write(run_id, deleted_at=None)
        return await self._manager.entry(run_id)

    async def begin(self) -> None:
        """Marks the runs and the sweeps that had not ended when the server before this one stopped.

        Raises:
            Unwritable: the database refuses, and did so for a while.
        """
        await persistently(self._interrupt, seconds=PATIENCE)

    async def leave(self) -> None:
        """Marks the runs and the sweeps that have not ended when this server stops; if it cannot, the next one will."""
        try:
            await self._interrupt()
        except DATABASE as error:
            LOGGER.warning("The runs that had not ended are marked at the next start: %s", error)

    async def _interrupt(self) -> None:
        now = time.time()
        await asyncio.wrap_future(
            self._writer.submit(lambda connection: interrupt_runs(connection, now, words.INTERRUPTED))
        )
        await asyncio.wrap_future(self._writer.submit(lambda connection: interrupt_sweeps(connection, now)))

    async def purge_for_ever(self) -> None:
        """Removes what can no longer be restored, now and then."""
        while True:
            await persistently(self.purge)
            await asyncio.sleep(PURGE_EVERY)

    async def purge(self) -> Sequence[str]:
        """Deletes what is kept long enough; removes what can no longer be restored, and tables that nothing names.

        Returns:
            The ids of the runs that are gone for good.
        """
        await self._collect()
        if self._keep_days:
            ended = self._now() - 86_400 * self._keep_days
            retire = partial(retire_runs, ended_before=ended, now=time.time())
            await asyncio.wrap_future(self._writer.submit(retire))
        before = self._now() - RESTORE_SECONDS
        return await asyncio.wrap_future(self._writer.submit(lambda connection: purge_runs(connection, before)))

    async def _collect(self) -> None:
        """Removes the uploaded tables that nothing names, now and then."""
        now = time.monotonic()
        if now - self._collected >= COLLECT_EVERY:
            self._collected = now
            before = self._now() - UNUSED_SECONDS
            await asyncio.wrap_future(self._writer.submit(lambda connection: collect_datasets(connection, before)))

    async def import_recording(self, path: Path) -> None:
        """Puts a recorded run into the store, from a file of its events one after another."""
        run, events = await asyncio.to_thread(read_recording, path)
        await asyncio.wrap_future(self._writer.submit(lambda connection: insert_run(connection, run)))
        await asyncio.wrap_future(self._writer.submit(lambda connection: append_events(connection, events)))

    async def _write(self, run_id: str, **columns: Any) -> None:
        await asyncio.wrap_future(self._writer.submit(lambda connection: update_run(connection, run_id, **columns)))
