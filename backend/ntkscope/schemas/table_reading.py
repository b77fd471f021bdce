"""What was understood of a table, for a person to look at before it is stored."""

from typing import Literal

from ntkscope.schemas.base import Model
from ntkscope.schemas.data import Data


class TableColumn(Model):
    """A column as it was understood."""

    name: str
    kind: Literal["number", "date", "text"]  # dates become decimal years
    used: Literal["x", "y", "no"]  # as the choices have it
    missing: int  # cells that are empty, or say so
    unreadable: int  # cells that are no number
    first_lines: list[int]  # of those cells, in the file


class TableReading(Model):
    """POST /api/datasets/read: a table as it is understood with some choices; nothing is stored."""

    data: Data | None  # what a new config takes: every choice written down, scales where they are needed; or no x, y
    columns: list[TableColumn]
    rows: int  # all that were read
    dropped: int  # of them, where `missing` is drop
    dropped_lines: list[int]  # the first of theirs, in the file
    first_rows: list[list[str]]  # as they were understood
    notices: list[str]
    scaled: list[str]  # what `data` scales, and why
    problem: str | None  # why it cannot be taken as it is; None where it can
    readings: str | None  # a cell that can be read in two ways, and both
