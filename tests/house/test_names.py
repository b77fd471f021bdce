"""Laws and activations are chosen in their own tables: nothing else asks for one by its name."""

import re
from pathlib import Path

import pytest

from ntkscope.numerics import ACTIVATIONS, LAWS

BACKEND = Path(__file__).parents[2] / "backend" / "ntkscope"

# Where a name may stand: its table, the schema that users write, the face of the package (whose functions bear the
# laws' names), and for the laws the one choice between two of them.
LAW_FILES = {
    "numerics/law.py",
    "numerics/__init__.py",
    "schemas/event.py",
    "experiment/theory/frozen.py",
    "wire/version_1.py",  # the names of two fields
}
# A config's fields that shape an activation; a formula's functions, some of which are called the same; what PyTorch
# and Keras call them; an example.
ACTIVATION_FILES = {
    "api/examples.py",
    "numerics/activations.py",
    "schemas/network.py",
    "experiment/pasted/layers.py",
    "experiment/problem/build.py",
    "experiment/problem/formula.py",
    "experiment/problem/formula_text.py",
    "experiment/problem/formula_waves.py",
}


def quoted(names: list[str]) -> dict[str, list[str]]:
    """Files of the backend with a name in quotes, and the lines."""
    literal = re.compile(rf"""(["'])({"|".join(map(re.escape, names))})\1""")
    found: dict[str, list[str]] = {}
    for path in sorted(BACKEND.rglob("*.py")):
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if literal.search(line)]
        if lines:
            found[path.relative_to(BACKEND).as_posix()] = lines
    return found


@pytest.mark.parametrize(("names", "own"), [(list(LAWS), LAW_FILES), (list(ACTIVATIONS), ACTIVATION_FILES)])
def test_names_stand_in_their_own_tables_only(names: list[str], own: set[str]) -> None:
    found = quoted(names)
    assert own & found.keys(), "the table itself is not found: has it moved?"
    assert {path: lines for path, lines in found.items() if path not in own} == {}


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("experiment/problem/build.py", ACTIVATIONS),
        ("experiment/pasted/layers.py", ACTIVATIONS),
        ("experiment/theory/frozen.py", LAWS),
    ],
)
def test_a_table_beside_its_own_is_no_branch(path: str, names: dict[str, object]) -> None:
    text = (BACKEND / path).read_text(encoding="utf-8")
    for name in names:
        assert not re.search(rf"""([!=]=|\bin\b|\bcase)\s*[({{\[]?\s*["']{name}["']""", text), name
