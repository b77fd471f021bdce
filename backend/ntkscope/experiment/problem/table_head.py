"""The first lines of a table -> its separator, its width and its headings."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import get_args

from ntkscope.experiment.problem.table_text import (
    CANONICAL,
    MARKS,
    Separator,
    cells_of,
    checked_cells,
    count_cells,
    is_number,
    rows_of_text,
)

REGULAR = 2 / 3  # of the first lines have the table's own number of cells


def find_separator(sample: list[bytes]) -> Separator:
    """The one by which most lines have equally many cells, more than one, most of them numbers or nothing."""
    scores: dict[Separator, float] = {}
    for name in get_args(Separator):
        try:
            rows = [cells_of(line.decode(), name) for line in sample]
        except csv.Error:
            continue
        width = Counter(map(len, rows)).most_common(1)[0][0]
        same = [row for row in rows if len(row) == width]
        cells = [cell for row in same for cell in row]
        if width > 1:
            scores[name] = len(same) / len(rows) * (0.5 + sum(map(is_number, cells)) / len(cells))
    best = max(scores.values(), default=0.0)
    return next((name for name, score in scores.items() if score == best), "comma")


def find_width(sample: list[bytes], separator: Separator) -> int:
    """The number of cells that most lines have; of the first line where none has most."""
    counts = [count_cells(line, separator, number) for number, line in enumerate(sample, start=1)]
    width, lines = Counter(counts).most_common(1)[0]
    return width if lines >= REGULAR * len(counts) or len(counts) < 3 else counts[0]


@dataclass(frozen=True)
class Head:
    """The headings, the line that has them, and how many lines come before the rows."""

    names: list[str]
    line: int
    skipped: int
    notices: list[str]

    @classmethod
    def of(cls, text: bytes, sample: list[bytes], separator: Separator, width: int) -> Head:
        """From the first lines; R writes one heading less than cells, since the rows' numbers have none."""
        notices, skipped, first, names, number = [], 0, 1, [""], 1
        for number, line in islice(rows_of_text(text), len(sample)):
            first = number
            names = checked_cells(number, line, separator)
            rownames = len(names) == width - 1 > 0 == skipped and _holds_number(sample[1:2], separator)
            if len(names) == width or rownames or len(sample) < 3:
                break
            skipped += 1
        if skipped:
            notices.append(f"{skipped} line{'s' * (skipped > 1)} before the headings left out.")
        if all(map(is_number, names)):
            found = _commented_names(text, first, separator, width)
            if found is None:
                notices.append("The first line holds numbers: the columns have no names.")
                found = [*(f"x{i + 1}" for i in range(width - 1)), "y"]
            return cls(found, first, skipped, notices)
        if len(names) == width - 1:
            ended = all(line.endswith(MARKS[separator].encode()) for line in sample[1:])
            names = [*names, ""] if ended else ["", *names]
        counts = _counts(names, text, skipped)
        if counts:
            notices.append(counts)
            names = [*(f"x{i + 1}" for i in range(width - 1)), "y"]
        names = [name.casefold() if CANONICAL.fullmatch(name) else name for name in names]
        return cls([name or f"column {i}" for i, name in enumerate(names, start=1)], first, skipped + 1, notices)


def _holds_number(lines: list[bytes], separator: Separator) -> bool:
    return any(is_number(cell) for line in lines for cell in checked_cells(2, line, separator))


def _counts(names: list[str], text: bytes, skipped: int) -> str:
    """scikit-learn's tables begin with the number of rows and of inputs, and the names of the classes."""
    if len(names) < 3 or not names[0].isdecimal():
        return ""
    rows = sum(1 for _ in rows_of_text(text)) - skipped - 1
    if names[:2] == [str(rows), str(len(names) - 1)]:
        return f"The first line counts {rows} rows and {len(names) - 1} inputs: the columns have no names."
    return ""


def _commented_names(text: bytes, first: int, separator: Separator, width: int) -> list[str] | None:
    """Headings in the last comment before the first row, as numpy.savetxt writes them."""
    for line in reversed(text.split(b"\n", first)[: first - 1]):
        stripped = line.strip(b" \t#%")
        if stripped:
            try:
                names = cells_of(stripped.decode(), separator)
            except csv.Error:
                return None
            return names if len(names) == width and all(names) and not any(map(is_number, names)) else None
    return None
