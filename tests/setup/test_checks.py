"""make test: the same set-up, a browser, then every check."""

import shutil

import pytest

CHECKS = [
    "ruff check .",
    "mypy",
    "lint-imports",
    "npm run check",
    "npm run test",
    "pytest",
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
    assert calls[4:] == CHECKS
    assert result.stdout.count("ok  ") == len(CHECKS)


def test_every_check_runs_and_the_failed_one_is_named(checkout, chromium):
    result = checkout.make("test", FAIL="mypy")
    assert result.returncode != 0
    assert checkout.calls()[4:] == CHECKS
    assert "FAILED  mypy" in result.stdout
    assert result.stdout.count("ok  ") == len(CHECKS) - 1


def test_the_checks_work_offline_after_the_first_time(checkout, chromium):
    checkout.make("test")
    checkout.calls()
    assert checkout.make("test", PIP_NO_INDEX="1").returncode == 0
    assert checkout.calls() == CHECKS


def test_the_page_s_packages_come_back_for_the_checks(checkout, chromium):
    checkout.make("test")
    checkout.calls()
    (checkout.root / "frontend/node_modules/.package-lock.json").unlink()
    checkout.make("test")
    assert checkout.calls() == ["npm ci --include=dev --no-audit --no-fund", *CHECKS]


def test_ci_runs_make_test(checkout, chromium):
    for tool in ("bash", "dirname"):
        (checkout.bin / tool).symlink_to(shutil.which(tool))
    result = checkout.call("bash", str(checkout.root / ".ci/run"))
    assert result.returncode == 0, result.stderr
    assert checkout.calls()[4:] == CHECKS


def test_make_soak_runs_the_long_tests_alone(checkout, chromium):
    result = checkout.make("soak")
    assert result.returncode == 0, result.stderr
    assert checkout.calls()[-1] == "pytest -m soak --timeout=3600 -v -s"
