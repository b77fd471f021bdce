"""A table's bytes -> its rows as they stand in the file, with the number that each line has there."""

from __future__ import annotations

import io
import re
from array import array
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from ntkscope.errors import TooLarge
from ntkscope.experiment.problem.table_head import Head, find_separator, find_width
from ntkscope.experiment.problem.table_text import (
    DEFAULT_LIMIT,
    EXAMPLE,
    LONGEST_LINE,
    MARKS,
    MOST_INPUTS,
    Separator,
    checked_cells,
    count_cells,
    refuse,
    rows_of_text,
    short,
    unpacked,
    without_comment,
)

SAMPLE = 64  # lines from which the separator is told


@dataclass(frozen=True)
class Lines:
    """A table's text, its rows as they stand in the file.

    Args:
        separator: Between cells.
        names: Headings, one for each column; made up where there are none.
        body: The rows, one a line, without comments and blank lines.
        numbers: The line of each row in the file, from 1.
        irregular: Lines with another number of cells, which are no rows, and how many cells each has.
        notices: What a reader should know of the reading.
    """

    separator: Separator
    names: list[str]
    body: bytes
    numbers: array[int]
    irregular: list[tuple[int, int]]
    notices: list[str] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """The separator's character."""
        return MARKS[self.separator]

    def cells(self, row: int) -> list[str]:
        """One row as it is written."""
        line = next(islice(io.BytesIO(self.body), row, None))
        return checked_cells(self.numbers[row], line, self.separator)


def _decimals(cells: int, columns: int) -> str:
    """What to do with lines of another number of cells than there are columns."""
    hint = " Are some commas those of decimals? Then put semicolons between cells." if cells == 2 * columns else ""
    return EXAMPLE + hint


def read_lines(data: bytes, limit: int = DEFAULT_LIMIT, separator: Separator | None = None) -> Lines:
    """Finds rows and headings.

    Args:
        data: The file, packed by gzip or not, in UTF-8 with or without a byte-order mark, with any line ends.
        limit: Largest size in bytes, as sent.
        separator: Between cells; None finds it.

    Raises:
        TooLarge: it has more bytes than the limit, more columns than MOST_INPUTS and y, or too long a line.
        InvalidInput: it holds no table; the message says in which line.
    """
    text = unpacked(data, limit)
    sample = [line for _, line in islice(rows_of_text(text), SAMPLE)]
    if not sample:
        refuse(1, "A table.", "nothing but blank lines and comments" if text.strip() else "nothing", EXAMPLE)
    separator = separator or find_separator(sample)
    width = find_width(sample, separator)
    head = Head.of(text, sample, separator, width)
    if max(len(head.names), width) > MOST_INPUTS + 1:
        raise TooLarge(
            f"At most {MOST_INPUTS:,} input columns, and y.", f"{max(len(head.names), width):,} columns",
            "Keep the columns that the network is to see.", f"dataset, line {head.line}",
        )  # fmt: skip
    column, count = Counter(name.casefold() for name in head.names).most_common(1)[0]
    if count > 1:
        refuse(head.line, "Every column named once.", f"'{short(column)}' {count} times", "Rename one of them.")
    if (regular := _regular(text, separator, head)) is not None:
        return regular
    body, numbers, irregular = io.BytesIO(), array("q"), []
    for number, line in islice(rows_of_text(text), head.skipped, None):
        line = without_comment(line)
        cells = count_cells(line, separator, number)
        if cells == len(head.names):
            body.write(line + b"\n")
            numbers.append(number)
        else:
            irregular.append((number, cells))
    if not numbers and not irregular:
        refuse(head.line + 1, "At least one line of numbers after the names.", "none", EXAMPLE)
    if not numbers:
        number, cells = irregular[0]
        refuse(number, f"{len(head.names)} cells, one for each column.", f"{cells}", _decimals(cells, len(head.names)))
    return Lines(separator, head.names, body.getvalue(), numbers, irregular, head.notices)


def _regular(text: bytes, separator: Separator, head: Head) -> Lines | None:
    """The rows where every line is one, found without looking at each by itself; None where some line is none."""
    source, line, rows = io.BytesIO(text), 0, 0
    while rows < head.skipped and (read := source.readline()):
        rows += any(True for _ in rows_of_text(read))
        line += 1
    body = source.read()
    body += b"" if body.endswith(b"\n") else b"\n"
    blank = rb" *" if separator == "tab" else rb"[ \t]*"  # pandas takes such a line for none
    if separator == "blanks" or any(mark in body for mark in b'"#%') or re.search(rb"(?:\A|\n)" + blank + rb"\n", body):
        return None
    codes = np.frombuffer(body, dtype=np.uint8)
    ends = np.flatnonzero(codes == ord("\n"))
    starts = np.concatenate([[0], ends[:-1] + 1])
    marks = np.add.reduceat(codes == ord(MARKS[separator]), starts, dtype=np.int32)
    if (marks != len(head.names) - 1).any() or (ends - starts >= LONGEST_LINE).any():
        return None
    return Lines(separator, head.names, body, array("q", range(line + 1, line + 1 + len(ends))), [], head.notices)
