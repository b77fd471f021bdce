"""Runs every check, all of them even when one fails, and ends with a list of the outcomes."""

import os
import subprocess
import time
from pathlib import Path

from steps import node
from steps.common import BIN, PYTHON, ROOT
from steps.page import FRONTEND


def run_all(chromium: str) -> int:
    """Runs the checks; returns 0 where all passed."""
    tool, ours = node.find(), _environment(chromium)
    python = [str(PYTHON), "-m"]
    checks: list[tuple[str, list[str], Path, dict[str, str]]] = [
        ("ruff", [*python, "ruff", "check", "."], ROOT, ours),
        ("mypy --strict", [*python, "mypy"], ROOT, ours),
        ("import layers", [str(BIN / "lint-imports")], ROOT, ours),
        ("svelte-check", [*tool.npm, "run", "check"], FRONTEND, tool.environment()),
        ("vitest", [*tool.npm, "run", "test"], FRONTEND, tool.environment()),
        ("pytest", [*python, "pytest"], ROOT, ours),
    ]
    outcomes = []
    for name, command, folder, environment in checks:
        print(f"\n== {name}", flush=True)
        start = time.monotonic()
        status = subprocess.call(command, cwd=folder, env=environment)
        outcomes.append((name, status, time.monotonic() - start))
    print("\n== outcome")
    for name, status, seconds in outcomes:
        print(f"{'ok    ' if status == 0 else 'FAILED'}  {name:<15} {seconds:6.1f} s")
    return 0 if all(status == 0 for _, status, _ in outcomes) else 1


def soak(chromium: str) -> int:
    """Runs the tests that are marked `soak`, each with an hour at most."""
    command = [str(PYTHON), "-m", "pytest", "-m", "soak", "--timeout=3600", "-v", "-s"]
    return subprocess.call(command, cwd=ROOT, env=_environment(chromium))


def _environment(chromium: str) -> dict[str, str]:
    return os.environ | {"CHROMIUM": chromium, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
