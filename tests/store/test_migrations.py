"""Numbered steps from an older version."""

import json
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, inspect, text

from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.run import RunSummary
from ntkscope.store.database import Database, make_engine, open_database, parse_url
from ntkscope.store.migrations import VERSION, found_version, migrate
from ntkscope.store.run_store import RunStore

VERSION_1 = """
CREATE TABLE runs (
  id VARCHAR(32) NOT NULL PRIMARY KEY, name VARCHAR(120) NOT NULL, tags TEXT NOT NULL, state VARCHAR(16) NOT NULL,
  sentence TEXT NOT NULL, created_at FLOAT(53) NOT NULL, started_at FLOAT(53), ended_at FLOAT(53),
  deleted_at FLOAT(53), last_seq INTEGER NOT NULL, config TEXT NOT NULL, digest VARCHAR(64) NOT NULL,
  recorded BOOLEAN NOT NULL);
CREATE INDEX runs_by_age ON runs (created_at, id);
CREATE TABLE events (run VARCHAR(32) NOT NULL, seq INTEGER NOT NULL, type VARCHAR(16) NOT NULL, bytes {bytes} NOT NULL,
  PRIMARY KEY (run, seq));
CREATE TABLE datasets (sha256 VARCHAR(64) NOT NULL PRIMARY KEY, name VARCHAR(120) NOT NULL, rows INTEGER NOT NULL,
  columns TEXT NOT NULL, bytes {bytes} NOT NULL, created_at FLOAT(53) NOT NULL);
CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY);
INSERT INTO schema_version VALUES (1)
"""


def test_steps_run_once_and_in_order(database: Database) -> None:
    ran: list[int] = []
    steps = {VERSION + 2: lambda _: ran.append(2), VERSION + 1: lambda _: ran.append(1)}
    for _ in range(2):
        with database.engine.begin() as connection:
            assert migrate(connection, VERSION + 2, steps) is False
            assert found_version(connection) == VERSION + 2

    assert ran == [1, 2]


def test_a_step_that_fails_changes_nothing(database: Database) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(text("delete from schema_version"))
        raise RuntimeError("in the middle")

    try:
        with database.engine.begin() as connection:
            migrate(connection, VERSION + 1, {VERSION + 1: fail})
    except RuntimeError:
        pass

    with database.engine.connect() as connection:
        assert found_version(connection) == VERSION


def version_1(url: str) -> Engine:
    """A database as the first version made it, with a run in it."""
    engine = make_engine(parse_url(url))
    blob = "BLOB" if engine.dialect.name == "sqlite" else "BYTEA"
    with engine.begin() as connection:
        for statement in VERSION_1.format(bytes=blob).split(";"):
            connection.execute(text(statement))
        connection.execute(
            text(
                "INSERT INTO runs VALUES ('a', 'old', '[]', 'completed', 'Done.', 1.5, NULL, NULL, NULL, 0, :config, "
                "'digest', :recorded)"
            ),
            {"config": RunConfig().model_dump_json(), "recorded": False},
        )
    return engine


def described(engine: Engine) -> Any:
    """Tables, columns and indices, in a form that can be compared."""
    found = inspect(engine)
    tables = {}
    for table in sorted(found.get_table_names()):
        columns = {c["name"]: (str(c["type"]), c["nullable"]) for c in found.get_columns(table)}
        indices = sorted((i["name"], i["column_names"], bool(i["unique"])) for i in found.get_indexes(table))
        tables[table] = columns, indices, found.get_pk_constraint(table)["constrained_columns"]
    return json.loads(json.dumps(tables))


def test_version_1_becomes_what_a_fresh_database_is(url: str) -> None:
    old = version_1(url)
    with old.begin() as connection:
        assert migrate(connection) is False
        assert found_version(connection) == VERSION
    migrated = described(old)
    run = RunStore(old).run("a")
    assert isinstance(run, RunSummary)
    assert (run.name, run.sweep, run.member, run.placement) == ("old", None, None, None)
    with old.begin() as connection:
        for table in migrated:
            connection.execute(text(f"DROP TABLE {table}"))
        migrate(connection)
    assert described(old) == migrated
    old.dispose()


def test_a_database_of_version_1_is_opened(url: str) -> None:
    version_1(url).dispose()
    for _ in range(2):
        opened = open_database(url, "http://next/")
        assert not opened.fresh
        assert RunStore(opened.engine).runs(10)[0] == 1
        opened.close()


def test_a_step_that_fails_after_changing_tables_changes_nothing(url: str) -> None:
    old = version_1(url)
    before = described(old)

    def fail(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE runs ADD COLUMN sweep VARCHAR(32)"))
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError), old.begin() as connection:
        migrate(connection, 2, {2: fail})
    assert described(old) == before
    with old.connect() as connection:
        assert found_version(connection) == 1
    old.dispose()
