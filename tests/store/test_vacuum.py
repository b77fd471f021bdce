"""What deleted runs took goes back to the disk, where no server has the database open."""

from pathlib import Path

import pytest
from sqlalchemy import text

from ntkscope.errors import Unavailable
from ntkscope.store.backup import look_through
from ntkscope.store.database import open_database
from ntkscope.store.vacuum import vacuum
from tests.cli.conftest import Cli, cli  # noqa: F401  (a fixture)
from tests.store.test_backup import filled


def emptied(path: Path) -> Path:
    """A database whose large event is deleted."""
    place = filled(path, runs=2)
    opened = open_database(f"sqlite:///{place}", "http://first/")
    with opened.engine.begin() as connection:
        connection.execute(text("INSERT INTO events VALUES ('0', 1, 'frame', :bytes)"), {"bytes": bytes(2_000_000)})
    with opened.engine.begin() as connection:
        connection.execute(text("DELETE FROM events"))
    opened.close()
    return place


def test_the_file_shrinks_and_its_runs_stay(tmp_path: Path, cli: Cli) -> None:  # noqa: F811
    place = emptied(tmp_path / "a.db")
    assert cli("vacuum", "--database", f"sqlite:///{place}").code == 0
    before, after = vacuum(emptied(tmp_path / "b.db"))
    assert before > 2_000_000
    assert after == place.stat().st_size < 200_000
    assert look_through(place).runs == 2


def test_not_under_a_server_and_not_where_there_is_none(tmp_path: Path) -> None:
    place = filled(tmp_path / "a.db")
    opened = open_database(f"sqlite:///{place}", "http://server/")
    try:
        with pytest.raises(Unavailable, match="http://server/"):
            vacuum(place)
    finally:
        opened.close()
    with pytest.raises(Unavailable, match="there is none"):
        vacuum(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()
