"""Tables: what is read, what is refused, and in which line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ntkscope.errors import InvalidInput, NtkscopeError, TooLarge
from ntkscope.experiment.datasets import read_csv, write_csv


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
    assert (table.columns, table.x.tolist(), table.y.tolist()) == (["x1", "y"], [[1]], [2])


@pytest.mark.parametrize(
    ("data", "where", "got"),
    [
        (b"", "line 1", "nothing"),
        (b"\n\n", "line 1", "nothing"),
        (b"x1,y\n", "line 2", "none"),
        (b"1,2\n3,4\n", "line 1", "the numbers 1,2"),
        (b"x1,x1,y\n1,2,3", "line 1", "'x1' 2 times"),
        (b"x1,z\n1,2", "line 1", "the columns x1, z"),
        (b"y\n1", "line 1", "no input column"),
        (b"x1,x3,y\n1,2,3", "line 1", "the column 'x3'"),
        (b"a,b,y\n1,2,3", "line 1", "the column 'a'"),
        (b"x1,y\n1,2\n3,nan\n", "line 3, column y", "'nan'"),
        (b"x1,y\n\n\n-inf,2", "line 4, column x1", "'-inf'"),
        (b"x1,y\n1,2\n3,\n", "line 3, column y", "an empty cell"),
        (b"x1,y\n1,two\n", "line 2, column y", "'two'"),
        (b"x1,y\n1_0,2\n", "line 2, column x1", "'1_0'"),
        (b"x1,y\n1,1e13\n", "line 2, column y", "'1e13'"),
        (b"x1,y\n1,1e999\n", "line 2, column y", "'1e999'"),
        (b"x1,y\n1,2,3\n", "line 2", "3"),
        (b"x1,y\n1\n", "line 2", "1"),
        (b"x1;y\n1,5;2\n", "line 2, column x1", "'1,5'"),
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
    with pytest.raises(InvalidInput, match="point, not a comma"):
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
    columns = [*(f"x{i + 1}" for i in range(values.shape[1] - 1)), "y"]
    table = read_csv(write_csv(values[:, :-1], values[:, -1], columns).encode())
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
