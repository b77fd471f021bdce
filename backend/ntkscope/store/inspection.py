"""Looks at a database without making, locking or changing it."""

import os
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from ntkscope.store.database import cannot_open, make_engine, parse_url
from ntkscope.store.migrations import found_version, refuse_newer
from ntkscope.store.tables import RUNS


def inspect_database(url: str) -> str:
    """What is there, in a sentence.

    Raises:
        Unavailable: it cannot be used; the message says why.
    """
    parsed = parse_url(url)
    place = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() == "sqlite":
        file = Path(str(parsed.database)).absolute()
        if not file.exists():
            if not os.access(file.parent, os.W_OK):
                raise cannot_open(parsed, PermissionError(f"cannot write to {file.parent}"))
            return f"{place}, which the first start will make"
    try:
        engine = make_engine(parsed)
        try:
            with engine.connect() as connection:
                version = found_version(connection)
                if version is None:
                    return f"{place}, empty"
                refuse_newer(version)
                runs = connection.execute(select(func.count()).select_from(RUNS)).scalar_one()
        finally:
            engine.dispose()
    except (DBAPIError, ImportError) as error:
        raise cannot_open(parsed, error) from error
    return f"{place}, version {version}, {runs} {'run' if runs == 1 else 'runs'}"
