"""The cells of a table, as text -> numbers: decimal marks, thousands, dates, and what is neither."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ntkscope.experiment.problem.table_text import CANONICAL, MISSING

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Decimal = Literal["point", "comma"]
Kind = Literal["number", "date", "text"]

LARGEST = 1e12
MOSTLY = 0.5  # of a column's cells are numbers, or else it holds text
# One way only to match each text: with two a long cell that is no number takes quadratic time.
GROUP = "[ '\u2019\u00a0\u202f\u2009]"  # between thousands, besides the mark that is not the decimal one
PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
GROUPED = {
    "point": re.compile(rf"[+-]?[0-9]{{1,3}}((,[0-9]{{3}})+|({GROUP}[0-9]{{3}})+)(\.[0-9]*)?"),
    "comma": re.compile(rf"[+-]?[0-9]{{1,3}}((\.[0-9]{{3}})+|({GROUP}[0-9]{{3}})+)(,[0-9]*)?"),
}
WITH_COMMA = re.compile(r"[+-]?([0-9]+(,[0-9]*)?|,[0-9]+)([eE][+-]?[0-9]+)?")
UNCLEAR = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
DATE = re.compile(
    r"[0-9]{4}[-/][0-9]{1,2}([-/][0-9]{1,2}([T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?"
)
DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")  # day, month, year, as points are used for dates
QUARTER = re.compile(r"([0-9]{4})[- ]?Q([1-4])", re.IGNORECASE)
COMPACT = (15000101, 22001231)  # dates as one number of eight digits


@dataclass(frozen=True)
class Column:
    """One column as it was understood.

    Args:
        name: Its heading.
        kind: What it holds.
        values: (n,) NaN where there is none.
        missing: (n,) whether the cell is empty, or says that it is.
        texts: (n,) its cells as they are written, where it holds text.
    """

    name: str
    kind: Kind
    values: FloatArray
    missing: BoolArray
    texts: Sequence[str] = ()

    @property
    def unreadable(self) -> BoolArray:
        """(n,) whether there is something that is no number."""
        return np.isnan(self.values) & ~self.missing


def decimal_mark(cells: Iterable[str], points: bool) -> tuple[Decimal | None, str]:
    """Which mark begins decimals, and a cell with a comma that can be read in both ways, if there is one.

    None where nothing tells it: every comma stands before exactly three digits. A cell without a comma says nothing.

    Args:
        cells: That are no numbers by themselves.
        points: Whether any cell has a point, which may speak against a comma.
    """
    unclear, point, comma = "", False, False
    for cell in cells:
        if PLAIN.fullmatch(cell):
            point |= "." in cell
        elif "," not in cell:
            continue
        elif UNCLEAR.fullmatch(cell):
            unclear = unclear or cell
        elif GROUPED["point"].fullmatch(cell):
            point = True
        elif WITH_COMMA.fullmatch(cell) or GROUPED["comma"].fullmatch(cell):
            comma = True
            if not points:
                break
    if comma and not point:
        return "comma", unclear
    return ("point", unclear) if point or not unclear else (None, unclear)


def understand_column(name: str, cells: Sequence[object] | NDArray[np.generic], decimal: Decimal) -> Column:
    """Numbers, dates or text.

    Args:
        name: Its heading.
        cells: (n,) numbers, or text; NaN for an empty one.
        decimal: The mark of decimals.
    """
    values = np.asarray(cells)
    if values.dtype.kind in "iufb":
        found = values.astype(np.float64)
        if values.dtype.kind in "iu" and len(found) > 1 and (dates := _compact_dates(found)) is not None:
            return Column(name, "date", dates, np.zeros(len(found), dtype=np.bool_))
        missing = np.isnan(found)
        return Column(name, "number", np.where(np.abs(found) <= LARGEST, found, np.nan), missing)
    texts = ["" if isinstance(cell, float) and np.isnan(cell) else str(cell).strip() for cell in cells]
    missing = np.array([text.casefold() in MISSING for text in texts], dtype=np.bool_)
    there = max(int((~missing).sum()), 1)
    dated = _dates(texts)
    if np.isfinite(dated).sum() > MOSTLY * there:
        return Column(name, "date", dated, missing, texts)
    numbers = np.array([_number(text, decimal) for text in texts])
    if decimal == "comma" and len(texts) > 1 and (dates := _compact_dates(numbers[~missing])) is not None:
        numbers[~missing] = dates
        return Column(name, "date", numbers, missing, texts)
    holds = np.isfinite(numbers).sum() >= MOSTLY * there or CANONICAL.fullmatch(name)
    kind: Kind = "number" if holds else "text"
    return Column(name, kind, numbers, missing, texts)


def readings(cell: str) -> str:
    """Both numbers that a cell may be: 1,408 is 1408 or 1.408."""
    thousands, decimal = _number(cell, "point"), _number(cell, "comma")
    return f"{thousands:.10g} if the comma separates thousands, {decimal:.10g} if it begins the decimals"


def _number(text: str, decimal: Decimal) -> float:
    """NaN for what is no number, or beyond LARGEST."""
    plain = PLAIN if decimal == "point" else WITH_COMMA
    if not plain.fullmatch(text):
        if not GROUPED[decimal].fullmatch(text):
            return np.nan
        text = re.sub(rf"{GROUP}|{',' if decimal == 'point' else '[.]'}", "", text)
    value = float(text.replace(",", "."))
    return value if abs(value) <= LARGEST else np.nan


def _dates(texts: Sequence[str]) -> FloatArray:
    """(n,) decimal years of dates as ISO 8601 writes them, or day.month.year, and of quarters; NaN for all else."""
    found = np.full(len(texts), np.nan)
    texts = [_iso(text) for text in texts]
    iso = [place for place, text in enumerate(texts) if len(text) <= 40 and DATE.fullmatch(text)]
    if iso:
        written = [texts[place].replace("/", "-") for place in iso]
        found[iso] = decimal_years(pd.to_datetime(pd.Index(written), format="ISO8601", errors="coerce", utc=True))
    for place, text in enumerate(texts):
        if len(text) <= 8 and (quarter := QUARTER.fullmatch(text)):
            found[place] = int(quarter[1]) + (int(quarter[2]) - 1) / 4
    return found


def _iso(text: str) -> str:
    """31.12.2020 as 2020-12-31; all else as it is."""
    dotted = DOTTED.fullmatch(text) if len(text) <= 10 else None
    return f"{dotted[3]}-{dotted[2]:0>2}-{dotted[1]:0>2}" if dotted else text


def _compact_dates(numbers: FloatArray) -> FloatArray | None:
    """Decimal years of dates as 19580329; None if one of them is none."""
    first, last = COMPACT
    if not len(numbers) or not ((numbers >= first) & (numbers <= last) & (numbers == np.round(numbers))).all():
        return None
    dates = pd.to_datetime(pd.Index(numbers.astype(np.int64).astype(str)), format="%Y%m%d", errors="coerce", utc=True)
    return None if dates.isna().any() else decimal_years(dates)


def decimal_years(dates: pd.DatetimeIndex) -> FloatArray:
    """The year and the part of it that is over at each date, in UTC; NaN where there is no date."""
    when = dates.tz_convert(None).to_numpy().astype("datetime64[us]")
    years = when.astype("datetime64[Y]")
    begin, end = years.astype("datetime64[us]"), (years + 1).astype("datetime64[us]")
    return np.asarray(years.astype(np.float64) + 1970 + (when - begin) / (end - begin), dtype=np.float64)
