"""The database's version, and the numbered steps from one to the next."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, inspect, select, text

from ntkscope.errors import Unavailable
from ntkscope.store.tables import METADATA, SCHEMA_VERSION

VERSION = 4


def _add_sweeps(connection: Connection) -> None:
    for statement in (
        "ALTER TABLE runs ADD COLUMN sweep VARCHAR(32)",
        "ALTER TABLE runs ADD COLUMN member INTEGER",
        "CREATE UNIQUE INDEX runs_by_sweep ON runs (sweep, member)",
        "CREATE TABLE sweeps (id VARCHAR(32) NOT NULL PRIMARY KEY, name VARCHAR(120) NOT NULL, "
        "state VARCHAR(16) NOT NULL, created_at FLOAT(53) NOT NULL, ended_at FLOAT(53), request TEXT NOT NULL)",
        "CREATE INDEX sweeps_by_age ON sweeps (created_at, id)",
    ):
        connection.execute(text(statement))


def _events_have_a_version(_: Connection) -> None:
    """Nothing changes, but that an older program refuses the database: it could not read the events to come."""


def _runs_have_a_placement(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE runs ADD COLUMN placement TEXT"))


# Step k brings a database of version k - 1 to version k, in statements of its own time: the tables go on to change.
# A fresh database is made at VERSION at once.
STEPS: Mapping[int, Callable[[Connection], None]] = {
    2: _add_sweeps,
    3: _events_have_a_version,
    4: _runs_have_a_placement,
}


def migrate(
    connection: Connection,
    version: int = VERSION,
    steps: Mapping[int, Callable[[Connection], None]] = STEPS,
) -> bool:
    """Brings the database to `version`; True if it was empty before.

    Raises:
        Unavailable: the database was written by a newer version of the program.
    """
    found = found_version(connection)
    if found is None:
        METADATA.create_all(connection)
        connection.execute(SCHEMA_VERSION.insert().values(version=version))
        return True
    refuse_newer(found, version)
    for number in range(found + 1, version + 1):
        # The row first: SQLite's driver opens a transaction at the first change of a row, and not at one of a table.
        connection.execute(SCHEMA_VERSION.update().values(version=number))
        steps[number](connection)
    return False


def found_version(connection: Connection) -> int | None:
    """The version that the database has; None for one without our tables."""
    if not inspect(connection).has_table(SCHEMA_VERSION.name):
        return None
    return connection.execute(select(SCHEMA_VERSION.c.version)).scalar()


def refuse_newer(found: int, version: int = VERSION) -> None:
    """Refuses a database that a newer program wrote.

    Raises:
        Unavailable: `found` is above `version`.
    """
    if found > version:
        raise Unavailable(
            expected=f"The database must have schema version {version} or older.",
            got=f"a database of version {found}, written by a newer ntkscope",
            remedy="Update ntkscope, or name another database with NTKSCOPE_DATABASE_URL.",
            where="NTKSCOPE_DATABASE_URL",
        )
