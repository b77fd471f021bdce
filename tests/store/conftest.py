"""Every test of the store runs on SQLite, and on PostgreSQL where NTKSCOPE_TEST_POSTGRES names a server."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from ntkscope.store.database import Database, make_engine, open_database, parse_url

POSTGRES = os.environ.get("NTKSCOPE_TEST_POSTGRES", "")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/test.db"
        return
    if not POSTGRES:
        pytest.skip("NTKSCOPE_TEST_POSTGRES names no PostgreSQL server")
    server = make_engine(parse_url(POSTGRES)).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("drop database if exists ntkscope_test with (force)"))
        connection.execute(text("create database ntkscope_test"))
    yield make_url(POSTGRES).set(database="ntkscope_test").render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text("drop database ntkscope_test with (force)"))
    server.dispose()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url, "http://first/")
    yield opened
    opened.close()
