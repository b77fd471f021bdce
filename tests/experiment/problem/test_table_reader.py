"""Tables as people have them: read with what was understood said, or refused with what to do."""

import csv
import gzip
import math
import re
from datetime import datetime

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ntkscope.errors import InvalidInput, NtkscopeError, TooLarge
from ntkscope.experiment.problem.datasets import csv_lines
from ntkscope.experiment.problem.table_reader import ANY, read_csv
from ntkscope.experiment.problem.table_reading import read_table
from ntkscope.schemas.dataset import DatasetPoints

DROP = ANY.model_copy(update={"missing": "drop"})


def chosen(**fields: object) -> DatasetPoints:
    return DatasetPoints.model_validate({"sha256": "0" * 64} | fields)


@pytest.mark.parametrize(
    ("text", "x", "y"),
    [
        ("YEAR,SUNACTIVITY\n1700,5\n1701,11\n", [1700, 1701], [5, 11]),  # any headings; the last is y
        ("y,t\n1,2\n3,4\n", [2, 4], [1, 3]),
        ("\ufeffx;y\r\n0,0;1,5\r\n0,5;2,25\r\n", [0, 0.5], [1.5, 2.25]),  # decimal comma, BOM, CRLF
        ("a;b\n1.234,5;2\n-0,25;3\n", [1234.5, -0.25], [2, 3]),  # with points between thousands
        ("a;b\n1.000;2,5\n2.000;3,5\n", [1000, 2000], [2.5, 3.5]),
        ("a;b\n1.200;2,5\n900;3,5\n1.050;4,1\n", [1200, 900, 1050], [2.5, 3.5, 4.1]),  # 1.200 is 1200: 2,5 tells it
        ('a,b\n"1,408.5",2\n"2,100",3\n', [1408.5, 2100], [2, 3]),
        ('a,b\n"1,234,567",2\n"2,100",3\n', [1234567, 2100], [2, 3]),
        ("a;b\n1 408;2\n12 100;3\n", [1408, 12100], [2, 3]),
        ("a;b\n1'408.5;2\n12'100;3\n", [1408.5, 12100], [2, 3]),
        ("59 2\n 48  1 \n", [59, 48], [2, 1]),  # blanks, no headings
        ("1\t2\n3\t4\n", [1, 3], [2, 4]),
        ("a|b\n1|2\n3|4\n", [1, 3], [2, 4]),
        ("# measured in May\nx,y\n# a pause\n1,2\n\n3,4 # odd\n", [1, 3], [2, 4]),
        ("% t f\n1 2\n3 4\n", [1, 3], [2, 4]),  # as numpy.savetxt writes headings
        ("My table\n\ntime,value\n1,2\n3,4\n5,6\n", [1, 3, 5], [2, 4, 6]),
        ("x;y;\n1;2;\n3;4;\n", [1, 3], [2, 4]),  # every line ends with a separator
        ("x;y\n1;2;\n3;4;\n5;6;\n", [1, 3, 5], [2, 4, 6]),
        (",a,b\n0,1,2\n1,3,4\n", [1, 3], [2, 4]),  # pandas' and R's numbers of rows
        ('"a" "b"\n"1" 1 2\n"2" 3 4\n"3" 5 6\n', [1, 3, 5], [2, 4, 6]),
        ("2,1,no,yes\n1,2,3,4\n3,4,5,6\n", [[1, 2, 3], [3, 4, 5]], [4, 6]),
        ("name,a,b\nox,1,2\nant,3,4\n", [1, 3], [2, 4]),  # text is left out
        ("a,b,name\n1,2,ox\n3,4,ant\n", [1, 3], [2, 4]),
        ("x,y\nTrue,1\nFalse,2\n", [1, 0], [1, 2]),
        ("x,y\n1e-3,+2.\n.5,-1E2\n", [0.001, 0.5], [2, -100]),
    ],
)
def test_what_people_have_is_read(text: str, x: list[float], y: list[float]) -> None:
    for data in (text.encode(), gzip.compress(text.encode())):
        table = read_csv(data)
        np.testing.assert_array_equal(table.x[:, 0] if table.x.shape[1] == 1 else table.x, x)
        np.testing.assert_array_equal(table.y, y)


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("1958-03-29", 1958 + 87 / 365), ("2020-12-31", 2020 + 365 / 366), ("1900-03-01", 1900 + 59 / 365),
        ("1958-03", 1958 + 59 / 365), ("1958/3/29", 1958 + 87 / 365), ("19580329", 1958 + 87 / 365),
        ("2001-07-02T12:00:00Z", 2001 + 182.5 / 365), ("2001-07-02 12:00", 2001 + 182.5 / 365), ("1959Q3", 1959.5),
        ("29.3.1958", 1958 + 87 / 365), ("31.12.2020", 2020 + 365 / 366),
        ("1700-01-01", 1700.0),
    ],
)  # fmt: skip
def test_dates_become_decimal_years(cell: str, year: float) -> None:
    table = read_csv(f"date,y\n{cell},1\n{'20100615' if cell.isdigit() else '2010-06-15'},3\n".encode())
    assert table.x[0, 0] == pytest.approx(year, abs=1e-9)
    assert "Dates as decimal years: date." in table.notices


@given(st.datetimes(datetime(1600, 1, 1), datetime(2199, 12, 31)))
def test_a_decimal_year_is_the_part_of_the_year_that_is_over(when: datetime) -> None:
    """The slow twin: seconds since New Year over the seconds of the year."""
    begin, end = datetime(when.year, 1, 1), datetime(when.year + 1, 1, 1)
    expected = when.year + (when - begin).total_seconds() / (end - begin).total_seconds()
    table = read_csv(f"t,y\n{when.isoformat()},1\n1999-01-01,2\n".encode())
    assert table.x[0, 0] == pytest.approx(expected, abs=1e-9)


def test_an_unclear_comma_names_both_readings_and_a_choice_settles_it() -> None:
    data = b'x,y\n"1,408","50"\n"2,100","60"\n'
    with pytest.raises(InvalidInput) as caught:
        read_csv(data)
    assert "1408 if the comma separates thousands, 1.408 if it begins the decimals" in caught.value.got
    assert read_table(data).readings == f"'1,408' is {caught.value.got.partition(': ')[2]}"
    assert read_csv(data, points=chosen(decimal="point")).x[:, 0].tolist() == [1408, 2100]
    assert read_csv(data, points=chosen(decimal="comma")).x[:, 0].tolist() == [1.408, 2.1]


@example([(-(10**6), 0)] * 4, True)  # whose commas, too, part the rows into equally many cells
@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(0, 999)), min_size=2, max_size=8), st.booleans())
def test_numbers_written_by_either_mark_are_the_same(values: list[tuple[int, int]], grouped: bool) -> None:
    """The slow twin of the decimal comma: the same numbers written with points."""
    points = [f"{whole:,}.{part:03d}5" if grouped else f"{whole}.{part:03d}5" for whole, part in values]
    commas = [text.replace(",", "_").replace(".", ",").replace("_", ".") for text in points]
    expected = [float(text.replace(",", "")) for text in points]
    for cells, decimal in ((points, "point"), (commas, "comma")):
        body = "".join(f"{i};{cell}\n" for i, cell in enumerate(cells))
        assert read_csv(f"i;v\n{body}".encode()).y.tolist() == expected, decimal


def test_empty_and_wrong_cells_are_counted_with_their_lines_and_can_be_dropped() -> None:
    data = b"t,v\n1,2\n2,\n3,two\n4,NA\n5,6,7\n6,8\n7,9\n8,1\n9,1\n"
    with pytest.raises(InvalidInput) as caught:
        read_csv(data)
    assert caught.value.where == "dataset, line 3, column v"
    assert "2 rows with an empty cell (lines 3, 5)" in caught.value.got
    assert "1 row with a cell that is no number (line 4): 'two' in v" in caught.value.got
    assert "1 row without 2 cells (line 6): 3" in caught.value.got
    assert "--drop-rows" in caught.value.remedy
    table = read_csv(data, points=DROP)
    assert table.x[:, 0].tolist() == [1, 6, 7, 8, 9]
    assert "4 of 9 rows left out, with an empty cell or one that is no number (lines 3, 4, 5, 6)." in table.notices
    reading = read_table(data)
    assert (reading.rows, reading.dropped, reading.problem is not None) == (9, 4, True)
    assert [(c.name, c.missing, c.unreadable, c.first_lines) for c in reading.columns][1] == ("v", 2, 1, [3, 4, 5])


def test_columns_are_chosen_by_name_or_number() -> None:
    data = b"a,b,2,y\n1,2,3,4\n5,6,7,8\n"
    for points, x, y in (
        (chosen(x=["a"], y="b"), [1, 5], [2, 6]),
        (chosen(x=["B"]), [2, 6], [4, 8]),
        (chosen(x=[4], y=1), [4, 8], [1, 5]),
        (chosen(x=["2"], y="a"), [3, 7], [1, 5]),  # a name comes before a number
    ):
        table = read_csv(data, points=points)
        assert (table.x[:, 0].tolist(), table.y.tolist()) == (x, y)
    with pytest.raises(InvalidInput, match=r"A column of the table: a, b, 2, y. You gave 'year'"):
        read_csv(data, points=chosen(x=["year"]))
    with pytest.raises(InvalidInput, match="x and y in different columns"):
        read_csv(data, points=chosen(x=["a"], y="a"))
    with pytest.raises(InvalidInput, match="'name', which holds text"):
        read_csv(b"name,a,b\nox,1,2\nant,3,4\n", points=chosen(x=["name"]))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("v\n1\n2\n", "At least two columns of numbers, x and y. You gave one column"),
        ("a,b\nox,ant\ncow,bee\n", "2 columns, of which a, b hold text"),
        ("a,b\n5,1\n5,2\n5,3\n", "Inputs that differ from row to row. You gave a, the same in every row"),
        ("y,a,Y\n1,2,3\n", "'y' 2 times"),
        ("a,b\n,1\n,2\n1,\n", "At least"),
        ("# only\n# comments\n", "nothing but blank lines and comments"),
    ],
)
def test_bad_tables_are_refused_with_what_to_do(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(said)) as caught:
        read_csv(text.encode(), points=DROP)
    assert caught.value.remedy


def test_what_is_packed_is_unpacked_up_to_a_limit() -> None:
    bomb = gzip.compress(b"x,y\n" + b"1,2\n" * 20_000_000, 9)
    assert len(bomb) < 400_000
    with pytest.raises(TooLarge, match="unpacked"):
        read_csv(bomb)
    with pytest.raises(InvalidInput, match="ends too early"):
        read_csv(gzip.compress(b"x,y\n1,2\n3,4\n")[:-9])
    with pytest.raises(InvalidInput, match="cannot be unpacked"):
        read_csv(b"\x1f\x8bnot at all")


@pytest.mark.parametrize("blank", ["", " ", "\t", " \t "])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_lines_of_blanks_are_none_wherever_they_stand(blank: str, mark: str) -> None:
    lines = [f"x{mark}y", f"1{mark}2", blank, f"3{mark}4", blank]
    if mark != "\t" or "\t" not in blank:
        assert read_csv("\n".join(lines).encode(), points=ANY).y.tolist() == [2, 4]
    alone = f":\n{blank}".encode()
    with pytest.raises(InvalidInput):
        read_csv(alone, points=ANY)
    with pytest.raises(InvalidInput):
        read_csv(f"1\n{blank}\n".encode(), points=ANY)


def test_a_cell_that_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"line 2: Cells between separators.*131072.*shorten its cells"):
        read_csv(b"x,y\n1," + b"1" * 200_000 + b"x\n", "t", limit=10**6)


def test_what_is_shown_before_it_is_stored() -> None:
    reading = read_table(b"date;n;w\n2001-01-01;1;2,5\n2002-01-01;;3,5\n")
    assert reading.first_rows == [["2001", "1", "2.5"], ["2002", "\u2013", "3.5"]]
    assert [(column.kind, column.used) for column in reading.columns] == [
        ("date", "x"),
        ("number", "x"),
        ("number", "y"),
    ]
    assert reading.data is not None
    points = reading.data.points
    assert points.kind == "dataset"
    assert (points.x, points.y, points.separator, points.decimal) == (["date", "n"], "w", "semicolon", "comma")
    assert "y is w, the last column of numbers; x is date, n." in reading.notices


def test_a_new_config_of_a_table_scales_what_needs_it() -> None:
    raw = read_table(b"YEAR,SUNACTIVITY\n" + b"".join(b"%d,%d\n" % (1700 + i, i * i % 97) for i in range(60)))
    assert raw.data is not None
    assert (raw.data.scale_inputs, raw.data.scale_targets) == ("unit", "standardize")
    inputs, target = raw.scaled
    assert inputs == "Inputs of 1,700 to 1,759 are scaled to [−1, 1] for the network."
    assert target.startswith("The target, 0 to 96, is given mean 0")
    fit = read_table("\n".join(["x,y", *(f"{x:.3f},{math.sin(3 * x):.4f}" for x in np.linspace(-1, 1, 9))]).encode())
    assert fit.data is not None
    assert (fit.data.scale_inputs, fit.data.scale_targets, fit.scaled) == ("none", "none", [])


@given(
    st.text(alphabet="xy12,;.\t \n\"'#-/ T:QNA\r|%", max_size=60).map(str.encode)
    | st.binary(max_size=40).map(gzip.compress)
)
def test_anything_is_read_or_refused_in_words(data: bytes) -> None:
    for points in (ANY, DROP, chosen(decimal="comma"), chosen(separator="blanks", missing="drop")):
        try:
            reading = read_table(data, points=points)
            table = read_csv(data, points=points)
        except NtkscopeError as error:
            assert error.remedy  # noqa: PT017
            continue
        assert reading.problem is None
        assert np.isfinite(table.x).all()
        assert len(table.x) == len(table.y) == reading.rows - (reading.dropped if points.missing == "drop" else 0)


def test_the_export_has_the_headings_and_reads_back() -> None:
    table = read_csv(b'"a, b","say ""x""",y\n1,2,3\n4,5,6\n')
    text = "".join(csv_lines(table.x, table.y, table.columns))
    assert next(csv.reader([text.splitlines()[0]])) == ["a, b", 'say "x"', "y"]
    again = read_csv(text.encode())
    assert (again.columns, again.x.tolist()) == (table.columns, table.x.tolist())


def test_points_that_begin_decimals_are_none_of_thousands() -> None:
    table = read_csv(b"a;b;c\n1.25;2,5;1\n3.5;3,5;2\n")
    np.testing.assert_array_equal(table.x[:, 0], [1.25, 3.5])
    assert table.x.shape[1] == 1  # b holds text beside such points
