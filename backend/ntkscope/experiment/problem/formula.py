"""A user's formula, read by Python's `ast` with a whitelist and evaluated on numpy arrays."""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import torch
from numpy.typing import NDArray

from ntkscope.errors import InvalidInput
from ntkscope.experiment.problem.formula_text import CONSTANTS, WHERE, Reading, read

FloatArray = NDArray[np.float64]
MAX_LENGTH = 500
MAX_DEPTH = 100
MAX_CONSTANT = LARGEST = 1e12
MAX_EXPONENT = 64.0

FUNCTIONS: dict[str, tuple[int, Callable[..., FloatArray]]] = {
    "sin": (1, np.sin), "cos": (1, np.cos), "tan": (1, np.tan),
    "asin": (1, np.arcsin), "acos": (1, np.arccos), "atan": (1, np.arctan), "atan2": (2, np.arctan2),
    "sinh": (1, np.sinh), "cosh": (1, np.cosh), "tanh": (1, np.tanh),
    "exp": (1, np.exp), "log": (1, np.log), "log2": (1, np.log2), "log10": (1, np.log10),
    "sqrt": (1, np.sqrt), "abs": (1, np.abs), "sign": (1, np.sign),
    "floor": (1, np.floor), "ceil": (1, np.ceil), "min": (2, np.minimum), "max": (2, np.maximum),
    "pow": (2, np.power), "mod": (2, np.mod), "round": (1, np.round), "sinc": (1, np.sinc), "cbrt": (1, np.cbrt),
    "square": (1, np.square), "log1p": (1, np.log1p), "expm1": (1, np.expm1),
    "heaviside": (1, lambda x: np.heaviside(x, 0.5)), "relu": (1, lambda x: np.maximum(x, 0.0)),
    "sigmoid": (1, lambda x: 0.5 * (1 + np.tanh(x / 2))),
    "erf": (1, lambda x: torch.erf(torch.as_tensor(x, dtype=torch.float64)).numpy()),
}  # fmt: skip
OPERATORS: dict[type[ast.operator], Callable[..., FloatArray]] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide,
    ast.Mod: np.mod, ast.Pow: np.power,
}  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], Callable[..., NDArray[np.bool_]]] = {
    ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal,
    ast.Eq: np.equal, ast.NotEq: np.not_equal,
}  # fmt: skip


@dataclass(frozen=True)
class Formula:
    """A checked formula: call it with one array for each of its names."""

    reading: Reading
    names: tuple[str, ...]
    tree: ast.expr

    def __call__(self, values: Mapping[str, FloatArray]) -> FloatArray:
        """The formula's values, elementwise on arrays of one length; NaN where it says nan, which leaves the point out.

        Raises:
            InvalidInput: a part of it divides by zero or is not finite, or the whole is beyond 1e12, which a
                division by round-off gives; says which part and at what point.
        """
        arrays = {name: np.asarray(values[name], dtype=np.float64) for name in self.names}
        evaluation = _Evaluation.of(self, arrays)
        with np.errstate(all="ignore"):
            result = evaluation.value(self.tree)
        result[evaluation.left_out] = np.nan
        if (large := np.abs(result) > LARGEST).any():
            evaluation.refuse(self.tree, large, f"is beyond {LARGEST:g}")
        return result


def compile_formula(text: str, names: Sequence[str]) -> Formula:
    """Checks a formula in the given names; `pi` and `e` are constants, `nan` leaves a point out.

    Raises:
        InvalidInput: says which character is at fault, why, and what is allowed.
    """
    text = re.sub(r"\s", " ", text)
    if len(text) > MAX_LENGTH:
        raise InvalidInput(
            f"A formula has at most {MAX_LENGTH} characters.", f"{len(text)} characters", "Shorten it.", WHERE
        )
    if not text.strip():
        raise InvalidInput(
            "A formula in " + ", ".join(names) + ".", "an empty one", "Write one, such as sin(pi*x).", WHERE
        )
    reading = read(text.strip(" "), tuple(names), frozenset(FUNCTIONS) | {"where"})
    try:
        tree = ast.parse(reading.text, mode="eval").body
    except SyntaxError as error:
        at = min(max((error.offset or 1) - 1, 0), len(reading.text) - 1)
        reading.refuse(at, "the formula cannot be read there", "Check brackets, commas and operators.")
    except (RecursionError, MemoryError):
        reading.refuse(0, "it is nested too deeply", f"At most {MAX_DEPTH} levels are allowed.")
    _Check(reading, tuple(names)).visit(tree, 0)
    return Formula(reading, tuple(names), tree)


def _column(reading: Reading, node: ast.expr) -> int:
    """The node's first character; `ast` counts UTF-8 bytes."""
    return len(reading.text.encode()[: node.col_offset].decode())


@dataclass(frozen=True)
class _Check:
    reading: Reading
    names: tuple[str, ...]

    def refuse(self, node: ast.expr, why: str, remedy: str) -> NoReturn:
        self.reading.refuse(_column(self.reading, node), why, remedy)

    def visit(self, node: ast.expr, depth: int) -> None:
        if depth > MAX_DEPTH:
            self.refuse(node, "it is nested too deeply", f"At most {MAX_DEPTH} levels are allowed.")
        match node:
            case ast.Constant(value=bool()) | ast.Constant(value=None):
                self.refuse(node, "there is a word that is not a number", "Use numbers and names.")
            case ast.Constant(value=int() | float() as value):
                if not abs(value) <= MAX_CONSTANT:
                    self.refuse(node, "the number is too large", f"Numbers go up to {MAX_CONSTANT:g}.")
            case ast.Name(id=name):
                if name not in self.names and name not in CONSTANTS:
                    if name in FUNCTIONS or name == "where":
                        self.refuse(node, f"the function {name} lacks its brackets", f"Write {name}(...).")
                    self.refuse(node, f"the name '{name}' is not known", self._joined(name) or self.known_names())
            case ast.UnaryOp(op=ast.UAdd() | ast.USub() | ast.Not(), operand=operand):
                self.visit(operand, depth + 1)
            case ast.BoolOp(values=parts):
                for part in parts:
                    self.visit(part, depth + 1)
            case ast.IfExp(test=condition, body=yes, orelse=no):
                for part in (condition, yes, no):
                    self.visit(part, depth + 1)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                if isinstance(op, ast.Pow) and abs(_number(right) or 0.0) > MAX_EXPONENT:
                    self.refuse(right, "the exponent is too large", f"Exponents go up to {MAX_EXPONENT:g}.")
                self.visit(left, depth + 1)
                self.visit(right, depth + 1)
            case ast.Compare(left=left, ops=ops, comparators=others) if _known(ops):
                for part in (left, *others):
                    self.visit(part, depth + 1)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                wanted = 3 if name == "where" else FUNCTIONS.get(name, (0,))[0]
                if not wanted:
                    self.refuse(node, f"the function '{name}' is not known", self.known_functions())
                if len(arguments) != wanted:
                    why = f"{name} takes {wanted} value{'s' * (wanted > 1)}, not {len(arguments)}"
                    self.refuse(node, why, "Separate values by commas.")
                for part in arguments:
                    self.visit(part, depth + 1)
            case _:
                self.refuse(node, "there is something that a formula cannot hold", self.known_functions())

    def _joined(self, name: str) -> str:
        """What to write for sinx; empty for a name that is no function and an input."""
        parts = [(name[:at], name[at:]) for at in range(1, len(name))]
        found = [f"{first}({rest})" for first, rest in parts if first in FUNCTIONS and rest in (*self.names, "t")]
        return f"Write {found[0]}." if found else ""

    def known_names(self) -> str:
        shown = self.names if len(self.names) <= 6 else (*self.names[:3], "...", self.names[-1])
        return f"Allowed are {', '.join(shown)}, pi, e and functions such as sin(...), exp(...)."

    def known_functions(self) -> str:
        return f"Allowed functions: {', '.join(FUNCTIONS)}, where(condition, a, b)."


def _known(comparisons: Sequence[ast.cmpop]) -> bool:
    return all(type(comparison) in COMPARISONS for comparison in comparisons)


def _number(node: ast.expr) -> float | None:
    """The value of a literal with its signs, else None."""
    match node:
        case ast.UnaryOp(operand=operand):
            return _number(operand)
        case ast.Constant(value=int() | float() as value):
            return min(float(value), 1e300) if abs(value) < 1e300 else 1e300
    return None


@dataclass(frozen=True)
class _Evaluation:
    """Evaluates at some points; `where` evaluates each branch only where it is taken.

    Args:
        arrays: Of every input, at all points: a branch takes no copy of them, of which 60 can stand in one another.
        points: (m,) which of them.
        left_out: (m,) where `nan` was met; what is computed from it there is no fault.
    """

    formula: Formula
    arrays: dict[str, FloatArray]
    points: NDArray[np.intp]
    left_out: NDArray[np.bool_]

    @classmethod
    def of(cls, formula: Formula, arrays: dict[str, FloatArray]) -> "_Evaluation":
        count = len(next(iter(arrays.values())))
        return cls(formula, arrays, np.arange(count), np.zeros(count, dtype=np.bool_))

    def value(self, node: ast.expr) -> FloatArray:
        result = np.broadcast_to(self.raw(node), self.shape()).astype(np.float64)
        if isinstance(node, ast.Name) and node.id == "nan":
            self.left_out[:] = True
        wrong = ~np.isfinite(result) & ~self.left_out
        if wrong.any():
            # Made of finite parts, NaN is what a root or a logarithm below 0 gives.
            kind = "real" if np.isnan(result[wrong][0]) else "finite"
            self.refuse(node, wrong, f"is not a {kind} number")
        return result

    def shape(self) -> tuple[int, ...]:
        return self.left_out.shape

    def raw(self, node: ast.expr) -> FloatArray | float:
        match node:
            case ast.Constant(value=int() | float() as value):
                return float(value)
            case ast.Name(id=name):
                return self.arrays[name][self.points] if name in self.arrays else float(CONSTANTS[name])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return np.asarray(self.value(operand) == 0, dtype=np.float64)
            case ast.UnaryOp(op=op, operand=operand):
                return -self.value(operand) if isinstance(op, ast.USub) else self.value(operand)
            case ast.BoolOp(op=op, values=parts):
                together = np.logical_and if isinstance(op, ast.And) else np.logical_or
                return np.asarray(together.reduce([self.value(part) != 0 for part in parts]), dtype=np.float64)
            case ast.BinOp(left=left, op=op, right=right):
                first, second = self.value(left), self.value(right)
                zero = (second == 0) & ~self.left_out
                if isinstance(op, ast.Div | ast.Mod) and zero.any():
                    self.refuse(right, zero, "divides by zero")
                return OPERATORS[type(op)](first, second)
            case ast.Compare(left=left, ops=ops, comparators=others):
                values = [self.value(part) for part in (left, *others)]
                pairs = zip(ops, values[:-1], values[1:], strict=True)
                holds = np.logical_and.reduce([COMPARISONS[type(op)](a, b) for op, a, b in pairs])
                return np.asarray(holds, dtype=np.float64)
            case (
                ast.IfExp(test=condition, body=yes, orelse=no)
                | ast.Call(func=ast.Name(id="where"), args=[condition, yes, no])
            ):
                holds = self.value(condition) != 0
                result = np.empty(self.shape())
                for chosen, branch in ((holds, yes), (~holds, no)):
                    part = self.at(chosen)
                    result[chosen] = part.value(branch)
                    self.left_out[chosen] |= part.left_out
                return result
            case ast.Call(func=ast.Name(id=name), args=arguments):
                function = FUNCTIONS[name][1]
                return np.asarray(function(*(self.value(part) for part in arguments)))
        raise AssertionError(f"{ast.dump(node)} passed the check")

    def at(self, chosen: NDArray[np.bool_]) -> "_Evaluation":
        return _Evaluation(self.formula, self.arrays, self.points[chosen], self.left_out[chosen])

    def refuse(self, node: ast.expr, bad: NDArray[np.bool_], why: str) -> NoReturn:
        first = self.points[np.flatnonzero(bad)[0]]
        names = [name for name in self.formula.names if name != "x1"][:3]  # x is x1
        point = ", ".join(f"{name} = {self.arrays[name][first]:.6g}" for name in names)
        source = ast.unparse(node)
        reading = self.formula.reading
        column = reading.origin[_column(reading, node)]
        raise InvalidInput(
            "A formula that is a finite number at every point.",
            f"'{reading.typed}', where '{source}' (character {column + 1}) {why} at {point}",
            f"Change the formula or the points. To leave {self._leaving(bad, names)} else {reading.typed.strip()}",
            WHERE,
        )

    def _leaving(self, bad: NDArray[np.bool_], names: Sequence[str]) -> str:
        """How to leave the points at fault out, as text to be written."""
        if len(names) != 1 or np.sum(bad) != 1:
            return "such points out, write nan if CONDITION"
        return f"that point out, write nan if {names[0]} == {float(self.arrays[names[0]][self.points[bad]][0])!r}"
