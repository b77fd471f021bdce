"""Tables: what is read, what is refused, and in which line."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ntkscope.errors import InvalidInput, NtkscopeError, TooLarge
from ntkscope.experiment.problem.datasets import csv_lines
from ntkscope.experiment.problem.table_reader import read_csv
from ntkscope.experiment.problem.table_text import MOST_INPUTS


@pytest.mark.parametrize(
    "text",
    [
        "x1,x2,y\n1,2,3\n4,5,6\n",
        "y,x2,x1\n3,2,1\n6,5,4",
        "x1;x2;y\r\n1;2;3\r\n\r\n4;5;6\r\n",
        "x1\tx2\ty\r1\t2\t3\r4\t5\t6\r",
        "\ufeff X1 , x2 , Y \n 1 , 2.0 , +3e0 \n4,.5e1,6.",
        '"x1","x2","y"\n"1",2,3\n4,5,6',
    ],
)
def test_separators_order_and_line_ends(text: str) -> None:
    table = read_csv(text.encode(), "mine")
    assert table.name == "mine"
    assert table.columns == ["x1", "x2", "y"]
    assert table.x.tolist() == [[1, 2], [4, 5]]
    assert table.y.tolist() == [3, 6]


def test_a_single_input_may_be_called_x() -> None:
    table = read_csv(b"y,x\n2,1")
    assert (table.columns, table.x.tolist(), table.y.tolist()) == (["x", "y"], [[1]], [2])


@pytest.mark.parametrize(
    ("data", "where", "got"),
    [
        (b"", "line 1", "nothing"),
        (b"\n\n", "line 1", "nothing"),
        (b"x1,y\n", "line 2", "none"),
        (b"x1,x1,y\n1,2,3", "line 1", "'x1' 2 times"),
        (b"y\nox", "line 2, column y", "'ox'"),
        (b"x1,y\n1,2\n3,nan\n", "line 3, column y", "an empty cell"),
        (b"x1,y\n\n\n-inf,2", "line 4, column x1", "'-inf'"),
        (b"x1,y\n1,2\n3,\n", "line 3, column y", "an empty cell"),
        (b"x1,y\n1,two\n", "line 2, column y", "'two'"),
        (b"x1,y\n1_0,2\n", "line 2, column x1", "'1_0'"),
        (b"x1,y\n1,1e13\n", "line 2, column y", "'1e13'"),
        (b"x1,y\n1,1e999\n", "line 2, column y", "'1e999'"),
        (b"x1,y\n1,2,3\n", "line 2", "3"),
        (b"x1,y\n1\n", "line 2", "1"),
        (b"x1,y\n1,2\n3,1.5.2\n", "line 3, column y", "'1.5.2'"),
        (b"y,y\n1,2\n", "line 1", "'y' 2 times"),
        (b"x1,y\n1,2\n3,\xff\n", "line 3", "the byte 0xff"),
        (b'x1,y\n"1,2\n', "line 2", "cannot be read"),
        ("x1,y\n1,2".encode("utf-16"), "line 1", "UTF-16"),
        (b"x1,y\n\x00,2", "line 1", "binary"),
    ],
)
def test_mistakes_are_placed(data: bytes, where: str, got: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_csv(data)
    assert caught.value.where == f"dataset, {where}"
    assert got in caught.value.got
    assert caught.value.remedy


def test_a_decimal_comma_is_explained() -> None:
    with pytest.raises(InvalidInput, match="commas those of decimals"):
        read_csv(b"x1,y\n1,5,2,5\n")


def test_the_size_limit_names_its_setting() -> None:
    data = b"x1,y\n1,2\n"
    assert len(read_csv(data, limit=len(data)).y) == 1
    with pytest.raises(TooLarge, match=r"9 bytes.*NTKSCOPE_MAX_UPLOAD_BYTES"):
        read_csv(data, limit=len(data) - 1)


@given(
    st.integers(1, 4).flatmap(
        lambda d: arrays(np.float64, st.tuples(st.integers(1, 6), st.just(d + 1)), elements=st.floats(-1e12, 1e12))
    )
)
def test_writing_and_reading_gives_the_same_numbers(values: np.ndarray) -> None:
    assume(len(values) == 1 or (values[:, :-1] != values[0, :-1]).any())  # inputs that never differ are refused
    columns = [*(f"x{i + 1}" for i in range(values.shape[1] - 1)), "y"]
    table = read_csv("".join(csv_lines(values[:, :-1], values[:, -1], columns)).encode())
    assert table.columns == columns
    assert table.x.tobytes() == np.ascontiguousarray(values[:, :-1]).tobytes()
    assert table.y.tobytes() == values[:, -1].tobytes()


@given(st.binary(max_size=60) | st.text(alphabet='x1y,;\t\n"0.e-', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        table = read_csv(data)
    except NtkscopeError:
        return
    assert np.isfinite(table.x).all()
    assert np.isfinite(table.y).all()
    assert len(table.x) == len(table.y) >= 1


def test_a_table_has_a_largest_number_of_columns() -> None:
    widest = [*(f"x{i + 1}" for i in range(MOST_INPUTS)), "y"]
    assert read_csv(f"{','.join(widest)}\n{','.join('1' * len(widest))}\n".encode()).x.shape == (1, MOST_INPUTS)
    for separator in ",;\t":
        with pytest.raises(TooLarge, match=f"At most {MOST_INPUTS:,} input columns.*40,001 columns"):
            read_csv(separator.join([*(f"x{i + 1}" for i in range(40_000)), "y"]).encode())


def test_work_grows_with_the_length_of_a_table_and_no_faster() -> None:
    """Each of these took minutes or the whole memory where a step was quadratic; the test's time limit ends it."""
    long = "1" * 100_000
    for text in (f"x,y\n1,{long}x\n", f"x,y\n1,1e{long}x\n", f'x,y\n"{long}\n'):
        with pytest.raises(InvalidInput):
            read_csv(text.encode())
    with pytest.raises(TooLarge, match="one of 4,000,000"):
        read_csv(b"x,y\n" + b"," * 4_000_000)
    with pytest.raises(InvalidInput, match="Every column named once"):
        read_csv(",".join(["x1"] * MOST_INPUTS).encode())
    with pytest.raises(InvalidInput, match=r"A table\. You gave nothing"):
        read_csv(b"\n" * 1_000_000)


def test_a_long_table_takes_little_more_memory_than_its_numbers() -> None:
    data = b"x,y\n" + b"1,2\n3,4\n" * 20_000
    tracemalloc.start()
    try:
        read_csv(data)
        largest = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert largest < 12 * len(data)  # the text, and 16 bytes for each line of 4; lists took 60 times
