"""Uploaded tables that nothing names are removed once nobody is about to use them."""

import pytest
from sqlalchemy import text

from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.data import Data, DatasetPoints, DatasetTarget
from ntkscope.schemas.preset import DatasetInfo
from ntkscope.store.database import Database
from ntkscope.store.run_store import RunStore
from ntkscope.store.sweep_store import StoredSweep
from ntkscope.store.sweep_writes import insert_sweep
from ntkscope.store.writes import collect_datasets, insert_dataset, insert_run
from tests.store.test_run_store import summary
from tests.store.test_sweep_store import REQUEST


def upload(database: Database, digit: str, at: float) -> str:
    sha256 = digit * 64
    info = DatasetInfo(sha256=sha256, name="t", rows=1, columns=["x1", "y"])
    with database.engine.begin() as connection:
        insert_dataset(connection, info, b"x1,y\n1,2\n", at)
    return sha256


def with_table(sha256: str) -> RunConfig:
    return RunConfig(data=Data(points=DatasetPoints(sha256=sha256), target=DatasetTarget()))


def left(database: Database, before: float) -> tuple[int, str]:
    with database.engine.begin() as connection:
        removed = collect_datasets(connection, before)
    return removed, "".join(digit for digit in "abcde" if RunStore(database.engine).dataset(digit * 64))


def test_only_what_is_old_and_unused_goes(database: Database) -> None:
    for digit in "abcd":
        upload(database, digit, 1.0)
    upload(database, "e", 5.0)
    with database.engine.begin() as connection:
        insert_run(connection, summary("run", config=with_table("b" * 64)))
        insert_run(connection, summary("deleted", config=with_table("c" * 64), deleted_at=2.0))
        request = REQUEST.model_copy(update={"config": with_table("d" * 64)})
        insert_sweep(connection, StoredSweep("s", "running", 1.0, None, request))

    assert left(database, 1.0) == (0, "abcde")
    assert left(database, 4.0) == (1, "bcde")
    assert left(database, 9.0) == (1, "bcd")


def test_a_table_that_is_uploaded_again_is_new_again(database: Database) -> None:
    upload(database, "a", 1.0)
    upload(database, "a", 5.0)

    assert left(database, 4.0) == (0, "a")


@pytest.mark.parametrize("damage", ["replace(config, '{', '[')", "replace(config, '\"seed\"', '\"later\"')"])
def test_a_run_that_cannot_be_read_keeps_its_table(database: Database, damage: str) -> None:
    upload(database, "a", 1.0)
    with database.engine.begin() as connection:
        insert_run(connection, summary("run", config=with_table("a" * 64)))
        connection.execute(text(f"UPDATE runs SET config = {damage}"))

    assert left(database, 4.0) == (0, "a")
