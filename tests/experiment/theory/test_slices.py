"""Which entries of a kernel are written down."""

import numpy as np

from ntkscope.experiment.theory.initial_state import initial
from ntkscope.experiment.theory.slices import Slices
from ntkscope.schemas.event import KernelFrame, Started
from tests.cases import config, of, run, small_run


def test_a_small_kernel_is_written_whole() -> None:
    begin, first = of(small_run(), Started)[0], of(small_run(), KernelFrame)[0]
    kernel = initial(config()).matrix.numpy()
    assert begin.slices is not None
    assert begin.slices.rows == begin.slices.columns == list(range(16))
    np.testing.assert_array_equal(begin.slices.values, kernel)
    assert first.slices is not None
    np.testing.assert_array_equal(first.slices, kernel)
    assert begin.infinite is not None
    assert begin.infinite.slices is not None
    assert begin.infinite.slices.shape == kernel.shape


def test_the_rows_of_a_large_one_lie_evenly_along_the_line() -> None:
    points = {"kind": "random", "n": 600, "d": 1}
    begun = initial(config(data__points=points, network__width=8))
    chosen = Slices.choose(begun.problem)
    x = begun.problem.inputs[:, 0]
    assert len(chosen.rows) == 16
    assert x[chosen.rows[0]] == x.min()
    assert x[chosen.rows[-1]] == x.max()
    assert sorted(x[chosen.rows]) == list(x[chosen.rows])
    ranks = np.searchsorted(np.sort(x), x[chosen.rows])
    assert set(np.diff(ranks)) <= {39, 40}
    assert len(chosen.columns) <= 256
    assert set(chosen.rows) <= set(chosen.columns)
    assert chosen.of(begun.matrix).shape == (16, len(chosen.columns))


def test_a_single_point_is_a_kernel_too() -> None:
    begin = run(config(data__points={"kind": "random", "n": 1, "d": 2}, training__stop__steps=1))[0]
    assert isinstance(begin, Started)
    assert begin.slices is not None
    assert begin.slices.values.shape == (1, 1)
