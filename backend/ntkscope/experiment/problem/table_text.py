"""A table's bytes -> its lines and their cells."""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections.abc import Iterator
from typing import Literal, NoReturn

from ntkscope.errors import InvalidInput, TooLarge

DEFAULT_LIMIT = 4 * 2**20
MOST_INPUTS = 4096  # as of random points
LONGEST_LINE = 2**19  # bytes; also bounds what is read in one call, which holds Python's lock
SAMPLE = 64  # lines from which the separator is told
REGULAR = 2 / 3  # of them have the table's own number of cells
CANONICAL = re.compile("x[0-9]*|y", re.IGNORECASE)  # headings that say what a column is
GZIP = b"\x1f\x8b"
PLAIN = bytes.maketrans(b"\r\v\f", b"\n  ")  # a line's only end, and the only blanks besides tabs
MARKED = re.compile(rb"^(?:\xef\xbb\xbf)+", re.MULTILINE)  # UTF-8's mark: inside, where files were joined
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


def refuse(line: int, expected: str, got: str, remedy: str) -> NoReturn:
    """The error about a line."""
    raise InvalidInput(expected, got, remedy, f"dataset, line {line}")


def short(text: str) -> str:
    """At most 60 characters of what was written."""
    return text if len(text) <= 60 else text[:57] + "..."


def unpacked(data: bytes, limit: int) -> bytes:
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
    data = MARKED.sub(b"", data.replace(b"\r\n", b"\n").translate(PLAIN))
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        refuse(line, "Text in UTF-8.", f"the byte {data[error.start]:#04x}", ENCODING)
    return data


def rows_of_text(text: bytes) -> Iterator[tuple[int, bytes]]:
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


def without_comment(line: bytes) -> bytes:
    """Without what follows a # after a blank."""
    if b"#" not in line or b'"' in line:
        return line
    return re.split(rb"[ \t]#", line, maxsplit=1)[0].rstrip(b" ")


def cells_of(line: str, separator: Separator) -> list[str]:
    """The cells of a line. Raises csv.Error where a quote is not closed."""
    if separator == "blanks":
        line = re.sub("[ \t]+", " ", line).strip(" ")  # no other character is a blank, as in `count_cells`
        reader = csv.reader([line], delimiter=" ", strict=True)
    else:
        reader = csv.reader([line], delimiter=MARKS[separator], strict=True, skipinitialspace=True)
    return [cell.strip() for cell in next(reader)]


def count_cells(line: bytes, separator: Separator, number: int) -> int:
    """Of a line."""
    if b'"' not in line:
        return len(line.split()) if separator == "blanks" else line.count(MARKS[separator].encode()) + 1
    return len(checked_cells(number, line, separator))


def checked_cells(number: int, line: bytes, separator: Separator) -> list[str]:
    """The cells of a line; refuses one whose quotes are not closed, or with a cell of more than 131,072 characters."""
    try:
        return cells_of(line.decode(), separator)
    except csv.Error as error:
        remedy = (
            "Close its quotes." if len(line) <= csv.field_size_limit() else "Close its quotes, and shorten its cells."
        )
        refuse(number, "Cells between separators.", f"a line that cannot be read ({error})", remedy)


def is_number(cell: str) -> bool:
    """Whether a cell may be one by some convention, or says that it is empty."""
    plain = cell.replace(",", "").replace(".", "") if len(cell) <= 40 else cell
    digits = plain[1:] if plain.startswith(("+", "-")) else plain
    return cell.casefold() in MISSING or NUMBER.fullmatch(cell) is not None or digits.isdigit()
