"""Runs as they are answered: their rows, under what is known of those that have not ended."""

import anyio.to_thread

from ntkscope.runs import words
from ntkscope.runs.live import Live
from ntkscope.runs.scheduler import Scheduler
from ntkscope.schemas.run import ENDED, RunList, RunSummary, State
from ntkscope.schemas.unreadable import Unreadable
from ntkscope.store.run_store import RunStore


class Entries:
    """Used on the event loop.

    Args:
        store: Reads.
        scheduler: Knows how runs that have not ended are.
    """

    def __init__(self, store: RunStore, scheduler: Scheduler) -> None:
        self._store, self._scheduler = store, scheduler

    async def get(self, run_id: str) -> RunSummary:
        """The run of this id.

        Raises:
            NotFound: there is none.
            NotReadable: this version cannot read it.
            Gone: it was deleted.
        """
        run = await self.entry(run_id)
        if run.deleted_at is not None:
            raise words.deleted(run)
        return _readable(run)

    async def row(self, run_id: str) -> RunSummary:
        """The run of this id, also a deleted one."""
        return _readable(await self.entry(run_id))

    async def entry(self, run_id: str) -> RunSummary | Unreadable:
        """The run of this id, also a deleted one, and one that this version cannot read."""
        run = await anyio.to_thread.run_sync(self._store.run, run_id)
        if run is None:
            raise words.no_such_run(run_id)
        return run if isinstance(run, Unreadable) else self.overlaid(run)

    async def list(self, limit: int, offset: int, search: str, sweep: str | None = None) -> RunList:
        """A page of the runs, newest first: of a sweep, or of those that are in none."""
        total, found = await anyio.to_thread.run_sync(self._store.runs, limit, offset, search, sweep)
        return RunList(
            total=total,
            runs=[self.overlaid(run) for run in found if isinstance(run, RunSummary)],
            unreadable=[run for run in found if isinstance(run, Unreadable)],
        )

    def live(self, run_id: str) -> Live | None:
        """The run if it has not ended."""
        return self._scheduler.live.get(run_id)

    def overlaid(self, run: RunSummary) -> RunSummary:
        """The row with what is known only here: place in the queue, and what it waits for."""
        now = self.now(run.id)
        if now is None:
            return run
        state, ahead, sentence = now
        return run.model_copy(update={"state": state, "ahead": ahead, "sentence": sentence})

    def now(self, run_id: str) -> tuple[State, int, str] | None:
        """State, runs ahead of it, and sentence of a run that has not ended."""
        live = self.live(run_id)
        if live is None:
            return None
        trouble = self._scheduler.trouble(live)
        if live.state in ENDED:  # which is not shown before it is stored
            return ("running", 0, words.end_not_stored(live.state, trouble)) if trouble else None
        ahead = self._scheduler.live.ahead(run_id)
        if live.short and not trouble:
            memory = self._scheduler.live.memory
            return live.state, ahead, words.short_of_memory(live.memory, memory.free, memory.most)
        if live.reduced and live.state == "paused" and not trouble:
            return live.state, ahead, words.REDUCED
        begun = live.job is None or live.reduced
        return (
            live.state,
            ahead,
            words.sentence(live.state, ahead, begun=begun, pending_command=live.pending_command, trouble=trouble),
        )


def _readable(run: RunSummary | Unreadable) -> RunSummary:
    if isinstance(run, Unreadable):
        raise words.not_readable("run", run)
    return run
