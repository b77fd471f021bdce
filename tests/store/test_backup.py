"""A copy of a database that is written to is whole; it is put back as it was, and takes nothing's place unasked."""

import resource
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from ntkscope.errors import Conflict, Unavailable
from ntkscope.store.backup import back_up, look_through, restore
from ntkscope.store.database import open_database
from tests.store.test_migrations import of_version


def filled(path: Path, runs: int = 1) -> Path:
    """A closed database with so many runs."""
    opened = open_database(f"sqlite:///{path}", "http://first/")
    with opened.engine.begin() as connection:
        for number in range(runs):
            connection.execute(
                text(
                    "INSERT INTO runs (id, name, tags, state, sentence, created_at, last_seq, config, digest, recorded)"
                    " VALUES (:id, '', '[]', 'completed', '', 0, 0, '{}', '', false)"
                ),
                {"id": str(number)},
            )
    opened.close()
    return path


def test_what_is_written_meanwhile_is_in_it_or_not_and_never_half(tmp_path: Path) -> None:
    source = filled(tmp_path / "a.db", runs=0)
    opened = open_database(f"sqlite:///{source}", "http://server/")
    stop = threading.Event()

    def write() -> None:
        """Two rows that belong together, again and again."""
        number = 0
        while not stop.is_set():
            number += 1
            with opened.engine.begin() as connection:
                for part in (1, 2):
                    values = {"run": f"r{number}", "seq": part, "bytes": bytes(20_000)}
                    connection.execute(text("INSERT INTO events VALUES (:run, :seq, 'frame', :bytes)"), values)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(6):
            back_up(source, tmp_path / f"copy-{number}.db")
    finally:
        stop.set()
        writer.join()
        opened.close()

    counts = []
    for number in range(6):
        with sqlite3.connect(tmp_path / f"copy-{number}.db") as copy:
            halves = "SELECT run FROM events GROUP BY run HAVING count(*) != 2"
            assert copy.execute(halves).fetchall() == []
            counts.append(copy.execute("SELECT count(*) FROM events").fetchone()[0])
    assert counts == sorted(counts)
    assert counts[-1] > 0
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_a_copy_is_put_back_and_what_was_there_is_kept(tmp_path: Path) -> None:
    place = filled(tmp_path / "a.db", runs=3)
    back_up(place, tmp_path / "copy.db")
    with sqlite3.connect(place) as connection:
        connection.execute("DELETE FROM runs")

    with pytest.raises(Conflict, match="--replace"):
        restore(tmp_path / "copy.db", place)
    put, before = restore(tmp_path / "copy.db", place, replace=True)

    assert (put.path, put.runs) == (place, 3)
    assert before is not None
    assert look_through(before).runs == 0
    opened = open_database(f"sqlite:///{place}", "http://next/")
    opened.close()
    assert look_through(tmp_path / "copy.db").runs == 3  # it stays


def test_a_database_that_a_server_has_open_is_not_replaced(tmp_path: Path) -> None:
    place = filled(tmp_path / "a.db")
    back_up(place, tmp_path / "copy.db")
    opened = open_database(f"sqlite:///{place}", "http://server/")
    try:
        with pytest.raises(Unavailable, match="http://server/"):
            restore(tmp_path / "copy.db", place, replace=True)
    finally:
        opened.close()


@pytest.mark.parametrize("damage", ["cut", "other", "empty", "none"])
def test_a_damaged_copy_is_not_put_back(tmp_path: Path, damage: str) -> None:
    place = filled(tmp_path / "a.db", runs=40)
    copy = back_up(place, tmp_path / "copy.db").path
    data = copy.read_bytes()
    copy.write_bytes({"cut": data[: len(data) // 2], "other": b"a list" * 999, "empty": b"", "none": b""}[damage])
    if damage == "none":
        copy.unlink()

    with pytest.raises(Unavailable, match=r"copy\.db"):
        restore(copy, place, replace=True)
    assert look_through(place).runs == 40


def test_a_copy_of_a_newer_version_is_not_put_back(tmp_path: Path) -> None:
    copy = filled(tmp_path / "copy.db")
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    with pytest.raises(Unavailable, match="newer ntkscope"):
        restore(copy, tmp_path / "a.db")


def test_nothing_is_overwritten_and_no_half_copy_is_left(tmp_path: Path) -> None:
    source = filled(tmp_path / "a.db")
    (tmp_path / "there").write_text("mine")
    with pytest.raises(Conflict, match="there"):
        back_up(source, tmp_path / "there")
    with pytest.raises(Unavailable, match="there is none"):
        back_up(tmp_path / "nothing.db", tmp_path / "copy.db")
    assert (tmp_path / "there").read_text() == "mine"
    assert not (tmp_path / "copy.db").exists()


def test_a_database_is_not_changed_where_its_copy_does_not_fit(tmp_path: Path) -> None:
    old = of_version(f"sqlite:///{tmp_path}/a.db", 4)
    with old.begin() as connection:
        connection.execute(text("INSERT INTO events VALUES ('a', 1, 'frame', :bytes)"), {"bytes": bytes(400_000)})
    old.dispose()
    before = (tmp_path / "a.db").read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))  # as a disk that is full: no file grows beyond
    try:
        with pytest.raises(Unavailable, match="copied before it is changed"):
            open_database(f"sqlite:///{tmp_path}/a.db", "http://next/")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    with sqlite3.connect(tmp_path / "a.db") as connection:
        assert connection.execute("SELECT version FROM schema_version").fetchone() == (4,)
    assert (tmp_path / "a.db").read_bytes()[100:] == before[100:]
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]
