"""What is shown of a table before it is stored, and the data of a new config that is made of it."""

from __future__ import annotations

import numpy as np

from ntkscope.experiment.format import number
from ntkscope.experiment.problem.scaling import (
    MEAN_HIDES,
    Spread,
)
from ntkscope.experiment.problem.table_cells import Column, readings
from ntkscope.experiment.problem.table_reader import ANY, problem_of
from ntkscope.experiment.problem.table_text import DEFAULT_LIMIT, short
from ntkscope.experiment.problem.table_understood import FIRST, Understood, understand
from ntkscope.schemas.data import Data, DatasetTarget
from ntkscope.schemas.dataset import DatasetPoints
from ntkscope.schemas.table_reading import TableColumn, TableReading

SHOWN = 8  # rows


def read_table(data: bytes, limit: int = DEFAULT_LIMIT, points: DatasetPoints = ANY) -> TableReading:
    """What is understood of a table with some choices, for a person to look at before it is stored.

    Raises:
        TooLarge: as `read_csv`.
        InvalidInput: it holds no table at all, or has no column of the names that are chosen.
    """
    found = understand(data, limit, points)
    problem, numbers = problem_of(found, points), np.frombuffer(found.lines.numbers, dtype=np.int64)
    columns = []
    for place, column in enumerate(found.columns):
        bad = column.missing | column.unreadable if column.kind != "text" else column.missing
        columns.append(
            TableColumn(
                name=column.name,
                kind=column.kind,
                used="y" if place == found.y else "x" if place in found.x else "no",
                missing=int(column.missing.sum()),
                unreadable=0 if column.kind == "text" else int(column.unreadable.sum()),
                first_lines=numbers[bad][:FIRST].tolist(),
            )
        )
    chosen = points.model_copy(
        update={
            "x": [found.columns[place].name for place in found.x],
            "y": "" if found.y is None else found.columns[found.y].name,
            "separator": found.lines.separator,
            "decimal": "auto" if found.unclear and points.decimal == "auto" else found.decimal,
        }
    )
    made, scaled = _data(found, chosen)
    return TableReading(
        data=made,
        columns=columns,
        rows=len(numbers) + len(found.lines.irregular),
        dropped=found.dropped,
        dropped_lines=found.dropped_lines[:FIRST],
        first_rows=[[_shown(column, row) for column in found.columns] for row in range(min(SHOWN, len(numbers)))],
        notices=found.notices,
        scaled=scaled,
        problem=None if problem is None else f"{problem.expected} There is {problem.got}. {problem.remedy}",
        readings=f"'{found.unclear}' is {readings(found.unclear)}" if found.unclear else None,
    )


def _data(found: Understood, points: DatasetPoints) -> tuple[Data | None, list[str]]:
    """The data of a new config, and what of it is scaled; None where there is no x or no y."""
    if found.y is None or not found.x:
        return None, []
    rows, changes, said = found.whole, dict[str, str](), list[str]()
    if rows.any():
        x = np.column_stack([found.columns[place].values[rows] for place in found.x])
        inputs, target = Spread.of(x), Spread.of(found.columns[found.y].values[rows][:, None])
        if inputs.needs_scaling:
            changes["scale_inputs"] = "unit" if x.shape[1] == 1 else "standardize"
            to = "scaled to [−1, 1]" if x.shape[1] == 1 else "given mean 0 and deviation 1 each"
            said.append(f"Inputs of {number(inputs.low)} to {number(inputs.high)} are {to} for the network.")
        if target.needs_scaling or target.mean_share > MEAN_HIDES:
            changes["scale_targets"] = "standardize"
            said.append(f"The target, {number(target.low)} to {number(target.high)}, is given mean 0 and deviation 1.")
    return Data.model_validate({"points": points, "target": DatasetTarget(), **changes}), said


def _shown(column: Column, row: int) -> str:
    if column.kind == "text":
        return short(column.texts[row])
    value = column.values[row]
    return "–" if np.isnan(value) else f"{value:.10g}"
