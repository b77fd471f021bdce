"""Rows that this version cannot read: written by a later one, or damaged. One of them never hides the others."""

import math
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row

from ntkscope.schemas.unreadable import Unreadable


def unreadable(row: Row[*tuple[Any, ...]], error: ValidationError) -> Unreadable:
    """The row by what stands in its plain columns, and why the rest cannot be read.

    Args:
        row: Of the runs or the sweeps.
        error: What reading it raised.
    """
    values = row._mapping
    return Unreadable(
        id=str(values["id"]),
        name=str(values["name"]),
        created_at=_number(values["created_at"]) or 0.0,
        deleted_at=_number(values.get("deleted_at")),
        sentence=f"This version of ntkscope cannot read it: {_reason(error)}.",
    )


def _reason(error: ValidationError) -> str:
    """The first thing at fault, and how many more there are."""
    problems = error.errors(include_url=False, include_input=False)
    place = ".".join(str(part) for part in problems[0]["loc"])[:120]
    what = problems[0]["msg"].rstrip(".")
    more = f", and {len(problems) - 1:,} more" if len(problems) > 1 else ""
    return f"{place + ': ' if place else ''}{what}{more}"


def _number(value: object) -> float | None:
    """SQLite keeps any type in any column."""
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None
