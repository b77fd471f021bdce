"""A table's bytes -> its lines, separator and headings, with the number that each line has in the file."""

from __future__ import annotations

import csv
import io
import re
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, NoReturn, get_args

from ntkscope.errors import InvalidInput, TooLarge

DEFAULT_LIMIT = 4 * 2**20
MOST_INPUTS = 4096  # as of random points
LONGEST_LINE = 2**19  # bytes; also bounds what is read in one call, which holds Python's lock
SAMPLE = 64  # lines from which the separator is told
REGULAR = 2 / 3  # of them have the table's own number of cells
CANONICAL = re.compile("x[0-9]*|y", re.IGNORECASE)  # headings that say what a column is
GZIP = b"\x1f\x8b"
MOST_UNPACKED = 64 * 2**20
EXAMPLE = "Write one row a line, its cells apart by commas, with the columns' names in the first line, as in 'x,y'."
ENCODING = "Save the table as CSV in UTF-8."

Separator = Literal["tab", "semicolon", "bar", "comma", "blanks"]
MARKS: dict[Separator, str] = {"tab": "\t", "semicolon": ";", "bar": "|", "comma": ",", "blanks": " "}
# One way only to match each text: with two a long cell that is no number takes quadratic time.
NUMBER = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]+)?")
MISSING = frozenset(
    ["", "na", "n/a", "#n/a", "#na", "nan", "-nan", "null", "none", "nil", "<na>", "nat", "missing", "?", ".", "..",
     "-", "--", "*"]
)  # fmt: skip


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
        return _cells(next(islice(io.BytesIO(self.body), row, None)).decode(), self.separator)


def refuse(line: int, expected: str, got: str, remedy: str) -> NoReturn:
    """The error about a line."""
    raise InvalidInput(expected, got, remedy, f"dataset, line {line}")


def decimals(cells: int, columns: int) -> str:
    """What to do with lines of another number of cells than there are columns."""
    hint = " Are some commas those of decimals? Then put semicolons between cells." if cells == 2 * columns else ""
    return EXAMPLE + hint


def short(text: str) -> str:
    """At most 60 characters of what was written."""
    return text if len(text) <= 60 else text[:57] + "..."


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
    text = _unpacked(data, limit)
    sample = [line for _, line in islice(_rows(text), SAMPLE)]
    if not sample:
        refuse(1, "A table.", "nothing but blank lines and comments" if text.strip() else "nothing", EXAMPLE)
    separator = separator or _separator(sample)
    width = _width(sample, separator)
    head = _Head.of(text, sample, separator, width)
    if max(len(head.names), width) > MOST_INPUTS + 1:
        raise TooLarge(
            f"At most {MOST_INPUTS:,} input columns, and y.", f"{max(len(head.names), width):,} columns",
            "Keep the columns that the network is to see.", f"dataset, line {head.line}",
        )  # fmt: skip
    column, count = Counter(name.casefold() for name in head.names).most_common(1)[0]
    if count > 1:
        refuse(head.line, "Every column named once.", f"'{short(column)}' {count} times", "Rename one of them.")
    body, numbers, irregular = io.BytesIO(), array("q"), []
    for number, line in islice(_rows(text), head.skipped, None):
        line = _without_comment(line)
        cells = _count(line, separator, number)
        if cells == len(head.names):
            body.write(line + b"\n")
            numbers.append(number)
        else:
            irregular.append((number, cells))
    if not numbers and not irregular:
        refuse(head.line + 1, "At least one line of numbers after the names.", "none", EXAMPLE)
    if not numbers:
        number, cells = irregular[0]
        refuse(number, f"{len(head.names)} cells, one for each column.", f"{cells}", decimals(cells, len(head.names)))
    return Lines(separator, head.names, body.getvalue(), numbers, irregular, head.notices)


def _unpacked(data: bytes, limit: int) -> bytes:
    """The text's bytes in UTF-8, each line ended by a line feed."""
    if len(data) > limit:
        raise TooLarge(
            f"A table of at most {limit} bytes.", f"{len(data)} bytes",
            "Send fewer rows, or raise the server's setting NTKSCOPE_MAX_UPLOAD_BYTES.", "dataset",
        )  # fmt: skip
    if data[:2] == GZIP:
        most = max(limit, DEFAULT_LIMIT) if limit < MOST_UNPACKED else MOST_UNPACKED
        unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            data = unpack.decompress(data, most + 1)
        except zlib.error as error:
            refuse(1, "A table packed by gzip.", f"bytes that cannot be unpacked ({error})", "Pack it again.")
        if len(data) > most:
            raise TooLarge(
                f"A table of at most {most} bytes, unpacked.", "a longer one",
                "Send fewer rows, or raise the server's setting NTKSCOPE_MAX_UPLOAD_BYTES.", "dataset",
            )  # fmt: skip
        if not unpack.eof:
            refuse(1, "A table packed by gzip.", "one that ends too early", "Pack it again.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data:
        refuse(1, "Text in UTF-8.", "UTF-16 or a binary file", ENCODING)
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        refuse(line, "Text in UTF-8.", f"the byte {data[error.start]:#04x}", ENCODING)
    return data


def _rows(text: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and text of each line that is neither blank nor a comment."""
    for number, line in enumerate(io.BytesIO(text), start=1):
        if len(line) > LONGEST_LINE:
            raise TooLarge(
                f"Lines of at most {LONGEST_LINE:,} bytes.", f"one of {len(line):,}", EXAMPLE, f"dataset, line {number}"
            )
        line = line.rstrip(b"\n")
        stripped = line.strip(b" \t")
        if stripped and not stripped.startswith((b"#", b"%")):
            yield number, line


def _without_comment(line: bytes) -> bytes:
    """Without what follows a # after a blank."""
    if b"#" not in line or b'"' in line:
        return line
    return re.split(rb"[ \t]#", line, maxsplit=1)[0].rstrip(b" ")


def _cells(line: str, separator: Separator) -> list[str]:
    """Raises csv.Error where a quote is not closed."""
    if separator == "blanks":
        line, mark = line.replace("\t", " ").strip(), " "
        reader = csv.reader([re.sub(" +", " ", line)], delimiter=mark, strict=True)
    else:
        reader = csv.reader([line], delimiter=MARKS[separator], strict=True, skipinitialspace=True)
    return [cell.strip() for cell in next(reader)]


def _count(line: bytes, separator: Separator, number: int) -> int:
    if b'"' not in line:
        return len(line.split()) if separator == "blanks" else line.count(MARKS[separator].encode()) + 1
    return len(_checked_cells(number, line, separator))


def _checked_cells(number: int, line: bytes, separator: Separator) -> list[str]:
    try:
        return _cells(line.decode(), separator)
    except csv.Error as error:
        refuse(number, "Cells between separators.", f"a line that cannot be read ({error})", "Close its quotes.")


def _separator(sample: list[bytes]) -> Separator:
    """The one by which most lines have equally many cells, more than one, most of them numbers or nothing."""
    scores: dict[Separator, float] = {}
    for name in get_args(Separator):
        try:
            rows = [_cells(line.decode(), name) for line in sample]
        except csv.Error:
            continue
        width = Counter(map(len, rows)).most_common(1)[0][0]
        same = [row for row in rows if len(row) == width]
        cells = [cell for row in same for cell in row]
        if width > 1:
            scores[name] = len(same) / len(rows) * (0.5 + sum(map(_is_number, cells)) / len(cells))
    best = max(scores.values(), default=0.0)
    return next((name for name, score in scores.items() if score == best), "comma")


def _is_number(cell: str) -> bool:
    plain = cell.replace(",", "").replace(".", "") if len(cell) <= 40 else cell
    return cell.casefold() in MISSING or NUMBER.fullmatch(cell) is not None or plain.isdigit()


def _width(sample: list[bytes], separator: Separator) -> int:
    """The number of cells that most lines have; of the first line where none has most."""
    counts = [_count(line, separator, number) for number, line in enumerate(sample, start=1)]
    width, lines = Counter(counts).most_common(1)[0]
    return width if lines >= REGULAR * len(counts) or len(counts) < 3 else counts[0]


@dataclass(frozen=True)
class _Head:
    """The headings, the line that has them, and how many lines come before the rows."""

    names: list[str]
    line: int
    skipped: int
    notices: list[str]

    @classmethod
    def of(cls, text: bytes, sample: list[bytes], separator: Separator, width: int) -> _Head:
        """From the first lines; R writes one heading less than cells, since the rows' numbers have none."""
        notices, skipped, first, names, number = [], 0, 1, [""], 1
        for number, line in islice(_rows(text), len(sample)):
            first = number
            names = _checked_cells(number, line, separator)
            rownames = len(names) == width - 1 > 0 == skipped and _holds_number(sample[1:2], separator)
            if len(names) == width or rownames or len(sample) < 3:
                break
            skipped += 1
        if skipped:
            notices.append(f"{skipped} line{'s' * (skipped > 1)} before the headings left out.")
        if all(map(_is_number, names)):
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
    return any(_is_number(cell) for line in lines for cell in _checked_cells(2, line, separator))


def _counts(names: list[str], text: bytes, skipped: int) -> str:
    """scikit-learn's tables begin with the number of rows and of inputs, and the names of the classes."""
    rows = sum(1 for _ in _rows(text)) - skipped - 1
    if len(names) > 2 and names[:2] == [str(rows), str(len(names) - 1)]:
        return f"The first line counts {rows} rows and {len(names) - 1} inputs: the columns have no names."
    return ""


def _commented_names(text: bytes, first: int, separator: Separator, width: int) -> list[str] | None:
    """Headings in the last comment before the first row, as numpy.savetxt writes them."""
    for line in reversed(text.split(b"\n", first)[: first - 1]):
        stripped = line.strip(b" \t#%")
        if stripped:
            try:
                names = _cells(stripped.decode(), separator)
            except csv.Error:
                return None
            return names if len(names) == width and all(names) and not any(map(_is_number, names)) else None
    return None
