"""Every test of the store runs on SQLite, and on PostgreSQL where NTKSCOPE_TEST_POSTGRES names a server."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from ntkscope.store.database import Database, make_engine, open_database, parse_url

POSTGRES = os.environ.get("NTKSCOPE_TEST_POSTGRES", "")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a database on the server, of this process alone."""
    if not POSTGRES:
        pytest.skip("NTKSCOPE_TEST_POSTGRES names no PostgreSQL server")
    name = f"ntkscope_test_{os.getpid()}"
    server = make_engine(parse_url(POSTGRES)).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/test.db"
    address: str = request.getfixturevalue("postgres")
    engine = make_engine(parse_url(address))
    with engine.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    engine.dispose()
    return address


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url, "http://first/")
    yield opened
    opened.close()
