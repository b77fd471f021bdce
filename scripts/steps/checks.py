"""Runs every check, side by side and all of them even when one fails, and ends with a list of the outcomes."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from steps import node, postgres
from steps.common import BIN, PYTHON, ROOT
from steps.page import FRONTEND

AT_ONCE = 3  # pytest has two processes of its own, the browser tests one; more would only stretch what is timed out
GRACE = 10  # seconds for an ended check to end what it started
PYTEST = [str(PYTHON), "-m", "pytest"]
BY_FILE = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]  # tests of one file may share what they trained


@dataclass(frozen=True)
class Check:
    """One program that answers with its exit status."""

    name: str
    command: list[str]
    folder: Path
    environment: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """How a check ended."""

    name: str
    status: int
    seconds: float


def run_all(chromium: str, database: postgres.Server) -> int:
    """Runs the checks; returns 0 where all passed."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background job would not hear it
    outcomes = asyncio.run(_side_by_side(_checks(chromium, database)))
    print("\n== outcome")
    for outcome in outcomes:
        print(f"{'ok    ' if outcome.status == 0 else 'FAILED'}  {outcome.name:<15} {outcome.seconds:6.1f} s")
    if database.absent:
        print(f"skipped PostgreSQL      no PostgreSQL, because {database.absent}")
    return 0 if all(outcome.status == 0 for outcome in outcomes) else 1


def soak(chromium: str, database: postgres.Server) -> int:
    """Runs the tests that are marked `soak`, each with an hour at most."""
    command = [*PYTEST, "-m", "soak", "--timeout=3600", "-v", "-s"]
    return subprocess.call(command, cwd=ROOT, env=_environment(chromium, database))


def _checks(chromium: str, database: postgres.Server) -> list[Check]:
    """The longest first, so that the short ones fill the gaps."""
    tool, ours = node.find(), _environment(chromium, database)
    python = [str(PYTHON), "-m"]
    return [
        Check("pytest", [*PYTEST, *BY_FILE, "-m", "not e2e and not soak"], ROOT, ours),
        Check("browser tests", [*PYTEST, "-m", "e2e and not soak", "tests/e2e"], ROOT, ours),
        Check("vitest", [*tool.npm, "run", "test"], FRONTEND, tool.environment()),
        Check("svelte-check", [*tool.npm, "run", "check"], FRONTEND, tool.environment()),
        Check("mypy --strict", [*python, "mypy"], ROOT, ours),
        Check("import layers", [str(BIN / "lint-imports")], ROOT, ours),
        Check("ruff", [*python, "ruff", "check", "."], ROOT, ours),
    ]


async def _side_by_side(checks: list[Check]) -> list[Outcome]:
    """Runs them; the runner of asyncio cancels what still runs on Ctrl-C, and here on SIGTERM too."""
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    names = ", ".join(check.name for check in checks)
    print(f"\nRunning {AT_ONCE} checks at once, each shown when it ends: {names}.", flush=True)
    places = asyncio.Semaphore(AT_ONCE)
    return await asyncio.gather(*(_run(check, places) for check in checks))


async def _run(check: Check, places: asyncio.Semaphore) -> Outcome:
    """Runs one check and prints what it said once it has ended, so that no two mix."""
    async with places:
        start = time.monotonic()
        with tempfile.TemporaryFile() as said:
            process = await asyncio.create_subprocess_exec(
                *check.command, cwd=check.folder, env=check.environment,
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip
            try:
                status = await process.wait()
            finally:
                await _end(process)
                said.seek(0)
                print(f"\n== {check.name}", flush=True)
                sys.stdout.buffer.write(said.read())
                sys.stdout.flush()
    return Outcome(check.name, status, time.monotonic() - start)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ends a check that still runs and, with it, all that it started: they are a process group."""
    if process.returncode is not None:
        return
    try:
        os.killpg(process.pid, signal.SIGINT)
        await asyncio.wait_for(process.wait(), GRACE)
    except TimeoutError:
        pass
    finally:
        with suppress(ProcessLookupError):  # all have gone, as they should
            os.killpg(process.pid, signal.SIGKILL)


def _environment(chromium: str, database: postgres.Server) -> dict[str, str]:
    """Ours, with .venv's programs first and one thread a process: the checks share the processors."""
    return os.environ | {
        "CHROMIUM": chromium,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "OMP_NUM_THREADS": "1",
        postgres.VARIABLE: database.address,
    }
