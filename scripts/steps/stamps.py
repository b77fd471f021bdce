"""What has been set up already: one JSON file in .venv, written after each step that succeeded."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from steps.common import ROOT, VENV

FILE = VENV / "ntkscope-setup.json"


def digest(files: Iterable[Path]) -> str:
    """SHA-256 over the names and contents of files."""
    total = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes()
        total.update(f"{file.relative_to(ROOT).as_posix()} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()


def read(step: str) -> str:
    """The stamp of a step, empty where it has none."""
    try:
        return str(json.loads(FILE.read_text()).get(step, ""))
    except (OSError, ValueError):
        return ""


def write(step: str, stamp: str) -> None:
    """Keeps the stamp of a step, with the folder that .venv was made in."""
    try:
        stamps = json.loads(FILE.read_text())
    except (OSError, ValueError):
        stamps = {}
    stamps |= {"root": str(ROOT), step: stamp}
    FILE.write_text(json.dumps(stamps, indent=1))
