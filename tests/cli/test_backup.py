"""backup and restore, as a person calls them."""

from pathlib import Path

from ntkscope.store.database import open_database
from tests.cli.conftest import Cli


def test_a_copy_and_back(cli: Cli) -> None:
    open_database("sqlite:///here.db", "http://first/").close()

    made = cli("backup", "copy.db", "--database", "sqlite:///here.db")
    assert (made.code, made.output.split(":")[0]) == (0, "copy.db")
    assert "0 runs" in made.output
    assert "ntkscope restore copy.db" in made.words
    again = cli("backup", "copy.db", "--database", "sqlite:///here.db")
    assert again.code == 1
    assert "copy.db, which is" in again.error

    assert "--replace" in cli("restore", "copy.db", "--database", "sqlite:///here.db").error
    put = cli("restore", "copy.db", "--replace", "--database", "sqlite:///here.db")
    assert put.code == 0
    kept = Path(put.words.rpartition("before: ")[2])
    assert kept.is_file()


def test_a_server_of_databases_is_copied_by_its_own_programs(cli: Cli) -> None:
    for command in (("backup", "copy.db"), ("restore", "copy.db")):
        refused = cli(*command, "--database", "postgresql://host/name")
        assert refused.code == 1
        assert "pg_dump" in refused.error
