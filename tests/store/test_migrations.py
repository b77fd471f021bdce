"""Revisions from every version that shipped, and a copy before the first of them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.run import RunSummary
from ntkscope.store.database import Database, make_engine, open_database, parse_url
from ntkscope.store.migrations import REVISIONS, VERSION, found_version, migrate
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
# What each later program changed, in the statements of its own time.
CHANGES = {
    2: """
ALTER TABLE runs ADD COLUMN sweep VARCHAR(32);
ALTER TABLE runs ADD COLUMN member INTEGER;
CREATE UNIQUE INDEX runs_by_sweep ON runs (sweep, member);
CREATE TABLE sweeps (id VARCHAR(32) NOT NULL PRIMARY KEY, name VARCHAR(120) NOT NULL, state VARCHAR(16) NOT NULL,
  created_at FLOAT(53) NOT NULL, ended_at FLOAT(53), request TEXT NOT NULL);
CREATE INDEX sweeps_by_age ON sweeps (created_at, id)
""",
    3: "",
    4: "ALTER TABLE runs ADD COLUMN placement TEXT",
}
SHIPPED = [1, *CHANGES]
FAILING = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{}", "{}"


def upgrade():
    op.add_column("runs", sa.Column("later", sa.Text()))
    raise RuntimeError("in the middle")
"""


def of_version(url: str, version: int) -> Engine:
    """A database as the program of that version made it, with a run in it."""
    engine = make_engine(parse_url(url))
    blob = "BLOB" if engine.dialect.name == "sqlite" else "BYTEA"
    columns = "id, name, tags, state, sentence, created_at, last_seq, config, digest, recorded"
    values = "'a', 'old', '[]', 'completed', 'Done.', 1.5, 0, :config, 'digest', :recorded"
    with engine.begin() as connection:
        for statement in VERSION_1.format(bytes=blob).split(";"):
            connection.execute(text(statement))
        for later in range(2, version + 1):
            for statement in filter(None, CHANGES[later].split(";")):
                connection.execute(text(statement))
        connection.execute(text("UPDATE schema_version SET version = :version"), {"version": version})
        connection.execute(
            text(f"INSERT INTO runs ({columns}) VALUES ({values})"),
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


@pytest.mark.parametrize("version", SHIPPED)
def test_every_version_that_shipped_becomes_what_a_fresh_database_is(url: str, version: int) -> None:
    old = of_version(url, version)
    with old.begin() as connection:
        assert migrate(connection) is False
        assert found_version(connection) == VERSION
    with old.begin() as connection:
        assert migrate(connection) is False  # once more: nothing is left to do
    migrated = described(old)
    run = RunStore(old).run("a")
    assert isinstance(run, RunSummary)
    assert (run.name, run.sweep, run.member, run.placement, run.person) == ("old", None, None, None, "")
    with old.begin() as connection:
        for table in migrated:
            connection.execute(text(f"DROP TABLE {table}"))
        assert migrate(connection) is True
    assert described(old) == migrated
    old.dispose()


def test_the_revisions_are_one_line_to_the_version() -> None:
    config = Config()
    config.set_main_option("script_location", REVISIONS)
    script = ScriptDirectory.from_config(config)
    assert script.get_current_head() == str(VERSION)
    assert [one.revision for one in script.walk_revisions()] == [str(number) for number in range(VERSION, 0, -1)]
    assert set(SHIPPED) == set(range(1, VERSION))


def later_revisions(folder: Path, *bodies: str) -> str:
    """Our revisions and some after them."""
    shutil.copytree(REVISIONS, folder / "alembic", ignore=shutil.ignore_patterns("__pycache__"))
    for number, body in enumerate(bodies, start=VERSION + 1):
        path = folder / "alembic" / "versions" / f"revision_{number}.py"
        path.write_text(body.format(number, number - 1))
    return str(folder / "alembic")


def test_a_later_revision_runs_once(database: Database, tmp_path: Path) -> None:
    body = FAILING.replace('raise RuntimeError("in the middle")', "")
    revisions = later_revisions(tmp_path, body)
    for _ in range(2):
        with database.engine.begin() as connection:
            assert migrate(connection, revisions, VERSION + 1) is False
            assert found_version(connection) == VERSION + 1
    with database.engine.connect() as connection:
        assert "later" in [column["name"] for column in inspect(connection).get_columns("runs")]


@pytest.mark.parametrize("version", [1, 4])
def test_a_revision_that_fails_changes_nothing_nor_do_those_before_it(url: str, version: int, tmp_path: Path) -> None:
    old = of_version(url, version)
    before, revisions = described(old), later_revisions(tmp_path, FAILING)

    with pytest.raises(RuntimeError), old.begin() as connection:
        migrate(connection, revisions, VERSION + 1)

    assert described(old) == before
    with old.connect() as connection:
        assert found_version(connection) == version
    old.dispose()


@pytest.mark.parametrize("version", SHIPPED)
def test_an_older_database_is_opened_and_copied_before_it_is_changed(url: str, version: int, tmp_path: Path) -> None:
    of_version(url, version).dispose()
    for _ in range(2):
        opened = open_database(url, "http://next/")
        assert not opened.fresh
        assert RunStore(opened.engine).runs(10)[0] == 1
        opened.close()
    copies = list(tmp_path.glob(f"*.version-{version}.*"))
    if url.startswith("postgresql"):
        assert copies == []
        return
    (copy,) = copies  # the second start has nothing to change
    kept = make_engine(parse_url(f"sqlite:///{copy}"))
    with kept.connect() as connection:
        assert found_version(connection) == version
        assert connection.execute(text("SELECT name FROM runs")).scalars().all() == ["old"]
    kept.dispose()
