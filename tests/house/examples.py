"""The worked examples of CONTRIBUTING.md: found, and applied without git, which an unpacked archive does not have."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Example:
    """One block of code under a heading such as `### A target: 2 files`."""

    title: str
    files: int
    language: str
    text: str


def _examples() -> dict[str, Example]:
    pattern = r"^### ([^\n:]+): (\d+) files?\n(?:(?!^#)[^\n]*\n)*?```(diff|json)\n(.*?)^```$"
    found = re.findall(pattern, (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return {title: Example(title, int(files), language, text) for title, files, language, text in found}


EXAMPLES = _examples()


def applied(example: Example, root: Path) -> dict[str, str]:
    """The texts of the files that a unified diff changes or makes, by their paths; nothing is written.

    Hunks are found by their lines, which must stand in the file once; a hunk's lines must be as many as its head says.
    """
    changed: dict[str, str] = {}
    for section in re.split(r"^--- ", example.text, flags=re.MULTILINE)[1:]:
        head, *hunks = re.split(r"^@@ (.*)\n", section, flags=re.MULTILINE)
        old, new = head.splitlines()
        path = new.removeprefix("+++ b/")
        text = "" if old == "/dev/null" else (root / old.removeprefix("a/")).read_text(encoding="utf-8")
        assert (old == "/dev/null") != (root / path).exists(), f"{path}: a new file, or one that is there"
        for numbers, body in zip(hunks[::2], hunks[1::2], strict=True):
            lines = body.splitlines(keepends=True)
            before, after = (_side(lines, " -"), _side(lines, " +"))
            counts = [int(count or 1) for count in re.findall(r"[-+]\d+(?:,(\d+))?", numbers.split(" @@")[0])]
            assert counts == [before.count("\n"), after.count("\n")], f"{path}: @@ {numbers} has other numbers of lines"
            assert before == text == "" or text.count(before) == 1, f"{path} does not have once:\n{before}"
            text = text.replace(before, after) if before else after
        changed[path] = text
    return changed


def _side(lines: list[str], marks: str) -> str:
    return "".join(line[1:] for line in lines if line[0] in marks)
