"""The one thread that writes. What it tells others is committed."""

import itertools
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from ntkscope.store.writes import NewEvent, append_events, last_seqs

T = TypeVar("T")
GROUP_SECONDS = 0.02
GROUP_ITEMS = 256


@dataclass(frozen=True)
class _Work:
    function: Callable[[Connection], Any]
    future: "Future[Any]"


class Writer:
    """Appends events in groups and does other writes in the order in which they were asked for.

    A group is what is waiting, gathered for at most 20 ms: an event is never held back for company.

    Args:
        engine: Of the database.
        committed: Called in the writer's thread after each commit, with the last seq of every run in it.
        refused: Called in the writer's thread when events could not be stored, with their run and the error.
        capacity: Events that may wait; a producer beyond it waits itself.
    """

    def __init__(
        self,
        engine: Engine,
        committed: Callable[[dict[str, int]], None],
        refused: Callable[[str, Exception], None],
        capacity: int = 1024,
    ) -> None:
        self._engine = engine
        self._committed = committed
        self._refused = refused
        self._queue: queue.Queue[NewEvent | _Work | None] = queue.Queue(capacity)
        self._lost: set[str] = set()  # runs that miss an event: storing later ones would leave a gap
        self._thread = threading.Thread(target=self._write, name="ntkscope-writer", daemon=True)
        self._thread.start()

    def append(self, event: NewEvent) -> None:
        """Queues an event; waits while the queue is full. The same (run, seq) again changes nothing."""
        self._queue.put(event)

    def submit(self, function: Callable[[Connection], T]) -> "Future[T]":
        """Runs `function` in a transaction of its own, after everything that was queued before."""
        future: Future[T] = Future()
        self._queue.put(_Work(function, future))
        return future

    def close(self) -> None:
        """Writes what is waiting, then ends the thread."""
        self._queue.put(None)
        self._thread.join()

    def _write(self) -> None:
        while True:
            for kind, items in itertools.groupby(self._gather(), type):
                if kind is NewEvent:
                    self._append([item for item in items if isinstance(item, NewEvent)])
                elif kind is _Work:
                    for item in items:
                        self._work(item)
                else:
                    return

    def _gather(self) -> list[Any]:
        """What is waiting, at least one item."""
        items = [self._queue.get()]
        deadline = time.monotonic() + GROUP_SECONDS
        while len(items) < GROUP_ITEMS and time.monotonic() < deadline:
            try:
                items.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return items

    def _append(self, events: list[NewEvent]) -> None:
        events = [event for event in events if event.run not in self._lost]
        if events and self._try(events) is not None:
            for run in last_seqs(events):  # one by one: what is wrong with one run is not the others' fault
                own = [event for event in events if event.run == run]
                error = self._try(own)
                if error is not None:
                    self._lost.add(run)
                    self._refused(run, error)

    def _try(self, events: list[NewEvent]) -> Exception | None:
        """Commits a group and tells of it, or returns why it could not."""
        try:
            with self._engine.begin() as connection:
                append_events(connection, events)
        except Exception as error:
            return error
        self._committed(last_seqs(events))
        return None

    def _work(self, work: _Work) -> None:
        if not work.future.set_running_or_notify_cancel():
            return  # whoever asked has left before it began
        try:
            with self._engine.begin() as connection:
                result = work.function(connection)
        except Exception as error:
            work.future.set_exception(error)
        else:
            work.future.set_result(result)
