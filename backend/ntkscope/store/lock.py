"""One server per database: the operating system, or PostgreSQL, frees the lock when its owner ends."""

import contextlib
import fcntl
import os
from pathlib import Path
from typing import Protocol, Self

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from ntkscope.errors import Unavailable

ADVISORY_KEY = 0x6E746B73  # "ntks"


class Lock(Protocol):
    """Held from its making until `release`."""

    def release(self) -> None: ...


class FileLock:
    """An flock on a file that contains the owner's address.

    Raises:
        Unavailable: another process holds it; the message names its address.
    """

    def __init__(self, path: Path, address: str) -> None:
        # Without O_TRUNC: the file's content is the first owner's until the lock is ours.
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.read(self._file, 1000).decode(errors="replace").strip()
            os.close(self._file)
            raise _taken(owner) from None
        os.ftruncate(self._file, 0)
        os.write(self._file, address.encode())

    @classmethod
    def beside(cls, database: str | Path, address: str) -> Self:
        """The one of a database's file."""
        return cls(Path(f"{database}.lock"), address)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Frees the lock. The file stays: removing it would race with the next owner."""
        os.close(self._file)


class PostgresLock:
    """A session's advisory lock; the session's application_name is the owner's address.

    Raises:
        Unavailable: another session holds it; the message names its address.
    """

    def __init__(self, engine: Engine, address: str) -> None:
        self._connection: Connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            self._take(address)
        except BaseException:
            self._connection.close()
            raise

    def _take(self, address: str) -> None:
        execute = self._connection.execute
        key = {"key": ADVISORY_KEY}
        execute(text("select set_config('application_name', :name, false)"), {"name": address[:63]})
        if not execute(text("select pg_try_advisory_lock(:key)"), key).scalar():
            owner = execute(
                text(
                    "select a.application_name from pg_locks l join pg_stat_activity a using (pid) "
                    "where l.locktype = 'advisory' and l.objid = :key and l.granted "
                    "and a.datname = current_database()"
                ),
                key,
            ).scalar()
            raise _taken(str(owner or ""))

    def release(self) -> None:
        """Frees the lock, and ends its session, which must not go back to the pool.

        Its end alone would free it too, but only once the database has noticed it.
        """
        with contextlib.suppress(SQLAlchemyError):  # the session is gone, and its lock with it
            self._connection.execute(text("select pg_advisory_unlock(:key)"), {"key": ADVISORY_KEY})
        self._connection.invalidate()
        self._connection.close()


def _taken(owner: str) -> Unavailable:
    owner = owner or "an unknown address"
    return Unavailable(
        expected="A database belongs to one server at a time.",
        got=f"a database that the server at {owner} is using",
        remedy=f"Use the server at {owner}, stop it, or name another database: NTKSCOPE_DATABASE_URL.",
        where="NTKSCOPE_DATABASE_URL",
    )
