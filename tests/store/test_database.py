"""Opening: once at a time, of our version, with words where it cannot be."""

from pathlib import Path

import pytest
from sqlalchemy import text

from ntkscope.errors import Unavailable
from ntkscope.store.database import Database, open_database
from ntkscope.store.inspection import inspect_database
from ntkscope.store.migrations import VERSION


def test_a_new_database_is_fresh_once(url: str) -> None:
    first = open_database(url, "http://first/")
    first.close()
    second = open_database(url, "http://second/")
    second.close()

    assert (first.fresh, second.fresh) == (True, False)


def test_a_second_server_is_refused_with_the_address_of_the_first(url: str, database: Database) -> None:
    with pytest.raises(Unavailable) as refusal:
        open_database(url, "http://second/")

    assert "http://first/" in refusal.value.got
    assert "http://first/" in refusal.value.remedy


def test_a_database_of_a_newer_version_is_refused(url: str) -> None:
    database = open_database(url, "http://first/")
    with database.engine.begin() as connection:
        connection.execute(text("update schema_version set version = 99"))
    database.close()

    for look in (lambda: open_database(url, "http://first/"), lambda: inspect_database(url)):
        with pytest.raises(Unavailable, match="newer ntkscope"):
            look()


def test_a_refused_database_can_be_opened_by_others(url: str) -> None:
    database = open_database(url, "http://first/")
    with database.engine.begin() as connection:
        connection.execute(text("update schema_version set version = 99"))
    database.close()
    with pytest.raises(Unavailable):
        open_database(url, "http://second/")
    with pytest.raises(Unavailable, match="newer"):  # and not: it is in use
        open_database(url, "http://third/")


@pytest.mark.parametrize("address", ["mysql://host/name", "sqlite://", "sqlite:///:memory:", "file.db", ""])
def test_an_address_that_is_no_database_is_refused(address: str) -> None:
    with pytest.raises(Unavailable, match=r"sqlite:///some/file\.db"):
        open_database(address, "http://first/")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=f"Make the folder {tmp_path}/none"):
        open_database(f"sqlite:///{tmp_path}/none/a.db", "http://first/")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("a shopping list, long enough to be looked at " * 30)
    with pytest.raises(Unavailable, match="not a database"):
        open_database(f"sqlite:///{tmp_path}/a.db", "http://first/")


def test_sqlite_keeps_a_write_ahead_log(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/a.db", "http://first/")
    with database.engine.connect() as connection:
        modes = [
            connection.execute(text(f"pragma {name}")).scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        ]
    database.close()

    assert modes == ["wal", 1, 1000]


def test_inspection_makes_nothing(tmp_path: Path) -> None:
    assert "first start" in inspect_database(f"sqlite:///{tmp_path}/a.db")
    assert list(tmp_path.iterdir()) == []


def test_inspection_counts_runs(url: str, database: Database) -> None:
    assert inspect_database(url).endswith(f"version {VERSION}, 0 runs")
