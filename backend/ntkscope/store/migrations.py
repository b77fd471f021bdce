"""The database's version, and what brings an older one to it: Alembic's revisions, one for each version.

`schema_version` says the same number as Alembic's own table. Programs from before Alembic read it, and refuse a newer
database by it; a database of theirs is taken up at the number that it has there.
"""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, select

from ntkscope.errors import Unavailable
from ntkscope.store.tables import METADATA, SCHEMA_VERSION

VERSION = 5
REVISIONS = str(files("ntkscope.store") / "alembic")


def migrate(connection: Connection, revisions: str = REVISIONS, version: int = VERSION) -> bool:
    """Brings the database to the newest version, within the connection's transaction; True if it was empty before.

    Args:
        connection: In a transaction, which is the caller's to end.
        revisions: The folder with Alembic's `env.py` and `versions`.
        version: The newest of them.

    Raises:
        Unavailable: the database was written by a newer version of the program.
    """
    found = found_version(connection)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", revisions.replace("%", "%%"))
    if found is None:
        METADATA.create_all(connection)
        connection.execute(SCHEMA_VERSION.insert().values(version=version))
        command.stamp(config, str(version))
        return True
    refuse_newer(found, version)
    if found < version:
        # The row first: SQLite's driver opens a transaction at the first change of a row, and not at one of a table.
        connection.execute(SCHEMA_VERSION.update().values(version=version))
        if not inspect(connection).has_table("alembic_version"):
            command.stamp(config, str(found))
        command.upgrade(config, str(version))
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
