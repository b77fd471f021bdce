"""Tables of a user's own data: columns x1..xd and y, as CSV."""

import csv
import io
import re
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from ntkscope.errors import InvalidInput, TooLarge

FloatArray = NDArray[np.float64]
# One way only to match each text: with two a long cell that is no number takes quadratic time.
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
DEFAULT_LIMIT = 4 * 2**20
MOST_INPUTS = 4096  # as of random points
LONGEST_LINE = 2**19  # characters; also bounds what is read in one call, which holds Python's lock
LARGEST = 1e12
EXAMPLE = "The first line names the columns, as in 'x1,y' or 'x1,x2,y'; every other line holds numbers."
ENCODING = "Save the table as CSV in UTF-8."


@dataclass(frozen=True)
class Table:
    """n inputs (n, d) with their targets (n,); `columns` in the order x1, ..., xd, y."""

    name: str
    x: FloatArray
    y: FloatArray
    columns: list[str]


def read_csv(data: bytes, name: str = "", limit: int = DEFAULT_LIMIT) -> Table:
    """Reads a table separated by commas, semicolons or tabs, its columns in any order.

    Args:
        data: The file, in UTF-8 with or without a byte-order mark, with any line ends.
        name: How it is called in messages and lists.
        limit: Largest size in bytes.

    Raises:
        TooLarge: it has more bytes than the limit, more columns than MOST_INPUTS and y, or too long a line.
        InvalidInput: anything else, with line and column.
    """
    if len(data) > limit:
        raise TooLarge(
            f"A table of at most {limit} bytes.", f"{len(data)} bytes",
            "Send fewer rows, or raise the server's setting NTKSCOPE_MAX_UPLOAD_BYTES.", "dataset",
        )  # fmt: skip
    lines = ((number, line) for number, line in enumerate(_lines(data), start=1) if line.strip(" \t"))
    number, header = next(lines, (1, ""))
    if not header:
        _refuse(1, "The table is empty.", "nothing", EXAMPLE)
    separator = next((mark for mark in "\t;," if mark in header), ",")
    _check_columns(number, header.count(separator) + 1)
    names = [cell.strip().lower() for cell in _cells(number, header, separator)]
    dimension = _check_header(number, names)
    order = {"x": "x1"} if names.count("x") == 1 and dimension == 1 else {}
    names = [order.get(column, column) for column in names]
    columns = [*(f"x{i}" for i in range(1, dimension + 1)), "y"]
    found = array("d")  # a list of lists would take ten times the memory
    for line_number, line in lines:
        found.extend(_row(line_number, _cells(line_number, line, separator), names, separator))
    if not found:
        _refuse(number + 1, "At least one line of numbers after the names.", "none", EXAMPLE)
    places = {column: place for place, column in enumerate(names)}
    values = np.frombuffer(found).reshape(-1, len(names))[:, [places[column] for column in columns]]
    return Table(name, np.ascontiguousarray(values[:, :-1]), np.ascontiguousarray(values[:, -1]), columns)


def csv_lines(inputs: FloatArray, y: FloatArray, columns: list[str]) -> Iterator[str]:
    """The table as CSV, line by line, with the shortest digits that read back to the very same numbers.

    Line by line, since as one text a table takes many times its memory.
    """
    yield ",".join(columns) + "\n"
    for x, target in zip(inputs, y, strict=True):
        yield ",".join(map(repr, [*x.tolist(), float(target)])) + "\n"


def _refuse(line: int, expected: str, got: str, remedy: str) -> NoReturn:
    raise InvalidInput(expected, got, remedy, f"dataset, line {line}")


def _lines(data: bytes) -> Iterator[str]:
    """One after another, without their ends."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data:
        _refuse(1, "Text in UTF-8.", "UTF-16 or a binary file", ENCODING)
    try:
        text = io.StringIO(data.decode("utf-8-sig"), newline=None)
    except UnicodeDecodeError as error:
        line = len(re.split(rb"\r\n|\n|\r", data[: error.start]))
        _refuse(line, "Text in UTF-8.", f"the byte {data[error.start]:#04x}", ENCODING)
    for number, found in enumerate(text, start=1):
        if len(found) > LONGEST_LINE:
            raise TooLarge(
                f"Lines of at most {LONGEST_LINE:,} characters.", f"one of {len(found):,}", EXAMPLE,
                f"dataset, line {number}",
            )  # fmt: skip
        yield found.removesuffix("\n")


def _check_columns(line: int, count: int) -> None:
    if count > MOST_INPUTS + 1:
        raise TooLarge(
            f"At most {MOST_INPUTS:,} input columns, and y.", f"{count:,} columns",
            "Keep the columns that the network is to see.", f"dataset, line {line}",
        )  # fmt: skip


def _cells(number: int, line: str, separator: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator, strict=True))]
    except csv.Error as error:
        _refuse(number, "Numbers between separators.", f"a line that cannot be read ({error})", EXAMPLE)


def _check_header(line: int, names: list[str]) -> int:
    """The number d of inputs x1..xd."""
    if all(NUMBER.fullmatch(cell) or cell in ("", "nan", "inf", "-inf") for cell in names):
        got = f"the numbers {_short(','.join(names))}"
        _refuse(line, "A first line with the columns' names.", got, EXAMPLE)
    column, count = Counter(names).most_common(1)[0]
    if count > 1:
        _refuse(line, "Every column named once.", f"'{_short(column)}' {count} times", EXAMPLE)
    if "y" not in names:
        _refuse(line, "A column y with the targets.", f"the columns {_short(', '.join(names))}", EXAMPLE)
    inputs = [column for column in names if column != "y"]
    if inputs == ["x"]:
        return 1
    wanted = {f"x{i}" for i in range(1, len(inputs) + 1)}
    strange = [column for column in inputs if column not in wanted]
    if strange or not inputs:
        got = f"the column '{_short(strange[0])}'" if strange else "no input column"
        _refuse(line, f"Input columns named x1 to x{max(len(inputs), 1)}, and y.", got, EXAMPLE)
    return len(inputs)


def _row(line: int, cells: list[str], names: list[str], separator: str) -> list[float]:
    if len(cells) != len(names):
        comma = "," in "".join(cells) or separator == ","
        hint = " Write decimals with a point, not a comma." if comma and len(cells) > len(names) else ""
        _refuse(line, f"{len(names)} values, one for each column.", f"{len(cells)}", EXAMPLE + hint)
    return [_value(line, cell, column) for cell, column in zip(cells, names, strict=True)]


def _value(line: int, cell: str, column: str) -> float:
    where = f"{line}, column {column}"
    if NUMBER.fullmatch(cell) and abs(value := float(cell)) <= LARGEST:
        return value
    if not cell:
        got, remedy = "an empty cell", "Fill it in or remove the line."
    elif cell.lower().lstrip("+-") in ("nan", "inf", "infinity", "na", "null", "none"):
        got, remedy = f"'{cell}'", "NaN and infinity cannot be learnt: remove the line."
    elif NUMBER.fullmatch(cell):
        got, remedy = f"'{_short(cell)}'", "Rescale the column."
    elif NUMBER.fullmatch(cell.replace(",", ".")):
        got, remedy = f"'{_short(cell)}'", "Write decimals with a point, not a comma."
    else:
        got, remedy = f"'{_short(cell)}'", "Replace it by a number or remove the line."
    expected = f"A number between -{LARGEST:g} and {LARGEST:g}."
    raise InvalidInput(expected, got, remedy, f"dataset, line {where}")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
