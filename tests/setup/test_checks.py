"""make test: the same set-up, a browser, then every check."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from .conftest import PROJECT

CHECKS = [
    "lint-imports",
    "mypy",
    "npm run check",
    "npm run test",
    "pytest -m e2e and not soak tests/e2e",
    "pytest -n 2 --dist loadfile --no-loadscope-reorder -m not e2e and not soak",
    "ruff check .",
]


@pytest.fixture
def chromium(checkout):
    """An installed browser."""
    return checkout.fake("chromium", "exit 0")


def test_a_fresh_checkout_is_set_up_and_checked(checkout, chromium):
    result = checkout.make("test")
    assert result.returncode == 0, result.stderr
    calls = checkout.calls()
    assert calls[1].endswith("-e .[dev]")
    assert sorted(calls[4:]) == CHECKS
    assert result.stdout.count("ok  ") == len(CHECKS)


def test_every_check_runs_and_the_failed_one_is_named(checkout, chromium):
    result = checkout.make("test", FAIL="mypy")
    assert result.returncode != 0
    assert sorted(checkout.calls()[4:]) == CHECKS
    assert "FAILED  mypy" in result.stdout
    assert result.stdout.count("ok  ") == len(CHECKS) - 1


def test_the_checks_work_offline_after_the_first_time(checkout, chromium):
    checkout.make("test")
    checkout.calls()
    assert checkout.make("test", PIP_NO_INDEX="1").returncode == 0
    assert sorted(checkout.calls()) == CHECKS


def test_the_page_s_packages_come_back_for_the_checks(checkout, chromium):
    checkout.make("test")
    checkout.calls()
    (checkout.root / "frontend/node_modules/.package-lock.json").unlink()
    checkout.make("test")
    install, *calls = checkout.calls()
    assert install == "npm ci --include=dev --no-audit --no-fund"
    assert sorted(calls) == CHECKS


def test_ci_runs_make_test(checkout, chromium):
    for tool in ("bash", "dirname"):
        (checkout.bin / tool).symlink_to(shutil.which(tool))
    result = checkout.call("bash", str(checkout.root / ".ci/run"))
    assert result.returncode == 0, result.stderr
    assert sorted(checkout.calls()[4:]) == CHECKS


def test_make_soak_runs_the_long_tests_alone(checkout, chromium):
    result = checkout.make("soak")
    assert result.returncode == 0, result.stderr
    assert checkout.calls()[-1] == "pytest -m soak --timeout=3600 -v -s"


def test_a_missing_postgresql_is_said_and_fails_nothing(checkout, chromium):
    for name in ("initdb", "pg_ctl", "postgres"):
        checkout.fake(name, "exit 1")
    result = checkout.make("test", NTKSCOPE_TEST_POSTGRES="")
    assert result.returncode == 0, result.stderr
    said = [line for line in result.stdout.splitlines() if line.startswith("skipped")]
    assert len(said) == 1
    assert said[0].startswith("skipped PostgreSQL")
    assert "no PostgreSQL, because" in said[0]
    assert "initdb failed" in said[0]
    assert result.stdout.count("ok  ") == len(CHECKS)


RUN = """
import sys
from pathlib import Path
from steps import checks, postgres
checks.GRACE = 0.1
folder, *programs = sys.argv[1:]
checks._checks = lambda *_: [
    checks.Check(f"check {i}", [sys.executable, "-c", program, folder], Path(folder), {})
    for i, program in enumerate(programs)
]
sys.exit(checks.run_all("", postgres.Server("somewhere")))
"""


def checking(folder, *programs):
    """Runs these programs as the checks, in a process of its own, deaf to SIGINT as a script's background job is."""
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    return subprocess.Popen(
        [sys.executable, "-c", deaf + RUN, str(folder), *programs],
        cwd=PROJECT / "scripts",
        stdout=subprocess.PIPE,
        text=True,
    )


def test_checks_run_side_by_side_and_each_says_its_part_whole(tmp_path):
    """Each check says one thing, waits until the other has said one too, and says another."""
    for name in ("ab", "ba"):
        os.mkfifo(tmp_path / name)
    first = "print('a 1', flush=True); open('ab', 'w').close(); open('ba').close(); print('a 2')"
    second = "print('b 1', flush=True); open('ab').close(); open('ba', 'w').close(); print('b 2'); raise SystemExit(3)"
    with checking(tmp_path, first, second) as run:
        said = run.stdout.read()
    assert run.returncode == 1
    assert "== check 0\na 1\na 2\n" in said
    assert "== check 1\nb 1\nb 2\n" in said
    outcome = said.partition("== outcome")[2]
    assert "ok      check 0" in outcome
    assert "FAILED  check 1" in outcome


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_checks_and_all_that_they_started(tmp_path, number):
    """A check and its child, deaf to SIGINT, hold a pipe open that ends with the last of them."""
    os.mkfifo(tmp_path / "alive")
    check = (
        "import os, signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "pipe = open('alive', 'w'); os.fork(); pipe.write('up'); pipe.flush(); time.sleep(600)"
    )
    with checking(tmp_path, check) as run:
        with (tmp_path / "alive").open() as pipe:
            assert pipe.read(4) == "upup"
            run.send_signal(number)
            assert pipe.read() == ""
        run.communicate()
    assert run.returncode != 0
