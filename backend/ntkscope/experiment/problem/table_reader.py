"""Reads a person's table as a config asks for it, or says why it cannot be read so."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ntkscope.errors import InvalidInput
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.table_cells import Column, readings
from ntkscope.experiment.problem.table_text import DEFAULT_LIMIT, EXAMPLE, short
from ntkscope.experiment.problem.table_understood import FIRST, Understood, lines_of, names_of, understand
from ntkscope.schemas.dataset import DatasetPoints

BoolArray = NDArray[np.bool_]
ANY = DatasetPoints(sha256="0" * 64)  # no choice made
HELD = frozenset(["test", "testing", "validation", "valid", "val", "true", "yes", "held out", "holdout", "hold-out"])


def read_csv(
    data: bytes, name: str = "", limit: int = DEFAULT_LIMIT, points: DatasetPoints = ANY, held: str | None = None
) -> Table:
    """The table that a config names, with that config's choices.

    Args:
        data: The file: cells apart by comma, semicolon, tab, bar or blanks, packed by gzip or not.
        name: How it is called in messages and lists.
        limit: Largest size in bytes.
        points: Columns, separator, decimals, and whether rows are left out.
        held: The column that marks what is held out, if there is one.

    Raises:
        TooLarge: it has more bytes, columns or longer lines than are allowed.
        InvalidInput: it cannot be read so; says in which lines and what to do.
    """
    found = understand(data, limit, points, held)
    if (problem := problem_of(found, points)) is not None:
        raise problem
    assert found.y is not None, "what has no y has a problem"
    rows, notices = found.whole, list(found.notices)
    if found.dropped:
        notices.append(
            f"{found.dropped:,} of {len(rows) + len(found.lines.irregular):,} rows left out, with an empty cell or one "
            f"that is no number{lines_of(found.dropped_lines)}."
        )
    x = np.column_stack([found.columns[place].values[rows] for place in found.x])
    return Table(
        name,
        np.ascontiguousarray(x),
        found.columns[found.y].values[rows],
        [*(found.columns[place].name for place in found.x), found.columns[found.y].name],
        None if found.held is None else _held(found.columns[found.held])[rows],
        notices,
    )


def problem_of(found: Understood, points: DatasetPoints) -> InvalidInput | None:
    """Why a table cannot be trained on, or None."""
    if found.unclear and points.decimal == "auto":
        return InvalidInput(
            "Numbers that can be read in one way only.", f"'{found.unclear}': {readings(found.unclear)}",
            "Say which: data.points.decimal = point or comma (--decimal).", "data.points.decimal",
        )  # fmt: skip
    if found.y is None or not found.x:
        text = [column.name for column in found.columns if column.kind == "text"]
        got = "one column" if len(found.columns) == 1 else f"{len(found.columns)} columns"
        if text:
            got += f", of which {', '.join(map(short, text[:FIRST]))} hold{'s' * (len(text) == 1)} text"
        return InvalidInput(
            "A column of numbers, y, and x before it where it is not the row's number.", got, EXAMPLE, "dataset, line 1"
        )
    if found.y in found.x:
        name = short(found.columns[found.y].name)
        return InvalidInput("x and y in different columns.", f"{name} as both", "Choose another x.", "data.points.x")
    for place in found.used:
        if found.columns[place].kind == "text":
            where = "data.points.y" if place == found.y else "data.points.x"
            name = short(found.columns[place].name)
            return InvalidInput("A column of numbers.", f"'{name}', which holds text", "Choose another.", where)
    if points.missing == "refuse" and (faults := found.faults()) is not None:
        return faults
    rows = found.whole
    if not rows.any():
        return InvalidInput(
            "At least one row with a number in every column that is used.", f"{len(rows)} rows, none of them whole",
            "Choose columns that hold numbers.", "data.points.x",
        )  # fmt: skip
    x = [found.columns[place].values[rows] for place in found.x]
    if rows.sum() > 1 and all((values == values[0]).all() for values in x):
        return InvalidInput(
            "Inputs that differ from row to row.", f"{names_of(found.columns, found.x)}, the same in every row",
            "Choose another column as x.", "data.points.x",
        )  # fmt: skip
    return None


def _held(column: Column) -> BoolArray:
    """(n,) which rows a column marks."""
    marked: BoolArray = np.nan_to_num(column.values) != 0
    for place, text in enumerate(column.texts):
        marked[place] |= text.casefold() in HELD
    return marked
