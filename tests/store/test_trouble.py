"""A database that takes no writes for a while: nothing is lost, nobody waits who must not, and it is said."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ntkscope.errors import Unwritable
from ntkscope.store.database import Database, open_database
from ntkscope.store.run_store import RunStore
from ntkscope.store.writer import Writer
from ntkscope.wire.codec import EncodedEvent
from tests.servers import GENEROUS, wait_for


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


@pytest.fixture
def opened(file: Path) -> Iterator[tuple[Database, Writer]]:
    database = open_database(f"sqlite:///{file}", "here")
    writer = Writer(database.engine, lambda last: None, lambda run, error: None, database.check)
    yield database, writer
    writer.close()
    database.close()


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program holds the lock that every write needs."""
    other = sqlite3.connect(file)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def test_a_lock_of_another_program_is_waited_for_and_nothing_is_lost(
    file: Path, opened: tuple[Database, Writer]
) -> None:
    database, writer = opened
    events = [EncodedEvent("a", seq, "frame", b"x") for seq in range(1, 21)]

    def produce() -> None:
        for event in events:
            writer.append(event)

    with locked(file):
        writer.append(EncodedEvent("a", 0, "frame", b"x"))
        wait_for(lambda: "locked" in writer.trouble)
        begin = time.monotonic()
        refused = writer.submit(lambda connection: None)
        assert isinstance(refused.exception(timeout=0), Unwritable)  # at once, without a wait
        assert time.monotonic() - begin < 1
        producer = threading.Thread(target=produce)
        producer.start()
        producer.join(0.2)
        assert producer.is_alive()  # it is made to wait
    producer.join(GENEROUS)
    wait_for(lambda: len(RunStore(database.engine).events("a", -1, 100)) == 21)

    assert writer.trouble == ""
    assert writer.submit(lambda connection: 7).result(GENEROUS) == 7


def test_a_lock_is_noticed_although_nobody_writes(file: Path, opened: tuple[Database, Writer]) -> None:
    _, writer = opened
    with locked(file):
        wait_for(lambda: writer.trouble)
    wait_for(lambda: not writer.trouble)


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_is_gone_is_noticed_and_no_new_one_made(
    file: Path, opened: tuple[Database, Writer], replaced: bool
) -> None:
    _, writer = opened
    file.rename(file.with_suffix(".away"))
    if replaced:
        file.write_bytes(b"another")
    wait_for(lambda: ("was replaced" if replaced else "is gone") in writer.trouble)

    assert file.exists() is replaced
    if replaced:
        file.unlink()
    file.with_suffix(".away").rename(file)
    wait_for(lambda: not writer.trouble)


def test_a_fault_of_a_listener_does_not_end_the_writing(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = open_database(f"sqlite:///{file}", "here")

    def fail(_last: object) -> None:
        raise KeyError("a listener's own fault")

    writer = Writer(database.engine, fail, lambda run, error: None, database.check)
    writer.append(EncodedEvent("a", 1, "frame", b"x"))
    writer.append(EncodedEvent("a", 2, "frame", b"x"))

    assert writer.submit(lambda connection: "still here").result(GENEROUS) == "still here"
    assert len(RunStore(database.engine).events("a", 0, 10)) == 2
    assert "could not tell" in caplog.text
    writer.close()
    database.close()


def test_a_server_that_stops_waits_for_no_lock(file: Path) -> None:
    database = open_database(f"sqlite:///{file}", "here")
    writer = Writer(database.engine, lambda last: None, lambda run, error: None, database.check)
    with locked(file):
        writer.append(EncodedEvent("a", 1, "frame", b"x"))
        wait_for(lambda: writer.trouble)
        writer.close()
    database.close()
