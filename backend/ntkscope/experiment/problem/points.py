"""Where the training points and the evaluation grid lie."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from ntkscope.errors import InvalidInput, NotFound
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.seeds import generator
from ntkscope.schemas.data import Arcs, Circle, Data, Interval, RandomPoints
from ntkscope.schemas.dataset import DatasetPoints

FloatArray = NDArray[np.float64]
Geometry = Literal["interval", "circle", "plane", "points"]


@dataclass(frozen=True)
class PointSet:
    """Training points and evaluation grid, as drawn (`inputs`) and as a formula sees them (`coordinates`).

    `start` and `length` are the range of the position (angle on a circle, else x1) over which frequencies
    count periods. Where points are held out, `grid_tested` says which of the grid's they are, and `grid_rows` which of
    the points that were laid (-1: none of them).
    """

    geometry: Geometry
    inputs: FloatArray  # (n, d), on a circle (n, 1) angles in [0, 2 pi)
    coordinates: FloatArray  # (n, d), on a circle (n, 2)
    grid_inputs: FloatArray  # (g, ...)
    grid_coordinates: FloatArray
    grid_shape: list[int]
    equispaced: Literal["circle", "interval"] | None
    start: float
    length: float
    grid_tested: NDArray[np.bool_] | None = None  # (g,)
    grid_rows: NDArray[np.int64] | None = None  # (g,)


def lay_points(data: Data, seed: int, dataset: Table | None) -> PointSet:
    """Lays out the points of a config.

    Raises:
        NotFound: the config names an uploaded table, and none is given.
    """
    match data.points:
        case Interval() as points:
            return _interval(points, data.grid)
        case Circle() as points:
            laid = 2 * points.n if points.hold_out else points.n
            angles = 2 * np.pi * np.arange(laid) / laid
            return _on_circle(angles, data.grid, points.hold_out, equispaced=True)
        case Arcs() as points:
            return _arcs(points, data.grid)
        case RandomPoints() as points:
            return _random(points, data.grid, seed)
        case DatasetPoints() as points:
            if dataset is None:
                raise NotFound(
                    "A data set that this server holds.", f"the SHA-256 {points.sha256}",
                    "Upload the table again.", "data.points.sha256",
                )  # fmt: skip
            return _cloud(dataset.x, data.grid, fresh=None)


def _midpoints(low: float, high: float, count: int) -> FloatArray:
    """The middles of `count` equal cells: never an end, and seldom a training point."""
    return low + (high - low) * (np.arange(count) + 0.5) / count


def _interval(points: Interval, grid: int) -> PointSet:
    laid = 2 * points.n if points.hold_out else points.n
    positions = np.linspace(points.low, points.high, laid, endpoint=points.include_end)
    if points.hold_out:
        positions, between = positions[0::2], positions[1::2]
    else:
        between = _midpoints(points.low, points.high, grid)
    if len(np.unique(positions)) < points.n:
        raise InvalidInput(
            "An interval wide enough to hold its points apart.", f"[{points.low!r}, {points.high!r}]",
            "Move its ends apart.", "data.points.high",
        )  # fmt: skip
    length = points.high - points.low
    return PointSet(
        "interval", positions[:, None], positions[:, None], between[:, None], between[:, None],
        [len(between)], "interval", points.low, length,
    )  # fmt: skip


def _on_circle(angles: FloatArray, grid: int, hold_out: bool, equispaced: bool) -> PointSet:
    if hold_out:
        angles, between = angles[0::2], angles[1::2]
    else:
        between = _midpoints(0.0, 2 * np.pi, grid)

    def coordinates(theta: FloatArray) -> FloatArray:
        return np.column_stack([np.cos(theta), np.sin(theta)])

    return PointSet(
        "circle", angles[:, None], coordinates(angles), between[:, None], coordinates(between),
        [len(between)], "circle" if equispaced else None, 0.0, 2 * np.pi,
    )  # fmt: skip


def _arcs(points: Arcs, grid: int) -> PointSet:
    arc = 2 * np.pi / len(points.counts)
    angles = np.concatenate([arc * (i + np.arange(count) / count) for i, count in enumerate(points.counts)])
    return _on_circle(angles, grid, hold_out=False, equispaced=len(set(points.counts)) == 1)


def _random(points: RandomPoints, grid: int, seed: int) -> PointSet:
    def draw(count: int, stream: Literal["points", "grid"]) -> FloatArray:
        state = generator(seed, stream)
        if points.distribution == "uniform":
            return (2 * torch.rand(count, points.d, generator=state, dtype=torch.float64) - 1).numpy()
        normal = torch.randn(count, points.d, generator=state, dtype=torch.float64)
        if points.distribution == "sphere":
            normal *= points.d**0.5 / normal.norm(dim=1, keepdim=True)
        return normal.numpy()

    fresh = draw(grid, "grid") if points.d > 2 else None
    return _cloud(draw(points.n, "points"), grid, fresh)


def _cloud(x: FloatArray, grid: int, fresh: FloatArray | None) -> PointSet:
    """Scattered points: one input is drawn as a function, two as a heatmap, more as predicted against target.

    `fresh`: evaluation points of the same law, for more than two inputs; None takes the data's own.
    """
    low, high = x.min(axis=0), x.max(axis=0)
    low, high = np.where(low < high, low, low - 0.5), np.where(low < high, high, high + 0.5)
    geometry: Geometry
    if x.shape[1] == 1:
        geometry, between, shape = "interval", _midpoints(low[0], high[0], grid)[:, None], [grid]
    elif x.shape[1] == 2:
        side = max(2, round(grid**0.5))
        first, second = (_midpoints(low[axis], high[axis], side) for axis in (0, 1))
        rows, columns = np.meshgrid(second, first, indexing="ij")
        geometry, between, shape = "plane", np.column_stack([columns.ravel(), rows.ravel()]), [side, side]
    else:
        between = x if fresh is None else fresh
        geometry, shape = "points", [len(between)]
    return PointSet(geometry, x, x, between, between, shape, None, -1.0, 2.0)
