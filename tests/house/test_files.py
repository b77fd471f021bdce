"""Files stay short, and what was renamed keeps its new name."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = {"backend/ntkscope": {".py"}, "frontend/src": {".py", ".ts", ".svelte", ".css"}}
GENERATED = {"frontend/src/api/schema.gen.ts"}
MOST_LINES = 300

# Old names: of classes and functions, of fields on the wire, and a word that said less than it seemed to.
GONE = re.compile(
    r"\b((?:class|interface) (?:Start|Wide|Limit|Moment|Kept|Taken)|Conductor|Bell|Thinking|Emitted|NewEvent|"
    r"grid_prediction|fitted_prediction|function_predicted|function_infinite|quadrature_error|"
    r"obeys?|obeying|lets? go|letting go)\b"
)
OLD_BYTES = "backend/ntkscope/wire/version_1.py"  # reads them by their names


def sources() -> Iterator[tuple[str, str]]:
    """Every hand-written file of backend and page: its path, and its text."""
    for folder, kinds in SOURCES.items():
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in kinds and name not in GENERATED and "static" not in path.parts:
                yield name, path.read_text(encoding="utf-8")


def test_no_file_is_over_300_lines() -> None:
    lengths = {name: text.count("\n") for name, text in sources()}
    for folder in ("tests", "benchmarks", "scripts"):
        for path in (ROOT / folder).rglob("*.py"):
            lengths[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8").count("\n")
    assert len(lengths) > 300, "the sources are not found: have they moved?"
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_old_names_are_gone() -> None:
    found = {name: sorted(set(GONE.findall(text))) for name, text in sources() if name != OLD_BYTES}
    assert {name: names for name, names in found.items() if names} == {}
