"""A table with its choices made: which columns are x and y, what stands in them, and what is wrong with them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ntkscope.errors import InvalidInput, nearest
from ntkscope.experiment.problem.table_cells import GROUPED, LARGEST, Column, Decimal, decimal_mark, understand_column
from ntkscope.experiment.problem.table_lines import Lines, read_lines
from ntkscope.experiment.problem.table_text import MISSING, short
from ntkscope.schemas.dataset import DatasetPoints

BoolArray = NDArray[np.bool_]
FIRST = 5  # lines and columns that are named


@dataclass(frozen=True)
class Understood:
    """A table with its choices made.

    Args:
        lines: As it is written.
        columns: All of them.
        decimal: The mark of decimals.
        unclear: A cell that can be read in two ways, where nothing tells which is meant.
        x: Places of the inputs' columns.
        y: Place of the target's; None where there is none.
        held: Place of the column that marks what is held out.
        notices: What a reader should know of it.
    """

    lines: Lines
    columns: list[Column]
    decimal: Decimal
    unclear: str
    x: list[int]
    y: int | None
    held: int | None
    notices: list[str]

    @property
    def used(self) -> list[int]:
        """Places of the columns that must hold numbers."""
        return [*self.x, *([] if self.y is None else [self.y])]

    @property
    def whole(self) -> BoolArray:
        """(n,) rows with a number in each of them, and a mark where one is asked for."""
        rows = np.ones(len(self.lines.numbers), dtype=np.bool_)
        for place in self.used:
            rows &= np.isfinite(self.columns[place].values)
        return rows if self.held is None else rows & ~self.columns[self.held].missing

    @property
    def dropped(self) -> int:
        """Rows and lines that are not whole."""
        return int((~self.whole).sum()) + len(self.lines.irregular)

    def faults(self) -> InvalidInput | None:
        """Cells that hold no number, counted, with the first lines; None where all do."""
        bad = [(place, self.columns[place]) for place in self.used]
        empty = np.column_stack([column.missing for _, column in bad])
        wrong = np.column_stack([column.unreadable for _, column in bad])
        numbers, said = np.frombuffer(self.lines.numbers, dtype=np.int64), []
        where: list[tuple[int, str]] = []
        for cells, what in (
            (empty & ~wrong.any(axis=1, keepdims=True), "an empty cell"),
            (wrong, "a cell that is no number"),
        ):
            rows = np.flatnonzero(cells.any(axis=1))
            if len(rows):
                place, column = bad[int(np.argmax(cells[rows[0]]))]
                where.append((int(numbers[rows[0]]), f", column {column.name}"))
                said.append(f"{rows_of(len(rows))} with {what}{lines_of(numbers[rows].tolist())}")
                if what != "an empty cell":
                    said[-1] += f": {self._example(int(rows[0]), place)}"
        if self.held is not None and (unmarked := np.flatnonzero(self.columns[self.held].missing)).size:
            said.append(f"{rows_of(len(unmarked))} without a mark{lines_of(numbers[unmarked].tolist())}")
            where.append((int(numbers[unmarked[0]]), f", column {self.columns[self.held].name}"))
        remedy = "Fill them in, or leave those rows out: data.points.missing = drop (--drop-rows)."
        if self.lines.irregular:
            lines = [line for line, _ in self.lines.irregular]
            where.append((lines[0], ""))
            wrong_lines = f"{len(self.columns)} cells{lines_of(lines)}: {self.lines.irregular[0][1]}"
            said.append(f"{rows_of(len(lines))} without {wrong_lines}")
        if not said:
            return None
        first, named = min(where)
        return InvalidInput(
            f"A number in every cell of {names_of(self.columns, self.used)} ({len(numbers):,} rows).", "; ".join(said),
            remedy, f"dataset, line {first}{named}",
        )  # fmt: skip

    def _example(self, row: int, place: int) -> str:
        """A cell that is no number, as it is written."""
        cell, name = short(self.lines.cells(row)[place]), self.columns[place].name
        try:
            beyond = abs(float(cell)) > 1 and cell.casefold().strip("+-") not in ("inf", "infinity")
        except ValueError:
            return f"'{cell}' in {name}"
        return f"'{cell}' in {name}" + (f", which is beyond {LARGEST:g}" if beyond else "")


def understand(data: bytes, limit: int, points: DatasetPoints, held: str | None = None) -> Understood:
    """Reads all columns and makes the choices that are left open."""
    lines = read_lines(data, limit, None if points.separator == "auto" else points.separator)
    raw, notices = _raw(lines), list(lines.notices)
    decimal, unclear = _decimal(lines, raw, points)
    if decimal == "comma":
        raw = _raw(lines, decimal)
    columns = [understand_column(name, raw[place], decimal) for place, name in enumerate(lines.names)]
    dates = [column.name for column in columns if column.kind == "date"]
    if dates:
        notices.append(f"Dates as decimal years: {', '.join(map(short, dates[:FIRST]))}.")
    marked = None if held is None else find_column(lines.names, held, "data.hold_out.column")
    x, y, said = _chosen(columns, points, marked)
    return Understood(lines, columns, decimal, unclear, x, y, marked, notices + said)


def find_column(names: Sequence[str], wanted: str, where: str) -> int:
    """The place of a column by its name, in either case, or by its number from 1.

    Raises:
        InvalidInput: there is none; the message lists those that there are.
    """
    exact = [place for place, name in enumerate(names) if name == wanted.strip()]
    alike = [place for place, name in enumerate(names) if name.casefold() == wanted.strip().casefold()]
    if exact or alike:
        return (exact or alike)[0]
    if wanted.strip().isdecimal() and 1 <= int(wanted[:9]) <= len(names):
        return int(wanted) - 1
    listed = ", ".join(short(name) for name in names[:12]) + ", ..." * (len(names) > 12)
    raise InvalidInput(
        f"A column of the table: {listed}.", f"'{short(wanted)}'",
        nearest(wanted, names) or f"Choose one by its name, or by its number, 1 to {len(names)}.", where,
    )  # fmt: skip


def _raw(lines: Lines, decimal: Decimal = "point") -> pd.DataFrame:
    """The cells by pandas: numbers where a whole column has them, else text.

    All are text where a point may be a mark of thousands, which 1.5 has not.
    """
    blanks = lines.separator == "blanks"
    frame: pd.DataFrame = pd.read_csv(
        io.BytesIO(lines.body),
        sep=r"\s+" if blanks else lines.mark,
        header=None,
        names=range(len(lines.names)),
        decimal="," if decimal == "comma" else ".",
        dtype=str if decimal == "comma" and b"." in lines.body else None,
        na_values=sorted(MISSING - {""}),
        skipinitialspace=True,
        low_memory=False,
        index_col=False,
    )
    return frame


def _decimal(lines: Lines, raw: pd.DataFrame, points: DatasetPoints) -> tuple[Decimal, str]:
    """The mark of decimals, and a cell that leaves it open."""
    if points.decimal != "auto":
        return points.decimal, ""
    fractions = [place for place in raw if raw[place].dtype.kind == "f" and (raw[place] % 1 > 0).any()]
    texts = [raw[place].dropna().astype(str) for place in raw if raw[place].dtype.kind not in "iufb"]
    mark, unclear = decimal_mark((cell.strip() for column in texts for cell in column), b"." in lines.body)
    if fractions and not (mark == "comma" and _may_be_thousands(_raw(lines, mark), fractions)):
        return "point", ""
    return mark or "point", unclear if mark is None else ""


def _may_be_thousands(texts: pd.DataFrame, places: list[int]) -> bool:
    """Whether every point of these columns stands before exactly three digits, as in 1.200."""
    cells = (str(cell).strip() for place in places for cell in texts[place].dropna())
    return all(GROUPED["comma"].fullmatch(cell) for cell in cells if "." in cell)


def _chosen(columns: list[Column], points: DatasetPoints, held: int | None) -> tuple[list[int], int | None, list[str]]:
    """Places of x and y, and what is to be said of the choice."""
    names, notices = [column.name for column in columns], []
    numeric = [place for place, column in enumerate(columns) if column.kind != "text" and place != held]
    free = [place for place in numeric if not _is_empty(columns[place]) and not _is_row_number(columns, place)]
    y: int | None = None
    if points.y:
        y = find_column(names, points.y, "data.points.y")
    else:
        called = [place for place in numeric if names[place].casefold() == "y"]
        inputs = [find_column(names, name, "data.points.x") for name in points.x]
        left = [place for place in free if place not in inputs]
        values = [place for place in left if columns[place].kind == "number"]
        y = next((places[-1] for places in (called, values, left) if places), None)
    if points.x:
        x = [find_column(names, name, "data.points.x") for name in points.x]
    else:
        x = [place for place in free if place != y]
        numbered = {f"x{i + 1}": i for i in range(len(x))}
        if {names[place].casefold() for place in x} == set(numbered):
            x.sort(key=lambda place: numbered[names[place].casefold()])
        out = [column.name for place, column in enumerate(columns) if column.kind == "text" and place != held]
        if out and x:
            notices.append(f"Left out, since they hold text: {', '.join(map(short, out[:FIRST]))}.")
        rows = [names[place] for place in numeric if place != y and _is_row_number(columns, place)]
        if rows and x:
            notices.append("Left out, since it numbers the rows: the first column.")
    if y is not None and x and not points.y and names[y].casefold() != "y":
        notices.append(f"y is {short(names[y])}, the last column of numbers; x is {names_of(columns, x)}.")
    return x, y, notices


def _is_empty(column: Column) -> bool:
    return bool(column.missing.all())


def _is_row_number(columns: list[Column], place: int) -> bool:
    """Whether it is what pandas and R write before the first column: 0, 1, 2, ... or 1, 2, 3, ... without a name."""
    column = columns[place]
    if place or column.name not in ("column 1", "Unnamed: 0", "rownames") or len(columns) < 3:
        return False
    return bool((np.diff(column.values) == 1).all() and column.values[0] in (0, 1))


def rows_of(count: int) -> str:
    """1 row; 2 rows."""
    return "1 row" if count == 1 else f"{count:,} rows"


def lines_of(numbers: list[int]) -> str:
    """` (line 3)`, ` (lines 3, 7, ...)`."""
    shown = ", ".join(map(str, numbers[:FIRST])) + ", ..." * (len(numbers) > FIRST)
    return f" (line{'s' * (len(numbers) > 1)} {shown})"


def names_of(columns: list[Column], places: Sequence[int]) -> str:
    """The first few columns' names, and how many more there are."""
    shown = ", ".join(short(columns[place].name) for place in places[:FIRST])
    return shown + f" and {len(places) - FIRST} more" * (len(places) > FIRST)
