"""What can be asked of sweeps: create, look, cancel, resume, delete."""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import anyio.to_thread
from sqlalchemy import Connection

from ntkscope.errors import NtkscopeError
from ntkscope.experiment.axes import Member, members
from ntkscope.runs import words
from ntkscope.runs.feed import Feed
from ntkscope.runs.manager import Manager, SweepPlace
from ntkscope.runs.notifier import Notifier
from ntkscope.runs.retry import persistently
from ntkscope.runs.sweep_view import KEPT, SweepView
from ntkscope.schemas.run import RunRequest
from ntkscope.schemas.sweep import Sweep, SweepList, SweepRequest
from ntkscope.schemas.unreadable import Unreadable
from ntkscope.store.sweep_store import StoredMember, StoredSweep, SweepStore
from ntkscope.store.sweep_writes import delete_sweep, insert_sweep, update_sweep
from ntkscope.store.writer import Writer


class Sweeps:
    """Used on the event loop.

    Args:
        store: Reads.
        writer: Writes.
        manager: Takes the runs.
        notifier: Tells of their ends.
        slots: How many runs train at the same time.
    """

    def __init__(self, store: SweepStore, writer: Writer, manager: Manager, notifier: Notifier, slots: int) -> None:
        self._store, self._writer, self._manager, self._notifier = store, writer, manager, notifier
        self._view = SweepView(store, manager)
        self._slots = asyncio.Semaphore(slots)
        self._feeds: dict[str, Feed] = {}

    def close(self) -> None:
        """For a server that stops: `interrupt_sweeps` marks what was running."""
        for feed in self._feeds.values():
            feed.close()

    async def create(self, request: SweepRequest, person: str = "") -> Sweep:
        """Starts a sweep, for a person if they have a name.

        Raises:
            NtkscopeError: one of its configs cannot be run here; names the values.
        """
        made = await anyio.to_thread.run_sync(members, request)
        await self._check(made)
        sweep = StoredSweep(secrets.token_hex(6), "running", time.time(), None, request, person)
        await self._write(lambda connection: insert_sweep(connection, sweep))
        self._start(sweep, made, range(len(made)), {})
        return await self.get(sweep.id)

    async def list(self, limit: int, offset: int) -> SweepList:
        """A page of the sweeps, newest first."""
        return await self._view.list(limit, offset)

    async def get(self, sweep_id: str) -> Sweep:
        """The sweep, its runs, and what those that have completed say together.

        Raises:
            NotFound: there is none.
        """
        return await self._view.get(sweep_id)

    async def cancel(self, sweep_id: str) -> Sweep:
        """Ends a sweep where it is; what its runs have measured stays."""
        sweep = await self._stored(sweep_id)
        feed = self._feeds.get(sweep_id)
        if feed is None:
            expected, remedy = "Only a sweep that is running can be cancelled.", "Start a new one, or resume this one."
            raise words.sweep_not_possible(sweep_id, sweep.state, "cancel", expected, remedy)
        await feed.stop()
        await self._write(partial(update_sweep, sweep_id=sweep_id, state="cancelled", ended_at=time.time()))
        self._feeds.pop(sweep_id, None)
        return await self.get(sweep_id)

    async def resume(self, sweep_id: str) -> Sweep:
        """Runs what is missing: what was cancelled, refused, lost or never begun. What its server left behind goes on.

        Raises:
            Conflict: it is running, or nothing is missing.
        """
        sweep = await self._stored(sweep_id)
        found = await anyio.to_thread.run_sync(self._store.members, sweep_id)
        made = await anyio.to_thread.run_sync(members, sweep.request)
        missing = [index for index in range(len(made)) if index not in found or self._lost(found[index])]
        if sweep_id in self._feeds or not missing:
            expected = "Only a sweep that has ended, with runs that are missing, can be resumed."
            raise words.sweep_not_possible(sweep_id, sweep.state, "resume", expected, "Start a new one.")
        self._start(sweep, made, missing, found)
        await self._write(partial(update_sweep, sweep_id=sweep_id, state="running", ended_at=None))
        return await self.get(sweep_id)

    async def interrupted(self) -> Sequence[str]:
        """The sweeps that an earlier server left behind, oldest first."""
        return await anyio.to_thread.run_sync(self._store.interrupted)

    async def delete(self, sweep_id: str) -> None:
        """Removes a sweep. Its runs are deleted; each can be restored for ten minutes."""
        if await self._found(sweep_id) is None:
            raise words.no_such_sweep(sweep_id)
        feed = self._feeds.get(sweep_id)
        if feed is not None:
            await feed.stop()
        await self._write(partial(delete_sweep, sweep_id=sweep_id, now=time.time()))
        self._feeds.pop(sweep_id, None)

    def _start(
        self, sweep: StoredSweep, made: Sequence[Member], which: Iterable[int], found: Mapping[int, StoredMember]
    ) -> None:
        name = sweep.request.name
        left = {index: member.run_id for index, member in found.items() if member.state == "interrupted"}
        todo = [
            (
                SweepPlace(sweep.id, index, left.get(index, "")),
                RunRequest(config=made[index].config, name=words.member_name(name, made[index].values)),
            )
            for index in which
        ]
        ended = partial(self._ended, sweep.id)
        self._feeds[sweep.id] = Feed(self._manager, self._notifier, self._slots, todo, ended, sweep.person)

    async def _ended(self, sweep_id: str) -> None:
        """Says so, again and again while the database refuses."""
        ended = partial(update_sweep, sweep_id=sweep_id, state="completed", ended_at=time.time())
        await persistently(partial(self._write, ended))
        self._feeds.pop(sweep_id, None)

    async def _check(self, made: Iterable[Member]) -> None:
        """Refuses a sweep of which a run would be refused; limits do not depend on the seed."""
        different = {member.config.model_copy(update={"seed": 0}).digest(): member for member in made}
        for member in different.values():
            try:
                dataset = await self._manager.checked(member.config)
                await self._manager.placed(member.config, dataset)
            except NtkscopeError as error:
                got = f"{error.got}, with {words.member_name('', member.values)}"
                raise type(error)(error.expected, got, error.remedy, error.where) from None

    def _lost(self, member: StoredMember) -> bool:
        """Whether a run has ended, or is about to, without what it should have measured."""
        live = self._manager.live(member.run_id)
        return live.cancelled if live is not None else member.state not in KEPT

    async def _stored(self, sweep_id: str) -> StoredSweep:
        sweep = await self._found(sweep_id)
        if sweep is None:
            raise words.no_such_sweep(sweep_id)
        if isinstance(sweep, Unreadable):
            raise words.not_readable("sweep", sweep)
        return sweep

    async def _found(self, sweep_id: str) -> StoredSweep | Unreadable | None:
        return await anyio.to_thread.run_sync(self._store.sweep, sweep_id)

    async def _write(self, function: Callable[[Connection], None]) -> None:
        await asyncio.wrap_future(self._writer.submit(function))
