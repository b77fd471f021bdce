"""A person's own table: how it is read, and what was understood of it."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ntkscope.schemas.base import Model, field

MOST_COLUMNS = 4097
LONGEST_HEADING = 200


def _text(given: Any) -> Any:
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


Column = Annotated[str, BeforeValidator(_text), Field(max_length=LONGEST_HEADING)]
SeparatorChoice = Literal["auto", "comma", "semicolon", "tab", "blanks", "bar"]
DecimalChoice = Literal["auto", "point", "comma"]


class DatasetPoints(Model):
    """The inputs of an uploaded table: which columns, and how its cells are read."""

    kind: Literal["dataset"] = "dataset"
    sha256: str = field(
        title="Data set",
        help="The table's SHA-256, as POST /api/datasets returned it.",
        pattern="^[0-9a-f]{64}$",
    )
    x: list[Column] = field(
        [],
        title="Inputs, x",
        help="Columns by name, or by number from 1. Empty: all that hold numbers, but for y.",
        with_table=True,
        max_length=MOST_COLUMNS - 1,
    )
    y: Column = field(
        "",
        title="Target, y",
        help="Column by name or number. Empty: the one called y, or the last.",
        with_table=True,
    )
    separator: SeparatorChoice = field(
        "auto", title="Cells apart by", help="What stands between cells. Auto: found in the table.", with_table=True
    )
    decimal: DecimalChoice = field(
        "auto",
        title="Decimals begin with",
        help="1,5 or 1.5. The other mark separates thousands. Auto: found in the table, where it is clear.",
        with_table=True,
    )
    missing: Literal["refuse", "drop"] = field(
        "refuse",
        title="Rows with an empty cell",
        help="Refuse the table, or leave those rows out.",
        with_table=True,
    )
    subset: Literal["all", "even", "random"] = field(
        "all", title="Rows", help="All, equally spaced ones in the table's order, or some drawn by the seed."
    )
    most_rows: int = field(
        1000,
        title="Rows, at most",
        help="How many of them, hold-out included.",
        ge=2,
        le=8192,
        show_if={"subset": ["even", "random"]},
    )
