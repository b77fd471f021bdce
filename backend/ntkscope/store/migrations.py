"""The database's version, and the numbered steps from one to the next."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, inspect, select

from ntkscope.errors import Unavailable
from ntkscope.store.tables import METADATA, SCHEMA_VERSION

VERSION = 1
# Step k brings a database of version k - 1 to version k. A fresh database is made at VERSION at once.
STEPS: Mapping[int, Callable[[Connection], None]] = {}


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
        steps[number](connection)
        connection.execute(SCHEMA_VERSION.update().values(version=number))
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
