"""Which rows of a table are taken, which points are held out, and which a formula leaves out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from ntkscope.errors import InvalidInput, nearest
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.points import PointSet
from ntkscope.experiment.problem.seeds import generator
from ntkscope.schemas.data import Data
from ntkscope.schemas.dataset import DatasetPoints
from ntkscope.schemas.hold_out import EveryKth, HeldColumn, HeldFraction, HeldRange, HoldNothingOut

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]


def rows_taken(points: DatasetPoints, rows: int) -> int:
    """How many of a table's rows are laid out."""
    return rows if points.subset == "all" else min(rows, points.most_rows)


def taken(table: Table, points: DatasetPoints, seed: int) -> Table:
    """The rows that a config asks for, in the table's order."""
    rows, count = len(table.y), rows_taken(points, len(table.y))
    if count == rows:
        return table
    if points.subset == "even":
        chosen, how = np.round(np.linspace(0, rows - 1, count)).astype(np.int64), "equally spaced"
    else:
        drawn = torch.randperm(rows, generator=generator(seed, "subset"))[:count].numpy()
        chosen, how = np.sort(drawn), "drawn by the seed"
    return replace(
        table,
        x=np.ascontiguousarray(table.x[chosen]),
        y=table.y[chosen],
        held_out=None if table.held_out is None else table.held_out[chosen],
        notices=[*table.notices, f"{count:,} of {rows:,} rows are taken, {how}."],
    )


def held_out(data: Data, points: PointSet, table: Table | None, seed: int) -> BoolArray:
    """(n,) points that are not trained on.

    Raises:
        InvalidInput: there is no such input, or all points would be held out, or none.
    """
    n = len(points.inputs)
    held = np.zeros(n, dtype=np.bool_)
    match data.hold_out:
        case HoldNothingOut():
            return held
        case EveryKth(k=k):
            held[k - 1 :: k] = True
        case HeldFraction(fraction=fraction):
            count = min(max(round(fraction * n), 1), n - 1)
            held[torch.randperm(n, generator=generator(seed, "hold_out"))[:count].numpy()] = True
        case HeldRange(column=column, low=low, high=high):
            values = points.inputs[:, _input(column, points, table)]
            held = (values >= low) & (values <= high)
        case HeldColumn():
            if table is None:
                raise InvalidInput(
                    "A table, for a column that marks what is held out.", f"points of kind '{data.points.kind}'",
                    "Hold out every k-th point, a fraction or a range.", "data.hold_out.kind",
                )  # fmt: skip
            assert table.held_out is not None, "the table was read with the config's column"
            held = table.held_out
    if held.all() or not held.any():
        got = "all of them" if held.all() else "none"
        raise InvalidInput(
            f"Some of the {n:,} points held out, and some left to train on.", f"a choice that holds {got} out",
            "Change data.hold_out, or set its kind to none.", "data.hold_out",
        )  # fmt: skip
    return held


def _input(wanted: str, points: PointSet, table: Table | None) -> int:
    """The place of an input, by its name or its number."""
    dimension = points.inputs.shape[1]
    numbered = [f"x{i + 1}" for i in range(dimension)]
    names = numbered if table is None else table.columns[:-1]
    for known in (names, numbered):
        folded = [name.casefold() for name in known]
        if wanted.casefold() in folded:
            return folded.index(wanted.casefold())
    if dimension == 1 and wanted.casefold() in ("", "x", "t", "theta", "θ"):
        return 0
    if not wanted:
        return 0
    if wanted.isdecimal() and 1 <= int(wanted[:9]) <= dimension:
        return int(wanted) - 1
    listed = ", ".join(names[:8]) + ", ..." * (len(names) > 8)
    raise InvalidInput(
        f"An input: {listed}.", f"'{wanted[:60]}'", nearest(wanted, names) or "Choose one of these.",
        "data.hold_out.column",
    )  # fmt: skip


def split(points: PointSet, trained: BoolArray, tested: BoolArray) -> PointSet:
    """Only the points that are trained on; those that are tested on join the evaluation grid.

    Of one input they are sorted into it, of two they come after the grid's cells; of more they are all of it.

    Args:
        points: All that were laid.
        trained: (n,)
        tested: (n,)

    Raises:
        InvalidInput: nothing is left to train on.
    """
    if not trained.any():
        raise InvalidInput(
            "At least one point to train on.", "a target that leaves out every point that is not held out",
            "Leave out fewer of them.", "data.target",
        )  # fmt: skip
    if trained.all():
        return points
    kept = replace(
        points, inputs=points.inputs[trained], coordinates=points.coordinates[trained], equispaced=None
    )  # what is left of equally spaced points seldom is
    if not tested.any():
        return kept
    inputs, coordinates = points.inputs[tested], points.coordinates[tested]
    if points.geometry == "points":
        return replace(
            kept, grid_inputs=inputs, grid_coordinates=coordinates, grid_shape=[len(inputs)],
            grid_tested=np.ones(len(inputs), dtype=np.bool_), grid_rows=np.flatnonzero(tested),
        )  # fmt: skip
    cells = len(points.grid_inputs)
    rows = np.concatenate([np.full(cells, -1), np.flatnonzero(tested)])
    inputs = np.concatenate([points.grid_inputs, inputs])
    coordinates = np.concatenate([points.grid_coordinates, coordinates])
    order = np.arange(len(rows)) if points.geometry == "plane" else np.argsort(inputs[:, 0], kind="stable")
    return replace(
        kept,
        grid_inputs=np.ascontiguousarray(inputs[order]),
        grid_coordinates=np.ascontiguousarray(coordinates[order]),
        grid_shape=points.grid_shape if points.geometry == "plane" else [len(rows)],
        grid_tested=rows[order] >= 0,
        grid_rows=rows[order],
    )


def grid_values(points: PointSet, y: FloatArray) -> FloatArray | None:
    """(g,) a table's y where a row of it lies on the grid, NaN elsewhere; None where no row does."""
    if points.grid_rows is None:
        return None
    return np.where(points.grid_rows >= 0, y[points.grid_rows], np.nan)
