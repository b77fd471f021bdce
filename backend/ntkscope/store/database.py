"""Opens a database: its address, its lock, its engine, its version."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from ntkscope.errors import NtkscopeError, Unavailable
from ntkscope.store.backup import before_version
from ntkscope.store.lock import FileLock, Lock, PostgresLock
from ntkscope.store.migrations import VERSION, found_version, migrate
from ntkscope.store.trouble import in_words, watch

LOGGER = logging.getLogger("ntkscope")
REMEDY = "Set NTKSCOPE_DATABASE_URL to sqlite:///some/file.db or postgresql://user:password@host/name."


@dataclass(frozen=True)
class Database:
    """An open database that belongs to this process."""

    engine: Engine
    lock: Lock
    fresh: bool  # it was empty until now
    check: Callable[[], None]  # raises Unwritable where its file is no longer the one that was opened

    def close(self) -> None:
        self.engine.dispose()
        self.lock.release()


def open_database(url: str, address: str) -> Database:
    """Opens, locks and migrates the database.

    Args:
        url: sqlite:///file.db or postgresql://...
        address: Where this server can be reached; named to a second server, which is refused.

    Raises:
        Unavailable: bad address, no such place, no driver, another server's, or from a newer version.
    """
    parsed = parse_url(url)
    lock: Lock | None = None
    engine: Engine | None = None
    try:
        if parsed.get_backend_name() == "sqlite":
            lock = FileLock.beside(str(parsed.database), address)
            engine = make_engine(parsed)
        else:
            engine = make_engine(parsed)
            lock = PostgresLock(engine, address)
        _copy_an_older_one(engine, parsed)
        with engine.begin() as connection:
            fresh = migrate(connection)
    except BaseException as error:
        if engine is not None:
            engine.dispose()
        if lock is not None:
            lock.release()
        if isinstance(error, NtkscopeError) or not isinstance(error, (DBAPIError, OSError, ImportError)):
            raise
        raise cannot_open(parsed, error) from error
    check = watch(parsed)
    # A new connection would make a new and empty file in the place of one that is gone.
    event.listen(engine, "do_connect", lambda *_: check())
    return Database(engine, lock, fresh, check)


def _copy_an_older_one(engine: Engine, url: URL) -> None:
    """Before it is changed; PostgreSQL's is the administrator's to copy."""
    with engine.connect() as connection:
        found = found_version(connection)
    if url.get_backend_name() == "sqlite" and found is not None and found < VERSION:
        copy = before_version(Path(str(url.database)), found).path
        LOGGER.warning("The database was of version %d, and is now of %d. As it was: %s", found, VERSION, copy)


def parse_url(url: str) -> URL:
    """The database's address, checked.

    Raises:
        Unavailable: neither an SQLite file nor PostgreSQL.
    """
    try:
        parsed = make_url(url)
        name = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        name = ""
    if name not in ("sqlite", "postgresql", "postgres"):
        raise Unavailable(
            expected="The database must be an SQLite file or a PostgreSQL server.",
            got=f"'{url}'",
            remedy=REMEDY,
            where="NTKSCOPE_DATABASE_URL",
        )
    if name != "sqlite":
        return parsed.set(drivername="postgresql+psycopg")
    if not parsed.database or parsed.database == ":memory:":
        raise Unavailable(
            expected="An SQLite database must be a file.",
            got=f"'{url}'",
            remedy=REMEDY,
            where="NTKSCOPE_DATABASE_URL",
        )
    return parsed


def make_engine(url: URL) -> Engine:
    """An engine whose pool serves the threads that answer requests."""
    options: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        # A statement that is kept for the next time keeps its values too: a copy of the last checkpoint.
        options = {"connect_args": {"cached_statements": 0}}
    engine = create_engine(url, pool_size=8, max_overflow=40, **options)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """WAL: readers never wait for the writer. NORMAL: a power cut may cost the last commits only.

    A write waits for another program's lock for a second; beyond that the writer says so, and tries again.
    """
    connection.text_factory = _text
    cursor = connection.cursor()
    for setting in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=1000"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _text(data: bytes) -> str:
    """A damaged row must not stop the reading of the others: bytes that are no text become the sign for that."""
    return data.decode(errors="replace")


def cannot_open(url: URL, error: BaseException) -> Unavailable:
    """The driver's error as one of ours."""
    remedy = REMEDY
    if url.get_backend_name() == "sqlite":
        folder = Path(str(url.database)).absolute().parent
        if not folder.is_dir():
            remedy = f"Make the folder {folder}, or name another file with NTKSCOPE_DATABASE_URL."
    elif isinstance(error, ImportError):
        remedy = "Install the PostgreSQL driver: pip install 'ntkscope[postgres]'."
    return Unavailable(
        expected="The database must be there and open for writing.",
        got=f"{url.render_as_string(hide_password=True)}: {in_words(error)}",
        remedy=remedy,
        where="NTKSCOPE_DATABASE_URL",
    )
