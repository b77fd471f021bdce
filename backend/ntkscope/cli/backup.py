"""`ntkscope backup`, `ntkscope restore` and `ntkscope vacuum`: what is done to a database as a whole."""

from pathlib import Path
from typing import Annotated

import typer

from ntkscope.cli.settings import read_settings
from ntkscope.errors import InvalidInput
from ntkscope.experiment.estimate import readable_bytes
from ntkscope.store.backup import Copied, back_up, restore
from ntkscope.store.database import parse_url
from ntkscope.store.vacuum import vacuum

Database = Annotated[str | None, typer.Option("--database", help="sqlite:///FILE, also by NTKSCOPE_DATABASE_URL.")]


def backup(
    target: Annotated[Path, typer.Argument(help="The copy's file, which must not be there yet.")],
    database_url: Database = None,
) -> None:
    """Copies the database, also while a server uses it, and looks the copy through."""
    copied = back_up(_file(database_url), target)
    typer.echo(f"{_described(copied)}. To put it back: ntkscope restore {target}")


def put_back(
    source: Annotated[Path, typer.Argument(help="A file that ntkscope backup made.")],
    database_url: Database = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="There may be a database already; it is kept beside the new one.")
    ] = False,
) -> None:
    """Puts a copy in the database's place, which no server may have open."""
    copied, before = restore(source, _file(database_url), replace=replace)
    kept = f" What was there before: {before}" if before else ""
    typer.echo(f"{_described(copied)}.{kept}")


def give_back(database_url: Database = None) -> None:
    """Gives the disk back what deleted runs took. No server may have the database open."""
    place = _file(database_url)
    before, after = vacuum(place)
    typer.echo(f"{place}: {readable_bytes(before)} before, {readable_bytes(after)} now")


def _file(database_url: str | None) -> Path:
    """The database's file.

    Raises:
        InvalidInput: it is a server's; the remedy names its programs.
    """
    url = parse_url(read_settings(database_url=database_url).database_url)
    if url.get_backend_name() == "sqlite":
        return Path(str(url.database))
    raise InvalidInput(
        "An SQLite database.",
        "a PostgreSQL server",
        "Copy it by pg_dump --format=custom, and put it back by pg_restore --clean; it vacuums by itself.",
        "--database",
    )


def _described(copied: Copied) -> str:
    runs = f"{copied.runs} {'run' if copied.runs == 1 else 'runs'}"
    return f"{copied.path}: {runs}, {readable_bytes(copied.bytes)}, version {copied.version}"
