"""A PostgreSQL server for the tests of the store: the one that is named, or one of our own while the checks run."""

import glob
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from steps import apt

VARIABLE = "NTKSCOPE_TEST_POSTGRES"
PLACES = "/usr/lib/postgresql/[0-9]*/bin"  # where Debian has them, off the PATH
PROGRAMS = ("initdb", "pg_ctl", "postgres")
SERVANTS = ("postgres", "nobody")  # PostgreSQL refuses to run as root
SECONDS = 120


@dataclass(frozen=True)
class Server:
    """The address of a server, or why there is none: one of the two is empty."""

    address: str = ""
    absent: str = ""


def installed() -> Path | None:
    """The folder of PostgreSQL's programs: that of the PATH, else the newest of Debian's."""
    on_path = shutil.which("initdb")
    debians = sorted(map(Path, glob.glob(PLACES)), key=lambda place: float(place.parent.name))
    places = [*([Path(on_path).resolve().parent] if on_path else []), *reversed(debians)]
    return next((place for place in places if all((place / name).exists() for name in PROGRAMS)), None)


@contextmanager
def running() -> Iterator[Server]:
    """A server that is there until the end of the block; where none can be had, the reason instead."""
    named = os.environ.get(VARIABLE)
    if named:
        yield Server(named)
        return
    programs = installed()
    if programs is None and apt.install("PostgreSQL", "postgresql"):
        programs = installed()
    if programs is None:
        yield Server(
            absent=f"{VARIABLE} names no server, no PostgreSQL is installed, and apt-get install postgresql needs root"
        )
        return
    # Reached by a socket in this folder, which only its owner and root may enter: no port, no password.
    folder = Path(tempfile.mkdtemp(prefix="ntkscope-postgres-"))
    try:
        yield _start(programs, folder)
    finally:
        if (folder / "data/postmaster.pid").exists():
            _call(programs / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", folder / "data", cwd=folder)
        shutil.rmtree(folder, ignore_errors=True)


def _start(programs: Path, folder: Path) -> Server:
    data, log = folder / "data", folder / "log"
    # Nothing here must outlive a power cut.
    options = f"-c listen_addresses= -c fsync=off -c unix_socket_directories={shlex.quote(str(folder))}"
    for command in (
        [programs / "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D", data],
        [programs / "pg_ctl", "start", "-w", "-t", str(SECONDS), "-D", data, "-l", log, "-o", options],
    ):
        problem = _call(*command, cwd=folder)
        if problem:
            return Server(absent=f"{command[0]} failed: {problem}")
    return Server(f"postgresql://postgres@/postgres?host={quote(str(folder))}")


def _call(*command: str | Path, cwd: Path) -> str:
    """Calls a program as cwd's owner, who is not root; returns what it complained of, nothing where all went well."""
    try:
        answer = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, timeout=2 * SECONDS, **_servant(cwd)
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    said = (answer.stderr or answer.stdout).strip().splitlines()
    return "" if answer.returncode == 0 else said[-1] if said else f"exit status {answer.returncode}"


def _servant(folder: Path) -> dict[str, Any]:
    """Whom a program runs as where we are root; the folder becomes theirs."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    servant = next(known[name] for name in SERVANTS if name in known)
    os.chown(folder, servant.pw_uid, servant.pw_gid)
    return {"user": servant.pw_uid, "group": servant.pw_gid, "extra_groups": []}
