"""Large bytes into SQLite and out of it in pieces: statements copy a checkpoint several times on the way."""

from typing import Any

from sqlalchemy import Connection, Integer, func, literal_column, select
from sqlalchemy.dialects import sqlite

from ntkscope.store.tables import EVENTS

LARGE = 2**20  # bytes, from which on this is worth its while; also the size of a piece


def insert_large(connection: Connection, row: dict[str, Any]) -> None:
    """Adds an event in this transaction, unless its (run, seq) is there already. For SQLite only."""
    data = memoryview(row["bytes"])
    empty = sqlite.insert(EVENTS).values(row | {"bytes": func.zeroblob(len(data))}).on_conflict_do_nothing()
    cursor = connection.execute(empty)
    if cursor.rowcount == 0:
        return
    with _opened(connection, cursor.lastrowid) as blob:
        for start in range(0, len(data), LARGE):
            blob.write(data[start : start + LARGE])


def read_large(connection: Connection, run: str, seq: int) -> bytes:
    """The bytes of an event that is there. For SQLite only."""
    row = select(literal_column("rowid", Integer)).select_from(EVENTS).where(EVENTS.c.run == run, EVENTS.c.seq == seq)
    with _opened(connection, connection.execute(row).scalar_one()) as blob:
        data: bytes = blob.read()
    return data


def _opened(connection: Connection, row: int) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver.blobopen(EVENTS.name, EVENTS.c.bytes.name, row)
