"""Where points lie, against plain loops."""

import math

import numpy as np
import pytest

from ntkscope.errors import InvalidInput, NotFound
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.points import PointSet, lay_points
from ntkscope.schemas.data import Arcs, Circle, Data, DatasetPoints, DatasetTarget, Interval, Points, RandomPoints


def laid(points: Points, grid: int = 16, seed: int = 0, dataset: Table | None = None) -> PointSet:
    return lay_points(Data(points=points, grid=grid), seed, dataset)


@pytest.mark.parametrize("include_end", [True, False])
def test_interval(include_end: bool) -> None:
    found = laid(Interval(n=5, low=-1, high=3, include_end=include_end))
    steps = 4 if include_end else 5
    np.testing.assert_allclose(found.inputs[:, 0], [-1 + 4 * i / steps for i in range(5)], rtol=1e-15)
    assert found.coordinates.tolist() == found.inputs.tolist()
    np.testing.assert_allclose(found.grid_inputs[:, 0], [-1 + 4 * (i + 0.5) / 16 for i in range(16)], rtol=1e-15)
    assert (found.geometry, found.equispaced, found.grid_shape) == ("interval", "interval", [16])
    assert (found.start, found.length) == (-1, 4)


@pytest.mark.parametrize("points", [Interval(n=4, low=0, high=1, include_end=False, hold_out=True),
                                    Circle(n=4, hold_out=True)])  # fmt: skip
def test_every_other_point_is_held_out(points: Interval | Circle) -> None:
    found = laid(points)
    unit = 2 * math.pi if points.kind == "circle" else 1.0
    np.testing.assert_allclose(found.inputs[:, 0], [unit * j / 8 for j in (0, 2, 4, 6)], rtol=1e-15)
    np.testing.assert_allclose(found.grid_inputs[:, 0], [unit * j / 8 for j in (1, 3, 5, 7)], rtol=1e-15)
    assert found.grid_shape == [4]


def test_circle() -> None:
    found = laid(Circle(n=6))
    for j in range(6):
        assert found.inputs[j, 0] == pytest.approx(2 * math.pi * j / 6)
        np.testing.assert_allclose(
            found.coordinates[j], [math.cos(found.inputs[j, 0]), math.sin(found.inputs[j, 0])], rtol=1e-15
        )
    assert (found.geometry, found.equispaced) == ("circle", "circle")
    assert not set(found.inputs[:, 0]) & set(found.grid_inputs[:, 0])


def test_arcs_have_their_own_densities() -> None:
    found = laid(Arcs(counts=[2, 4, 8]))
    angles = found.inputs[:, 0]
    arc = 2 * math.pi / 3
    for i, count in enumerate((2, 4, 8)):
        inside = angles[(angles >= arc * i - 1e-12) & (angles < arc * (i + 1) - 1e-12)]
        np.testing.assert_allclose(inside, [arc * (i + j / count) for j in range(count)], atol=1e-12)
    assert found.equispaced is None


def test_equal_arcs_are_an_equispaced_circle() -> None:
    found = laid(Arcs(counts=[4, 4]))
    assert found.equispaced == "circle"
    np.testing.assert_allclose(found.inputs, laid(Circle(n=8)).inputs, atol=1e-12)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_random_points(d: int) -> None:
    found = laid(RandomPoints(n=200, d=d))
    assert found.coordinates.shape == (200, d)
    assert abs(found.coordinates.mean()) < 0.2
    assert abs(found.coordinates.std() - 1) < 0.15
    assert found.coordinates.tolist() == laid(RandomPoints(n=200, d=d)).coordinates.tolist()
    assert found.coordinates.tolist() != laid(RandomPoints(n=200, d=d), seed=1).coordinates.tolist()
    assert found.geometry == {1: "interval", 2: "plane", 5: "points"}[d]
    assert found.equispaced is None


def test_uniform_and_sphere() -> None:
    uniform = laid(RandomPoints(n=300, d=3, distribution="uniform")).coordinates
    assert -1 <= uniform.min() < -0.9
    assert 0.9 < uniform.max() <= 1
    sphere = laid(RandomPoints(n=30, d=3, distribution="sphere"))
    np.testing.assert_allclose((sphere.coordinates**2).sum(axis=1), 3, rtol=1e-14)
    np.testing.assert_allclose((sphere.grid_coordinates**2).sum(axis=1), 3, rtol=1e-14)
    assert not set(sphere.coordinates[:, 0]) & set(sphere.grid_coordinates[:, 0])


def test_a_plane_is_drawn_on_a_mesh_over_the_data() -> None:
    found = laid(RandomPoints(n=20, d=2), grid=12)
    assert found.grid_shape == [3, 3]
    low, high = found.inputs.min(axis=0), found.inputs.max(axis=0)
    for row in range(3):
        for column in range(3):
            expected = low + (high - low) * (np.array([column, row]) + 0.5) / 3
            np.testing.assert_allclose(found.grid_inputs[3 * row + column], expected, rtol=1e-12)


def table(x: list[list[float]]) -> Table:
    values = np.array(x, dtype=float)
    return Table("t", values, values[:, 0], [*(f"x{i + 1}" for i in range(values.shape[1])), "y"])


def of_table(x: list[list[float]]) -> PointSet:
    data = Data(points=DatasetPoints(sha256="a" * 64), target=DatasetTarget(), grid=4)
    return lay_points(data, 0, table(x))


def test_a_table_in_one_dimension_is_drawn_over_its_range() -> None:
    found = of_table([[3], [1], [2]])
    assert found.inputs[:, 0].tolist() == [3, 1, 2]
    assert found.grid_inputs[:, 0].tolist() == [1.25, 1.75, 2.25, 2.75]


def test_a_table_of_one_point_still_has_a_range() -> None:
    assert of_table([[3]]).grid_inputs[:, 0].tolist() == [2.625, 2.875, 3.125, 3.375]


def test_a_table_in_many_dimensions_is_its_own_grid() -> None:
    assert of_table([[1, 2, 3], [4, 5, 6]]).grid_inputs.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_a_table_that_is_not_there() -> None:
    with pytest.raises(NotFound, match=r"a{64}"):
        laid(DatasetPoints(sha256="a" * 64))


def test_an_interval_too_narrow_for_its_points() -> None:
    with pytest.raises(InvalidInput, match="Move its ends apart"):
        laid(Interval(n=100, low=1.0, high=1.0 + 1e-15))
