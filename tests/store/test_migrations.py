"""Numbered steps from an older version."""

from sqlalchemy import Connection, text

from ntkscope.store.database import Database
from ntkscope.store.migrations import VERSION, found_version, migrate


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
