"""Tables of a user's own data, as a run takes them; table_reader.py reads them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """n inputs (n, d) with their targets (n,).

    Args:
        name: How it is called in messages and lists.
        x: (n, d)
        y: (n,)
        columns: Headings of the inputs, and of y.
        held_out: (n,) rows that a column of the table marks for testing; None where none was asked for.
        notices: What a reader should know of how it was read.
    """

    name: str
    x: FloatArray
    y: FloatArray
    columns: list[str]
    held_out: NDArray[np.bool_] | None = None
    notices: list[str] = field(default_factory=list)


def csv_lines(inputs: FloatArray, y: FloatArray, columns: list[str]) -> Iterator[str]:
    """The table as CSV, line by line, with the shortest digits that read back to the very same numbers.

    Line by line, since as one text a table takes many times its memory.
    """
    yield ",".join(map(_heading, columns)) + "\n"
    for x, target in zip(inputs, y, strict=True):
        yield ",".join(map(repr, [*x.tolist(), float(target)])) + "\n"


def _heading(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"' if any(mark in name for mark in ',";\t|# ') else name
