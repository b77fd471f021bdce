"""Committed before it is told, in order, and without gaps."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest
from sqlalchemy import Connection, event, text

from ntkscope.store.database import Database
from ntkscope.store.run_store import RunStore
from ntkscope.store.writer import Writer
from ntkscope.wire.codec import EncodedEvent

Told = list[dict[str, int]]
Refused = list[tuple[str, Exception]]


class Watched:
    """A writer, and what it told."""

    def __init__(self, database: Database) -> None:
        self.store = RunStore(database.engine)
        self.told: Told = []
        self.refused: Refused = []
        self.seen_when_told: list[int] = []
        self.writer = Writer(database.engine, self._committed, lambda run, error: self.refused.append((run, error)))

    def _committed(self, last: dict[str, int]) -> None:
        self.told.append(last)
        self.seen_when_told += [len(self.store.events(run, 0, 1000)) for run in last]


@pytest.fixture
def watched(database: Database) -> Iterator[Watched]:
    made = Watched(database)
    yield made
    made.writer.close()


def append(watched: Watched, run: str, *seqs: int, kind: str = "frame") -> None:
    for seq in seqs:
        watched.writer.append(EncodedEvent(run, seq, kind, b"%d" % seq))


def settle(watched: Watched) -> None:
    """Returns once everything before is written."""
    watched.writer.submit(lambda _connection: None).result()


def test_events_are_stored_before_anybody_is_told(watched: Watched) -> None:
    append(watched, "a", *range(1, 101))
    settle(watched)

    assert watched.told[-1] == {"a": 100}
    # At each telling at least as many were there as were told.
    assert all(seen >= told["a"] for told, seen in zip(watched.told, watched.seen_when_told, strict=True))
    assert watched.store.events("a", 0, 1000) == [(seq, b"%d" % seq) for seq in range(1, 101)]


def test_what_waits_is_committed_together(watched: Watched) -> None:
    commits = 0

    def count(_connection: object) -> None:
        nonlocal commits
        commits += 1

    blocked: Future[None] = Future()
    watched.writer.submit(lambda _connection: blocked.result())
    event.listen(watched.writer._engine, "commit", count)
    append(watched, "a", *range(1, 51))
    append(watched, "b", *range(1, 51))
    blocked.set_result(None)
    settle(watched)

    assert {run for told in watched.told for run in told} == {"a", "b"}
    assert commits < 20  # of 100 events


def test_appending_again_changes_nothing(watched: Watched) -> None:
    append(watched, "a", 1, 2)
    watched.writer.append(EncodedEvent("a", 2, "frame", b"another"))
    append(watched, "a", 3)
    settle(watched)

    assert watched.store.events("a", 0, 10) == [(1, b"1"), (2, b"2"), (3, b"3")]


def test_a_failed_write_tells_its_caller_and_harms_no_other(watched: Watched) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(text("select * from no_such_table"))

    append(watched, "a", 1)
    failing = watched.writer.submit(fail)
    append(watched, "a", 2)
    settle(watched)

    assert "no_such_table" in str(failing.exception())
    assert [seq for seq, _ in watched.store.events("a", 0, 10)] == [1, 2]


def test_a_run_whose_event_was_refused_gets_no_later_one(watched: Watched, database: Database) -> None:
    def disk(full: bool) -> Callable[[Connection], None]:
        name = ("events", "hidden") if full else ("hidden", "events")
        return lambda connection: connection.execute(text("alter table {} rename to {}".format(*name))) and None

    append(watched, "a", 1)
    watched.writer.submit(disk(full=True)).result()
    append(watched, "a", 2)
    settle(watched)
    watched.writer.submit(disk(full=False)).result()
    append(watched, "a", 3)
    append(watched, "b", 1)
    settle(watched)

    assert [run for run, _ in watched.refused] == ["a"]
    assert [seq for seq, _ in watched.store.events("a", 0, 10)] == [1]
    assert [seq for seq, _ in watched.store.events("b", 0, 10)] == [1]


def test_an_event_that_cannot_be_stored_costs_no_other_run_its_own(watched: Watched) -> None:
    blocked: Future[None] = Future()
    watched.writer.submit(lambda _connection: blocked.result())
    append(watched, "a", 1)
    watched.writer.append(EncodedEvent("b", 1, "frame", None))  # type: ignore[arg-type]
    append(watched, "c", 1)
    blocked.set_result(None)  # the three are one group
    settle(watched)

    assert [run for run, _ in watched.refused] == ["b"]
    assert [len(watched.store.events(run, 0, 10)) for run in "abc"] == [1, 0, 1]


def test_work_whose_caller_has_left_is_not_begun(watched: Watched) -> None:
    blocked: Future[None] = Future()
    watched.writer.submit(lambda _connection: blocked.result())
    done: list[int] = []
    left = watched.writer.submit(lambda _connection: done.append(1))
    assert left.cancel()
    blocked.set_result(None)
    settle(watched)

    assert done == []
