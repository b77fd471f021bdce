"""The error measures and tolerances of tests/reference/README.md."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Case = dict[str, Any]
Measure = Callable[[Array, Array], tuple[float, float]]  # (found, true) -> error and tolerance
UNIT = 2.0**-52  # the README's u


def array(values: object) -> Array:
    """Stored numbers; infinity is the string "inf"."""
    return np.array(values, dtype=np.float64)


def relative(found: Array, true: Array, scale: Array | float) -> float:
    """max |found - true| / scale; where the scale is 0 the two must be equal."""
    difference = np.abs(found - true)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(difference == 0, 0.0, difference / scale)
    return float(ratio.max())


def kernel_measure(case: Case, square: str, tolerance: float, cross: bool = False) -> Measure:
    """|A - B|_ij / sqrt(B_ii B_jj); of a cross block's row i sqrt(B_ii) is max_j |B_ij| / sqrt(K_jj)."""

    def matrix(values: Array) -> Array:
        if values.ndim == 2:
            return values
        rows, columns, m, _ = values.shape
        return values.transpose(0, 2, 1, 3).reshape(rows * m, columns * m)

    def measure(found: Array, true: Array) -> tuple[float, float]:
        found, true = matrix(found), matrix(true)
        columns = np.sqrt(np.diag(matrix(array(case[square]))))
        if cross:
            with np.errstate(divide="ignore", invalid="ignore"):
                rows = np.where(columns > 0, np.abs(true) / columns, 0.0).max(1)
        else:
            rows = columns
        return relative(found, true, rows[:, None] * columns), tolerance

    return measure


def scaled_measure(scale: Callable[[Array], float], tolerance: float) -> Measure:
    return lambda found, true: (relative(found, true, scale(true)), tolerance)


def function_measure(case: Case, tolerance: float) -> Measure:
    """Of f, relative to the largest of |f| and |y|."""
    return scaled_measure(lambda true: max(np.abs(true).max(), np.abs(array(case["y_train"])).max()), tolerance)


def exact_measure(found: Array, true: Array) -> tuple[float, float]:
    """Of a conversion: relative, infinity exactly."""
    same = found == true
    return relative(np.where(same, 0.0, found), np.where(same, 0.0, true), np.where(same, 1.0, np.abs(true))), 1e-15


def mode_measure(case: Case, eigenvalues: str) -> Measure:
    """Of |q_i^T r|: modes nearer than 1e-7 lambda_1 are compared as the root of the sum of their squares."""

    def measure(found: Array, true: Array) -> tuple[float, float]:
        values = array(case[eigenvalues])
        residual = (array(case["f"]) - array(case["y"]).reshape(array(case["f"]).shape)).ravel()
        n, norm = len(values), float(np.linalg.norm(residual))
        groups = [[0]]
        for i in range(1, n):
            if values[i - 1] - values[i] < 1e-7 * values[0]:
                groups[-1].append(i)
            else:
                groups.append([i])
        worst = (0.0, 1e-11)
        for group in groups:
            outside = np.delete(values, group)
            gap = min((float(np.abs(outside - values[i]).min()) for i in group if len(outside)), default=math.inf)
            tolerance = 1e-11 + 20 * n * UNIT * values[0] / gap
            error = abs(float(np.linalg.norm(found[group]) - np.linalg.norm(true[group]))) / norm
            if not error / tolerance <= worst[0] / worst[1]:
                worst = (error, tolerance)
        return worst

    return measure
