"""Hands the runs of a sweep to the manager, a few at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from ntkscope.errors import Conflict, NtkscopeError, Unwritable
from ntkscope.runs.manager import Manager, SweepPlace
from ntkscope.runs.notifier import Notifier
from ntkscope.runs.retry import persistently
from ntkscope.schemas.run import RunRequest

Todo = Sequence[tuple[SweepPlace, RunRequest]]


class Feed:
    """One sweep while it runs. Used on the event loop.

    A run takes one of the slots, which all sweeps share, until it has ended or is paused: there are as many of them
    as the executor has, so a run that somebody submits waits for the sweeps' runs that train, and for none that wait.

    Args:
        manager: Takes the runs.
        notifier: Tells of their ends.
        slots: As many as the executor has.
        todo: What to run, in this order.
        ended: Called once everything has ended.
        person: Who asked for the sweep.
    """

    def __init__(
        self,
        manager: Manager,
        notifier: Notifier,
        slots: asyncio.Semaphore,
        todo: Todo,
        ended: Callable[[], Awaitable[None]],
        person: str = "",
    ) -> None:
        self._manager, self._notifier, self._slots, self._ended = manager, notifier, slots, ended
        self._person, self._stopped = person, False
        self._entering = asyncio.Lock()  # held while a run is made: `stop` must know of it
        self._live: set[str] = set()
        self._members: set[asyncio.Task[None]] = set()
        self._task = asyncio.create_task(self._feed(todo))

    async def stop(self) -> None:
        """Begins no more, and cancels the runs that have not ended."""
        self._stopped = True
        self._task.cancel()
        async with self._entering:
            live = [live for run_id in self._live if (live := self._manager.live(run_id)) is not None]
        await asyncio.gather(*(self._manager.stop(run) for run in live))

    def close(self) -> None:
        """For a server that stops: the runs are left to their executor."""
        for task in (self._task, *self._members):
            task.cancel()

    async def _feed(self, todo: Todo) -> None:
        for place, request in todo:
            await self._slots.acquire()
            member = asyncio.create_task(self._run(place, request))
            self._members.add(member)
            member.add_done_callback(self._members.discard)
        while self._members:
            await asyncio.wait(self._members)
        await self._ended()

    async def _run(self, place: SweepPlace, request: RunRequest) -> None:
        """Makes the run and waits for its end; a paused one leaves its slot to another."""
        holds = True
        try:
            run_id = await persistently(partial(self._enter, place, request), Conflict)  # Conflict: the queue is full
            while run_id and (live := self._manager.live(run_id)) is not None:
                if holds and live.state == "paused":
                    holds = False
                    self._slots.release()
                await self._notifier.changed(run_id).wait()
            self._live.discard(run_id)
        finally:
            if holds:
                self._slots.release()

    async def _enter(self, place: SweepPlace, request: RunRequest) -> str:
        """The id of the new run; empty where it was refused, or the sweep has been stopped."""
        async with self._entering:
            if self._stopped:
                return ""
            try:
                if place.left and await self._goes_on(place.left):
                    return place.left
                run = await self._manager.submit(request, place, self._person)
            except (Conflict, Unwritable):
                raise  # neither says anything of the run
            except NtkscopeError as error:
                await self._manager.refuse(request, place, self._person, error)
                return ""
            self._live.add(run.id)
            return run.id

    async def _goes_on(self, run_id: str) -> bool:
        """Whether a run that was left behind goes on, or has done so meanwhile; False: it cannot."""
        try:
            run = await self._manager.get(run_id)
            if run.state == "interrupted":
                await self._manager.resume(run_id)
        except (Conflict, Unwritable):
            raise
        except NtkscopeError:
            return False
        self._live.add(run_id)
        return True
