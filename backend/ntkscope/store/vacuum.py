"""Gives the disk back what deleted runs took; a server only uses it again."""

import contextlib
import sqlite3
from pathlib import Path

from ntkscope.errors import Unavailable
from ntkscope.store.lock import FileLock
from ntkscope.store.trouble import in_words


def vacuum(place: Path) -> tuple[int, int]:
    """Writes the database anew without its free pages; its bytes before and after.

    Args:
        place: Of a database that no server has open. As many bytes must be free on the disk meanwhile.

    Raises:
        Unavailable: a server has it open, it is not there or damaged, or the disk is full; it stays as it was.
    """
    if not place.is_file():
        raise _stays(place, "there is none", "Name it by --database or NTKSCOPE_DATABASE_URL.")
    try:
        with (
            FileLock.beside(place, "ntkscope vacuum"),
            contextlib.closing(sqlite3.connect(place, isolation_level=None)) as connection,
        ):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            before = place.stat().st_size
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return before, place.stat().st_size
    except sqlite3.Error as error:
        raise _stays(place, in_words(error), f"Look at the disk of {place.absolute().parent}.") from error


def _stays(place: Path, got: str, remedy: str) -> Unavailable:
    return Unavailable("A database of ntkscope, and room for it on the disk once more.", f"{place}: {got}", remedy)
