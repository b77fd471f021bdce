"""Places, the problem that ends a set-up, and the one way to call a program."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"


class SetupProblem(Exception):
    """What is missing, and what to do about it."""


def run(command: Sequence[str | Path], failure: str, *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> None:
    """Calls a program with its output shown; a failure becomes a SetupProblem with this sentence."""
    try:
        status = subprocess.call([str(part) for part in command], cwd=cwd, env=env)
    except OSError as error:
        raise SetupProblem(f"{failure} ({error})") from error
    if status != 0:
        raise SetupProblem(failure)
