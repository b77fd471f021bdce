"""The one thread that writes. What it reports is committed."""

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, false, update
from tenacity import Retrying, retry_if_exception_type, sleep_using_event, stop_when_event_set, wait_exponential

from ntkscope.errors import Unwritable
from ntkscope.store.tables import SCHEMA_VERSION
from ntkscope.store.trouble import in_words, passing, unwritable
from ntkscope.store.writes import append_events, last_seqs
from ntkscope.wire.codec import EncodedEvent

T = TypeVar("T")
LOGGER = logging.getLogger("ntkscope")
GROUP_ITEMS = 256
PROBE_SECONDS = 1.0  # without a write, until writing is tried
HUNG_SECONDS = 5.0  # without an answer, after which a write counts as trouble
FIRST_WAIT, LONGEST_WAIT = 0.05, 1.0  # before a group of events is tried again


@dataclass(frozen=True)
class _Work:
    function: Callable[[Connection], Any]
    future: "Future[Any]"


class Writer:
    """Appends events in groups and does other writes in the order in which they were asked for.

    A group is what is waiting: an event is never held back for company. While the database takes no writes, events
    are tried again until it does, and those who append wait; any other write is refused at once, and its caller
    says whether it is worth another try.

    Args:
        engine: Of the database.
        committed: Called in the writer's thread after each commit, with the last seq of every run in it.
        refused: Called in the writer's thread when events can never be stored, with their run and the error.
        check: Called before each transaction; raises `Unwritable` where the database is not the one it was.
        capacity: Events that may wait; a producer beyond it waits itself.
    """

    def __init__(
        self,
        engine: Engine,
        committed: Callable[[dict[str, int]], None],
        refused: Callable[[str, Exception], None],
        check: Callable[[], None] = lambda: None,
        capacity: int = 1024,
    ) -> None:
        self._engine, self._check, self._capacity = engine, check, capacity
        self._committed, self._refused = committed, refused
        self._change = threading.Condition()  # held for moments only: the event loop takes it too
        self._items: deque[EncodedEvent | _Work] = deque()
        self._events = 0  # among the items
        self._trouble = ""
        self._begun: float | None = None  # when the write began that has not come back
        self._closing = False
        self._giving_up = threading.Event()
        self._again = Retrying(
            retry=retry_if_exception_type(Unwritable),
            wait=wait_exponential(multiplier=FIRST_WAIT, max=LONGEST_WAIT),
            stop=stop_when_event_set(self._giving_up),
            sleep=sleep_using_event(self._giving_up),
            reraise=True,
        )
        self._failed: set[str] = set()  # runs that miss an event: storing later ones would leave a gap
        self._thread = threading.Thread(target=self._write, name="ntkscope-writer", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str:
        """Why the database takes no writes now, at most some seconds old; empty while it does. Never waits."""
        begun = self._begun
        if not self._trouble and begun is not None and (seconds := time.monotonic() - begun) > HUNG_SECONDS:
            return f"a write has not come back for {seconds:.0f} s"
        return self._trouble

    def append(self, event: EncodedEvent) -> None:
        """Queues an event; waits while the queue is full, or writing fails. The same (run, seq) changes nothing.

        After `give_up` an event that cannot be stored is dropped: nobody has seen it.
        """
        with self._change:
            self._change.wait_for(self._has_room)
            self._items.append(event)
            self._events += 1
            self._change.notify_all()

    def submit(self, function: Callable[[Connection], T]) -> "Future[T]":
        """Runs `function` in a transaction of its own, after everything that was queued before. Never waits.

        The future raises `Unwritable` where the database takes no writes now.
        """
        work = _Work(function, Future())
        with self._change:
            trouble = self._trouble
            if not trouble:
                self._items.append(work)
                self._change.notify_all()
        if trouble:
            _refuse([work], trouble)
        return work.future

    def readmit(self, run_id: str) -> None:
        """Stores events of this run again, which goes on where its log ends."""
        self._failed.discard(run_id)

    def give_up(self) -> None:
        """For a server that stops: from now on nothing is tried again, and no producer waits."""
        self._giving_up.set()
        with self._change:
            self._change.notify_all()

    def close(self) -> None:
        """Writes what is waiting, once, then ends the thread."""
        self._closing = True
        self.give_up()
        self._thread.join()

    def _has_room(self) -> bool:
        return self._giving_up.is_set() or (self._events < self._capacity and not self._trouble)

    def _write(self) -> None:
        while (items := self._gather()) or not self._closing:
            if not items:
                self._probe()
            for kind, group in itertools.groupby(items, type):
                if kind is EncodedEvent:
                    self._append([item for item in group if isinstance(item, EncodedEvent)])
                else:
                    for item in group:
                        self._work(item)

    def _gather(self) -> Sequence[Any]:
        """What is waiting; nothing where that is so for a while."""
        with self._change:
            self._change.wait_for(lambda: self._items or self._closing, PROBE_SECONDS)
            items = [self._items.popleft() for _ in range(min(len(self._items), GROUP_ITEMS))]
            self._events -= sum(isinstance(item, EncodedEvent) for item in items)
            self._change.notify_all()
        return items

    def _append(self, events: list[EncodedEvent]) -> None:
        events = [event for event in events if event.run not in self._failed]
        if events and self._commit(events) is not None:
            for run in last_seqs(events):  # one by one: what is wrong with one run is not the others' fault
                own = [event for event in events if event.run == run]
                error = self._commit(own)
                if error is not None:
                    self._failed.add(run)
                    _tell(self._refused, run, error)

    def _commit(self, events: list[EncodedEvent]) -> Exception | None:
        """Commits a group, however long that takes, and tells of it; or returns why it never can."""
        try:
            self._again(self._transact, partial(append_events, events=events))
        except Unwritable as error:
            LOGGER.warning("%d events are dropped, since the server stops: %s", len(events), error.got)
            return None
        except Exception as error:
            return error
        _tell(self._committed, last_seqs(events))
        return None

    def _work(self, work: _Work) -> None:
        if not work.future.set_running_or_notify_cancel():
            return  # whoever asked has left before it began
        try:
            if self._trouble:
                raise unwritable(self._trouble)
            result = self._transact(work.function)
        except Exception as error:
            work.future.set_exception(error)
        else:
            work.future.set_result(result)

    def _probe(self) -> None:
        """Takes the lock that every write needs, and writes nothing."""
        try:
            self._transact(
                lambda connection: connection.execute(update(SCHEMA_VERSION).where(false()).values(version=0))
            )
        except Unwritable:
            pass  # noted
        except Exception as error:
            self._note(in_words(error))

    def _transact(self, function: Callable[[Connection], T]) -> T:
        """One transaction.

        Raises:
            Unwritable: the database takes no writes now.
            Exception: what is wrong with this write.
        """
        self._begun = time.monotonic()
        try:
            self._check()
            with self._engine.begin() as connection:
                result = function(connection)
        except Exception as error:
            reason = passing(error)
            self._note(reason)
            if reason:
                raise unwritable(reason) from error
            raise
        finally:
            self._begun = None
        self._note("")
        return result

    def _note(self, trouble: str) -> None:
        """Writing works, or fails: waits no longer, or makes the producers wait and refuses what else is queued."""
        if trouble == self._trouble:
            return
        if trouble:
            LOGGER.warning("The database cannot be written: %s", trouble)
        else:
            LOGGER.warning("The database can be written again.")
        with self._change:
            self._trouble = trouble
            works = [item for item in self._items if isinstance(item, _Work)] if trouble else []
            if works:
                self._items = deque(item for item in self._items if isinstance(item, EncodedEvent))
            self._change.notify_all()
        _refuse(works, trouble)


def _refuse(works: list[_Work], trouble: str) -> None:
    for work in works:
        if work.future.set_running_or_notify_cancel():
            work.future.set_exception(unwritable(trouble))


def _tell(listener: Callable[..., None], *what: Any) -> None:
    """A fault of the listener's is its own: the thread goes on writing."""
    try:
        listener(*what)
    except Exception:
        LOGGER.exception("the writer could not tell of a write")
