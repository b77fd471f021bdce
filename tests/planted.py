"""Mistakes that are planted in a copy of the sources, for tests of whether tests find them."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
# A file of the package, what stands there, the mistake.
Mistake = tuple[str, str, str]


def copied(to: Path) -> Path:
    """The sources and the tests, copied; a failing example is not made small there."""
    shutil.copy(ROOT / "pyproject.toml", to)
    for folder in ("backend", "tests"):
        shutil.copytree(ROOT / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__", "static"))
    conftest = to / "tests" / "conftest.py"
    text = conftest.read_text(encoding="utf-8")
    told = 'register_profile("untimed", deadline=None)'
    assert text.count(told) == 1
    quick = 'register_profile("untimed", deadline=None, phases=[hypothesis.Phase.generate])'
    conftest.write_text(text.replace(told, quick), encoding="utf-8")
    return to


def stands_once(mistake: Mistake) -> bool:
    """Whether it can be planted: what it replaces stands where it says, once."""
    file, right, _ = mistake
    return (ROOT / "backend" / "ntkscope" / file).read_text(encoding="utf-8").count(right) == 1


@contextlib.contextmanager
def planted(tree: Path, mistake: Mistake) -> Iterator[None]:
    """The copy with this mistake."""
    file, right, wrong = mistake
    place = tree / "backend" / "ntkscope" / file
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace(right, wrong), encoding="utf-8")
    try:
        yield
    finally:
        place.write_text(text, encoding="utf-8")


def tried(tree: Path, tests: Sequence[str], *options: str) -> subprocess.CompletedProcess[str]:
    """What these tests say of the copy."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not soak and not gpu", "-p", "no:cacheprovider"]
    path = os.pathsep.join([str(tree / "backend"), str(tree)])
    return subprocess.run(
        [*command, *options, *tests],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
