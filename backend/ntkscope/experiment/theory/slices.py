"""Rows of a kernel that are written down, so that K(x_0, .) can be seen while it moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.experiment.problem.build import Problem
from ntkscope.schemas.event_parts import KernelSlices

MOST_ROWS, MOST_COLUMNS = 16, 256  # 16 KB in a kernel frame


@dataclass(frozen=True)
class Slices:
    """Which entries: `rows` are the points x_0, `columns` those against which they are drawn; 0-based."""

    rows: list[int]
    columns: list[int]

    @classmethod
    def choose(cls, problem: Problem) -> Slices:
        """Evenly over the points; along the line or the circle where they lie on one."""
        order = np.arange(len(problem.inputs))
        if problem.inputs.shape[1] == 1:
            order = np.argsort(problem.inputs[:, 0], kind="stable")
        rows = _evenly(order, MOST_ROWS)
        columns = sorted({*_evenly(order, MOST_COLUMNS - len(rows)), *rows})
        return cls(rows, columns if len(order) > MOST_COLUMNS else list(range(len(order))))

    def of(self, kernel: Tensor) -> NDArray[np.float64]:
        """(s, c) of a kernel (n, n)."""
        values: NDArray[np.float64] = kernel[self.rows][:, self.columns].numpy()
        return values

    def event(self, kernel: Tensor) -> KernelSlices:
        """The same with the points' numbers."""
        return KernelSlices(rows=self.rows, columns=self.columns, values=self.of(kernel))


def _evenly(order: NDArray[np.intp], most: int) -> list[int]:
    """At most so many entries, the first and the last among them."""
    places = np.linspace(0, len(order) - 1, min(most, len(order))).round().astype(int)
    return [int(order[place]) for place in places]
