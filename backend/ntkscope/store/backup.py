"""Whole copies of an SQLite database, also while a server writes to it, and putting one back in its place."""

import contextlib
import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from ntkscope.errors import Conflict, Unavailable
from ntkscope.store.lock import FileLock
from ntkscope.store.migrations import refuse_newer
from ntkscope.store.trouble import in_words

BESIDE = ("-wal", "-shm")  # files of SQLite that belong to the database beside them


@dataclass(frozen=True)
class Copied:
    """A copy that was looked through: its file, the version and the runs that are in it."""

    path: Path
    version: int
    runs: int

    @property
    def bytes(self) -> int:
        return self.path.stat().st_size


def back_up(source: Path, target: Path) -> Copied:
    """Copies the database as it is at one moment, which need not stand still, and looks the copy through.

    Args:
        source: The database, which a server may be writing to.
        target: The copy; it appears whole, or not at all.

    Raises:
        Conflict: there is a file at the target already.
        Unavailable: the database is not there or damaged, or the copy does not fit.
    """
    if target.exists():
        raise Conflict("A file that is not there yet.", f"{target}, which is", "Name another, or remove it.", "target")
    if not source.exists():
        raise _unusable(source, "there is none", "Name it by --database or NTKSCOPE_DATABASE_URL.")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _copy(source, part)
        found = look_through(part)
        os.link(part, target)  # fails where somebody has made it meanwhile
        _settle(target)
    except (OSError, sqlite3.Error) as error:
        remedy = f"Look at the disk of {target.parent}: {source.stat().st_size:,} bytes are needed."
        raise _unusable(source, in_words(error), remedy) from error
    finally:
        part.unlink(missing_ok=True)
    return Copied(target, found.version, found.runs)


def before_version(source: Path, found: int) -> Copied:
    """The copy that is made before a database of this version is changed: beside it, named by version and time."""
    moment = time.strftime("%Y%m%d-%H%M%S")
    try:
        return back_up(source, source.with_name(f"{source.name}.version-{found}.{moment}"))
    except (Conflict, Unavailable) as error:
        raise Unavailable(
            expected="A database of an earlier version is copied before it is changed.",
            got=error.got,
            remedy=error.remedy,
            where="NTKSCOPE_DATABASE_URL",
        ) from error


def restore(source: Path, place: Path, *, replace: bool = False) -> tuple[Copied, Path | None]:
    """Puts a copy in the database's place. What was there is kept beside it, and named.

    Args:
        source: The copy, which stays.
        place: Of a database that no server has open.
        replace: Whether there may be a database at that place.

    Returns:
        What is there now, and where what was there before is.

    Raises:
        Conflict: there is a database already, and it is not to be replaced.
        Unavailable: a server has it open, the copy is damaged or of a newer version, or the disk is full.
    """
    found = look_through(source)
    refuse_newer(found.version)
    with FileLock.beside(place, "ntkscope restore"):
        if place.exists() and not replace:
            expected = "A place without a database, or --replace, which keeps what is there beside it."
            raise Conflict(expected, f"{place}, which is there", "Add --replace, or name another place.", "--replace")
        part = place.with_name(f".{place.name}.{os.getpid()}.part")
        try:
            _copy(source, part)
            before = _put_aside(place) if place.exists() else None
            part.rename(place)
            _settle(place)
        except (OSError, sqlite3.Error) as error:
            raise _unusable(source, in_words(error), f"Look at the disk of {place.parent}.") from error
        finally:
            part.unlink(missing_ok=True)
    return Copied(place, found.version, found.runs), before


def look_through(path: Path) -> Copied:
    """Every page of a copy.

    Raises:
        Unavailable: it is not there, damaged, or no database of ours.
    """
    if not path.is_file():
        raise _unusable(path, "there is none", "Name a file that ntkscope backup made.")
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            said = connection.execute("PRAGMA quick_check").fetchone()[0]
            if said != "ok":
                raise _unusable(path, str(said).splitlines()[0], "Take an earlier copy.")
            (version,) = connection.execute("SELECT version FROM schema_version").fetchone()
            (runs,) = connection.execute("SELECT count(*) FROM runs WHERE deleted_at IS NULL").fetchone()
    except sqlite3.Error as error:
        raise _unusable(path, in_words(error), "Take an earlier copy.") from error
    return Copied(path, version, runs)


def _copy(source: Path, target: Path) -> None:
    """SQLite's own way of copying, which takes in what still lies beside the file."""
    with (
        contextlib.closing(sqlite3.connect(source, timeout=10)) as read,
        contextlib.closing(sqlite3.connect(target)) as written,
    ):
        read.execute("PRAGMA query_only = true")
        read.backup(written)  # in one go: the writer of a write-ahead log waits for no reader
        written.execute("PRAGMA journal_mode = DELETE")  # one file, that can be moved about
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _put_aside(place: Path) -> Path:
    before = place.with_name(f"{place.name}.before-{time.strftime('%Y%m%d-%H%M%S')}")
    for ending in (*BESIDE, ""):  # the database last: without it the others mean nothing
        file = place.with_name(place.name + ending)
        if file.exists():
            file.rename(before.with_name(before.name + ending))
    return before


def _settle(file: Path) -> None:
    """A name that a power cut does not take back."""
    folder = os.open(file.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _unusable(path: Path, got: str, remedy: str) -> Unavailable:
    return Unavailable("A whole database of ntkscope.", f"{path}: {got}", remedy, "database")
