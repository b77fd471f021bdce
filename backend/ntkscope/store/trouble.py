"""What keeps a database from being written: which failures may pass by themselves, and in which words."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from ntkscope.errors import Unwritable

# Another program's lock, a full disk, a folder that is not there for a while. Codes of sqlite.org/rescode.html,
# whose low byte is the kind; a damaged file or a missing table is none of them and stays as it is.
PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
REMEDY = (
    "Nothing is lost: runs wait, and go on by themselves once it can be written. "
    "Look at the disk, and at other programs that use it."
)


def unwritable(reason: str) -> Unwritable:
    """The error for whoever asked for a write, or whether writing works; `got` is the reason."""
    return Unwritable(expected="The database must take writes.", got=reason, remedy=REMEDY)


def passing(error: Exception) -> str:
    """The reason in words, of a failure that may pass by itself; empty for any other."""
    if isinstance(error, Unwritable):
        return error.got
    if not isinstance(error, DBAPIError):
        return ""
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", None)
        return str(error.orig) if code is not None and code & 0xFF in PASSING else ""
    # PostgreSQL: a lost connection, a shutdown, a full disk, a lock. A missing table is a ProgrammingError.
    return in_words(error) if isinstance(error, OperationalError) else ""


def in_words(error: BaseException) -> str:
    """What the database's driver says, on one line."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def watch(url: URL) -> Callable[[], None]:
    """A check that the file is still the one that is there now; for a server of databases, one that never fails.

    SQLite goes on writing into a file that has been deleted, and would make a new one at its place.

    Raises (the check):
        Unwritable: the file was deleted, moved, or replaced by another.
    """
    if url.get_backend_name() != "sqlite":
        return lambda: None
    path = Path(str(url.database)).absolute()
    known = path.stat()

    def check() -> None:
        try:
            found = path.stat()
        except OSError:
            found = None
        if found is None or (found.st_dev, found.st_ino) != (known.st_dev, known.st_ino):
            what = "is gone" if found is None else "was replaced by another file"
            raise unwritable(f"{path} {what}; put it back as it was, or stop the server and start it again")

    return check
