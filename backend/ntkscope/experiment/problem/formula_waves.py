"""The waves that a formula of one input names: its sines and cosines of a x + b."""

import ast
import math
from collections.abc import Collection

from ntkscope.experiment.problem.formula import Formula
from ntkscope.experiment.problem.formula_text import CONSTANTS

LARGEST_LOGARITHM = 700.0  # of a power that float64 holds


def named_waves(formula: Formula, position: Collection[str]) -> list[float]:
    """Angular frequencies |a| > 0 of sin(a x + b) and cos(a x + b), in the order in which they are written, each once.

    Whatever else the formula does with them: a factor, a power or a function around them adds other waves, which this
    does not tell.

    Args:
        formula: To be read.
        position: The names that x has in it; a sine of any other is no wave.
    """
    found: list[float] = []
    calls = [node for node in ast.walk(formula.tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: call.col_offset):
        line = _line(call.args[0], position) if ast.unparse(call.func) in ("sin", "cos") else None
        if line is not None and line[0] != 0 and math.isfinite(line[0]):
            found.append(abs(line[0]))
    return list(dict.fromkeys(found))


def _line(node: ast.expr, position: Collection[str]) -> tuple[float, float] | None:
    """(a, b) of an expression a x + b; None where it is none."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return 0.0, float(value)
        case ast.Name(id=name) if name in CONSTANTS:
            return 0.0, CONSTANTS[name]
        case ast.Name(id=name) if name in position:
            return 1.0, 0.0
        case ast.UnaryOp(op=op, operand=operand):
            return _scaled(_line(operand, position), -1.0 if isinstance(op, ast.USub) else 1.0)
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(_line(left, position), op, _line(right, position))
    return None


def _combined(left: tuple[float, float] | None, op: ast.operator, right: tuple[float, float] | None) -> \
        tuple[float, float] | None:  # fmt: skip
    if left is None or right is None:
        return None
    match op:
        case ast.Add():
            return left[0] + right[0], left[1] + right[1]
        case ast.Sub():
            return left[0] - right[0], left[1] - right[1]
        case ast.Mult() if left[0] == 0:
            return _scaled(right, left[1])
        case ast.Mult() if right[0] == 0:
            return _scaled(left, right[1])
        case ast.Div() if right[0] == 0 and right[1] != 0:
            return _scaled(left, 1 / right[1])
        case ast.Pow() if (
            left[0] == right[0] == 0 and left[1] > 0 and abs(right[1] * math.log(left[1])) < LARGEST_LOGARITHM
        ):
            return 0.0, left[1] ** right[1]
    return None


def _scaled(line: tuple[float, float] | None, factor: float) -> tuple[float, float] | None:
    return None if line is None else (factor * line[0], factor * line[1])
