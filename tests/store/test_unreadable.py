"""Rows of a later version, and damaged ones: they are told apart, and hide nothing."""

import pytest
from sqlalchemy import text

from ntkscope.schemas.unreadable import Unreadable
from ntkscope.store.database import Database
from ntkscope.store.run_store import RunStore
from ntkscope.store.sweep_store import SweepStore
from ntkscope.store.sweep_writes import insert_sweep
from tests.store.test_run_store import fill, summary
from tests.store.test_sweep_store import sweep

DAMAGE = {
    'config = replace(config, \'"seed":3\', \'"seed":3, "later":1\')': "later: Extra inputs are not permitted",
    "config = '{'": "Invalid JSON",
    "config = ''": "Invalid JSON",
    "config = 'null'": "Input should be an object",
    "tags = '{\"a\": 1}'": "Input should be a valid array",
    "tags = 'x'": "Invalid JSON",
    "state = 'dreaming'": "state: Input should be",
}


def execute(database: Database, statement: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(statement.replace(":", "\\:")))


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_row_that_cannot_be_read_stands_among_the_others_with_why(database: Database, damage: str) -> None:
    store = fill(database, *(summary(name, created_at=float(at), name=name) for at, name in enumerate("abc")))
    execute(database, f"UPDATE runs SET {damage} WHERE id = 'b'")

    total, found = store.runs(10)
    bad = store.run("b")
    assert total == 3
    assert [run.id for run in found] == ["c", "b", "a"]
    assert found[1] == bad
    assert isinstance(bad, Unreadable)
    assert (bad.name, bad.created_at, bad.deleted_at) == ("b", 1.0, None)
    assert bad.sentence.startswith("This version of ntkscope cannot read it: ")
    assert DAMAGE[damage] in bad.sentence


@pytest.mark.parametrize("damage", ["name = CAST(x'ff41' AS TEXT)", "created_at = 'then'", "created_at = 9e999"])
def test_sqlite_keeps_anything_in_any_column(database: Database, damage: str) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps what the column's type allows")
    store = fill(database, summary("a"), summary("b"))
    execute(database, f"UPDATE runs SET {damage} WHERE id = 'b'")

    assert {run.id for run in store.runs(10)[1]} == {"a", "b"}


def test_a_sweep_that_cannot_be_read_stands_among_the_others(database: Database) -> None:
    for name in ("a", "b"):
        with database.engine.begin() as connection:
            insert_sweep(connection, sweep(name))
    execute(database, "UPDATE sweeps SET request = replace(request, '\"axes\"', '\"lines\"') WHERE id = 'b'")

    store = SweepStore(database.engine)
    bad = store.sweep("b")
    assert isinstance(bad, Unreadable)
    assert "axes: Field required, and 1 more" in bad.sentence
    total, found = store.sweeps(10)
    assert total == 2
    assert bad in [row for row, _ in found]


def test_a_sweep_s_run_in_a_state_that_is_not_known_has_failed(database: Database) -> None:
    fill(database, summary("a", sweep="s", member=0))
    execute(database, "UPDATE runs SET state = 'dreaming'")

    member = SweepStore(database.engine).members("s")[0]
    assert member.state == "failed"
    assert "'dreaming'" in member.sentence
    assert isinstance(RunStore(database.engine).run("a"), Unreadable)
