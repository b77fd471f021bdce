"""A table is read or refused in a sentence, whatever its bytes are and whatever is chosen."""

import contextlib
import gzip
import random
from collections.abc import Iterator
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntkscope.errors import NtkscopeError
from ntkscope.experiment.problem.table_reader import read_csv
from ntkscope.experiment.problem.table_reading import read_table
from ntkscope.experiment.problem.table_text import Separator, cells_of, count_cells, rows_of_text, unpacked
from ntkscope.schemas.dataset import DatasetPoints
from tests.hostile import read_all, texts

GOOD = [
    "x,y\n1,2\n3,4\n", "1\t2\n3\t4\n", "59 2\n 48  1 \n", "a;b\n1.234,5;2\n-0,25;3\n", "a|b\n1|2\n3|4\n",
    "# measured\nx,y\n1,2\n", '"a" "b"\n"1" 1 2\n"2" 3 4\n', "\ufeffx;y\r\n0,0;1,5\r\n",
    "when,y\n2024-01-01,1\n2024-02-01,2\n",
    "x,y,test\n1,2,yes\n3,4,no\n5,6,yes\n", ",a,b\n0,1,2\n1,3,4\n", "x,y\n1,NaN\n2,3\n4,\n", "x1,x2,y\n1,2,3\n4,5,6\n",
]  # fmt: skip
BAD = [
    "=cmd|'/c calc'!A0,1\n", '"', '""""', "x,x\n1,2\n", "1e999,2\n", "inf,nan\n", "9" * 400, "1" + "0" * 400 + ",2\n",
    "," * 300, "\n" * 300, '"a\nb",1\n', "\ufeff\ufeff", "１,２\n", "١,٢\n", "1e-400,1\n", "-,-\n", "--\n",
    "0x10,2\n", "1_0,2\n",
    "2024-13-45,1\n", "0000-00-00,1\n", "99999-01-01,1\n", "1/2/3/4,1\n", "\u202e1,2\n", "../../etc/passwd,1\n",
    "%s%n,1\n",
]  # fmt: skip
SIGNS = [*"0123456789.,;|\t \n\r'\"-+eE#%/:xyT", "nan", "1.5", "\r\n", "\ufeff", "é", "2024-01-01"]
CHOICES = {
    "x": [["x"], ["1"], ["1", "2"], ["0"], ["y", "y"], [""], ["9" * 40]],
    "y": ["y", "2", "-1", "nothing", "9" * 40],
    "separator": ["comma", "semicolon", "tab", "blanks", "bar"],
    "decimal": ["point", "comma"],
    "missing": ["drop"],
}


def read(sent: tuple[bytes, DatasetPoints, str | None]) -> None:
    """As an upload is, and as the page shows it."""
    data, points, held = sent
    understood = read_table(data, 2**16, points)
    assert understood.model_dump_json()
    table = read_csv(data, "", 2**16, points, held)
    assert len(table.x) == len(table.y) > 0


def tables(number: int) -> Iterator[tuple[bytes, DatasetPoints, str | None]]:
    draw = random.Random(number)
    for text in texts(number, number, GOOD, BAD, SIGNS, ""):
        data = text.encode(draw.choice(["utf-8", "utf-8", "utf-8", "utf-8", "utf-16", "latin-1"]), "replace")
        if draw.random() < 0.1:
            data = gzip.compress(data, 1)[: draw.randint(1, 60) if draw.random() < 0.3 else None]
        if draw.random() < 0.05:
            data = data[: draw.randint(0, len(data))] + draw.randbytes(3)
        chosen = {name: draw.choice(values) for name, values in CHOICES.items() if draw.random() < 0.3}
        yield data, DatasetPoints.model_validate({"sha256": "0" * 64} | chosen), draw.choice([None] * 8 + ["test", "x"])


BLANKS = "\x0b\x0c\x1c\x85\xa0\u2003"


@given(st.text(" \t1a,;|#" + BLANKS, max_size=12), st.sampled_from(get_args(Separator)))
def test_cells_are_counted_as_they_are_read(text: str, separator: Separator) -> None:
    for _, line in rows_of_text(unpacked(text.encode(), 1000)):
        assert count_cells(line, separator, 1) == len(cells_of(line.decode(), separator))


@pytest.mark.parametrize("line", ["a\x0bb\n", "a\x0cb\n", "a b \x1c\n", "a b \xa0\n"])
def test_a_blank_of_another_kind_ends_no_reading(line: str) -> None:
    """Where it separates cells for one and not for the other, no line has as many as most, and none was the head."""
    data = (3 * line).encode()
    with contextlib.suppress(NtkscopeError):
        read_table(data, 2**16, DatasetPoints(sha256="0" * 64, separator="blanks"))


@pytest.mark.parametrize("number", [1500, pytest.param(300_000, marks=[pytest.mark.soak, pytest.mark.timeout(7200)])])
def test_any_bytes_are_read_or_refused(number: int) -> None:
    told = read_all(read, tables(number))

    print(f"{number:,} tables: {told.answered:,} read, {told.refused:,} refused, {1e3 * told.longest:.1f} ms")
    assert told.escapes == []
    assert told.answered > number // 40
    assert told.longest < 1.0, told.slowest
