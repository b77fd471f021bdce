"""Gives slots to the runs that wait, and keeps their rows in step with what executors report."""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from ntkscope.errors import NtkscopeError
from ntkscope.executors.base import (
    Begun,
    CommandReceived,
    Died,
    Ended,
    Executor,
    Message,
    Order,
    Paused,
    Ready,
    Released,
    Ticked,
)
from ntkscope.runs import words
from ntkscope.runs.cards import Cards
from ntkscope.runs.live import Live, LiveRuns
from ntkscope.runs.memory import Memory
from ntkscope.runs.notifier import Notifier
from ntkscope.runs.retry import persistently
from ntkscope.schemas.event import Command
from ntkscope.schemas.run import ENDED, State
from ntkscope.store.trouble import in_words
from ntkscope.store.writer import Writer
from ntkscope.store.writes import update_run
from ntkscope.wire.codec import EncodedEvent

LOGGER = logging.getLogger("ntkscope")
ROWS_SECONDS = 1.0  # in which a server that stops brings its runs' rows up to date


class Scheduler:
    """Used on the event loop, but for `deliver` and `refused`, which come from other threads.

    Args:
        executor: Where runs train.
        notifier: Told of every change.
        memory: Of which every run takes its share when it begins.
    """

    def __init__(self, executor: Executor, notifier: Notifier, memory: Memory) -> None:
        self.live, self.cards = LiveRuns(executor.slots, memory), Cards()
        memory.yields(self._reduce)
        memory.on_free(self.fill)
        self._executor = executor
        self._notifier = notifier
        self._writer: Writer
        self._loop: asyncio.AbstractEventLoop
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready: set[int] = set()
        self.retiring = False  # nothing begins any more
        self._delivered: dict[tuple[int, str], int] = {}  # each slot has a thread of its own

    def start(self, writer: Writer) -> None:
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._executor.start(self.deliver)

    async def retire(self, seconds: float) -> None:
        """Begins nothing any more, and interrupts every run: one that trains leaves a checkpoint, at most so long."""
        self.retiring = True
        for live in self.live.all():
            if live.state == "queued":
                self.finish(live, "interrupted", words.INTERRUPTED)
            elif live.state == "running":
                self.order(live, "pause")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while any(live.state == "running" for live in self.live.all()) or self._tasks:
                    await asyncio.sleep(0.02)

    async def close(self) -> None:
        """Ends the slots; the rows of their runs are left to the next start, or to `interrupt_runs`."""
        await asyncio.to_thread(self._executor.close)
        if self._tasks:  # a pause that somebody was told of must be in its row
            await asyncio.wait(self._tasks, timeout=ROWS_SECONDS)
        for task in self._tasks:
            task.cancel()

    @property
    def warm(self) -> int:
        """How many slots are ready to train at once."""
        return len(self._ready)

    @property
    def delivered(self) -> Counter[str]:
        """How many events of each type have come from the workers."""
        found = Counter[str]()
        for (_, kind), count in list(self._delivered.items()):
            found[kind] += count
        return found

    def trouble(self, live: Live) -> str:
        """Why nothing of this run can be stored now; empty while it can."""
        return self._writer.trouble or live.refused

    def add(self, live: Live) -> None:
        """A run that waits from now on; its row takes what is `unsaved`."""
        self.live.add(live)
        self._notifier.notify(live.run.id, live.run.last_seq)
        self._save(live)
        self.fill()

    def fill(self) -> None:
        """Begins, or goes on with, the runs for which there is a slot with a worker that is ready."""
        while not self.retiring and (found := self.live.next(self._ready, self.cards.slots)) is not None:
            slot, live = found
            live.slot = slot
            if live.job is not None:
                self._executor.begin(slot, live.begin())
            else:
                self._executor.order(slot, Order(live.run.id, "resume"))
            self._set(live, "running", started_at=live.run.started_at or time.time())

    def order(self, live: Live, command: Command) -> None:
        """Passes a command on to a run that has begun."""
        if live.slot is not None:
            live.pending_command = command
            self._executor.order(live.slot, Order(live.run.id, command))

    def kill(self, live: Live) -> bool:
        """Ends the run's process, unless a paused run is in it too, or the run only waits for the database."""
        if live.slot is None or len(self.live.in_slot(live.slot)) > 1 or self._writer.trouble:
            return False
        return self._executor.kill(live.slot)

    def change(self, live: Live, state: State) -> None:
        """A run that has not begun, or is paused, takes another of the states of those."""
        self._set(live, state)
        self.fill()

    def _reduce(self, missing: int) -> None:
        """Orders paused runs to free their memory; each answers `Released`, and goes on from its checkpoint later."""
        for live in self.live.in_the_way(missing):
            if live.slot is not None:
                live.leaving = True
                self._executor.order(live.slot, Order(live.run.id, "release"))

    def finish(self, live: Live, state: State, sentence: str) -> None:
        """The run is over. It stays live until its row says so."""
        self.live.release(live.run.id)
        live.slot, live.job = None, None
        self.live.memory.release(live.run.id)
        self._set(live, state, sentence=sentence, ended_at=time.time())
        self.fill()

    def deliver(self, slot: int, message: Message) -> None:
        """From an executor's thread. Events go straight to the writer, which may make a fast run wait."""
        if isinstance(message, EncodedEvent):
            key = slot, message.type
            self._delivered[key] = self._delivered.get(key, 0) + 1
            self._writer.append(message)
        else:
            self._call(self._receive, slot, message)

    def committed(self, last: dict[str, int]) -> None:
        """From the writer's thread."""
        self._call(self._notify_all, last)

    def refused(self, run_id: str, error: Exception) -> None:
        """From the writer's thread: events of this run are lost."""
        self._call(self._give_up, run_id, in_words(error))

    def _call(self, function: Callable[..., None], *arguments: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server stops
            self._loop.call_soon_threadsafe(function, *arguments)

    def _receive(self, slot: int, message: Message) -> None:
        match message:
            case Ready(card=card):
                self._ready.add(slot)
                self.cards.report(slot, card)
                self.fill()
            case Died(exit_code=exit_code):
                self._ready.discard(slot)
                self._executor.revive(slot)  # first: what is sent from here on is for the next process
                for live in self.live.in_slot(slot):
                    if live.cancelled and not live.store_error:
                        self.finish(live, "cancelled", words.CANCELLED_HARD)
                    elif live.unbegun:
                        live.begin_again()
                        self.live.release(live.run.id)
                        self.live.memory.release(live.run.id)
                        self._set(live, "queued")
                    elif live.state != "running":  # it is paused, or was told to go on and waits
                        self._leave(live)
                        self._set(live, live.state)
                    else:
                        self.finish(live, "failed", live.store_error or words.worker_died(exit_code))
            case Begun() | Ticked() | CommandReceived() | Paused() | Released() | Ended():
                live_run = self.live.get(message.run_id)
                if live_run is not None:
                    self._receive_of(live_run, message)

    def _receive_of(self, live: Live, message: Begun | Ticked | CommandReceived | Paused | Released | Ended) -> None:
        match message:
            case Begun():
                live.tries = 0
            case Ticked(data=data):
                live.tick = data
                self._notifier.notify(live.run.id)
            case CommandReceived(command=command):
                live.cancel_received = live.cancel_received or command == "cancel"
            case Paused():
                if self.retiring:
                    self.finish(live, "interrupted", words.INTERRUPTED)
                else:
                    self.live.release(live.run.id)
                    self._set(live, "paused")
                    self.fill()
            case Released():
                self._leave(live)
            case Ended(outcome=outcome, sentence=sentence):
                if live.store_error:
                    self.finish(live, "failed", live.store_error)
                else:
                    self.finish(live, outcome, sentence)

    def _leave(self, live: Live) -> None:
        """A paused run is no longer in its slot's memory."""
        live.reduce()
        if live.cancelled:
            self.finish(live, "cancelled", words.CANCELLED_REDUCED)
        else:
            self.live.memory.release(live.run.id)

    def _notify_all(self, last: dict[str, int]) -> None:
        for run_id, seq in last.items():
            if self.live.get(run_id) is not None:
                self._notifier.notify(run_id, seq)

    def _give_up(self, run_id: str, error: str) -> None:
        live = self.live.get(run_id)
        if live is not None:
            live.store_error = words.UNWRITABLE.format(error=error)
            self.order(live, "cancel")

    def _set(self, live: Live, state: State, **columns: Any) -> None:
        LOGGER.info("run %s is %s", live.run.id, state, extra={"run": live.run.id, "state": state, "slot": live.slot})
        live.state, live.pending_command = state, None
        live.run = live.run.model_copy(update={"state": state, **columns})
        live.unsaved |= {"state": state, **columns}
        self._notifier.notify(live.run.id)
        self._save(live)

    def _save(self, live: Live) -> None:
        """Brings the row up to date; not awaited, since until then what is said of the run comes from `live`."""
        if live.unsaved and not live.saving:
            live.saving = True
            task = asyncio.create_task(self._keep(live))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _keep(self, live: Live) -> None:
        """Writes until the row is as the run is. A run that has ended is no longer live once its row says so."""
        await persistently(partial(self._write, live), Exception)
        live.saving = False
        if live.state in ENDED:
            self.live.remove(live.run.id)
            self._notifier.forget(live.run.id)

    async def _write(self, live: Live) -> None:
        """One row at a time and in order: a change that was refused never overtakes a later one."""
        while live.unsaved:
            columns, live.unsaved = live.unsaved, {}
            try:
                await asyncio.wrap_future(self._writer.submit(partial(update_run, run_id=live.run.id, **columns)))
            except Exception as error:
                live.unsaved = columns | live.unsaved
                live.refused = error.got if isinstance(error, NtkscopeError) else in_words(error)
                self._notifier.notify(live.run.id)
                raise
            live.refused = ""
