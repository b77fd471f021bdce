"""Pasted text -> Python's syntax tree and the numbers in it. Nothing is ever executed."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from ntkscope.errors import InvalidInput
from ntkscope.schemas.model import LONGEST_TEXT

MOST_PARTS = 5_000  # layers and numbers that are looked at: names in one another can stand for any number of them
DEEPEST = 40  # names and operations in one another
LARGEST, LARGEST_EXPONENT = 1e12, 16.0
REMEDY = "Paste the lines of nn.Sequential(...) or of a Keras Sequential, with the optimizer's and the loss's."
PROMPT = re.compile(r"^(>>> ?|\.\.\. |In \[\d+\]: ?)", re.MULTILINE)
PRINTED = re.compile(r"^(\s*)\(\w+\): (?=[A-Z]\w*\()", re.MULTILINE)  # a line of a printed module: "  (0): Linear(...)"
OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b, ast.FloorDiv: lambda a, b: a // b, ast.Pow: lambda a, b: a**b,
}  # fmt: skip


def refused(expected: str, got: str, remedy: str, node: ast.AST | SyntaxError | None = None) -> InvalidInput:
    """What is wrong, at the line of a node or of Python's own error."""
    line = getattr(node, "lineno", None)
    return InvalidInput(expected, got, remedy, "" if line is None else f"line {line}")


class Source:
    """A pasted text.

    Args:
        text: As it was pasted: also indented, with prompts, or as `print(model)` shows a module.

    Raises:
        InvalidInput: it is too long, or no Python.
    """

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_TEXT:
            raise refused(f"At most {LONGEST_TEXT:,} characters.", f"{len(text):,}", REMEDY)
        self._looked = 0
        try:
            self.tree = ast.parse(textwrap.dedent(_written(PROMPT.sub("", text.expandtabs()))))
        except SyntaxError as error:
            raise refused("The text of a model in Python.", error.msg, REMEDY, error) from None
        except (ValueError, RecursionError, MemoryError):
            raise refused("The text of a model in Python.", "text that Python cannot read", REMEDY) from None
        self._names: dict[str, ast.expr] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self._names.setdefault(node.targets[0].id, node.value)

    def look(self, node: ast.AST) -> None:
        """Counts one more part.

        Raises:
            InvalidInput: there are too many.
        """
        self._looked += 1
        if self._looked > MOST_PARTS:
            raise refused(f"At most {MOST_PARTS:,} layers and numbers.", "names that stand for more", REMEDY, node)

    def calls(self) -> Iterator[ast.Call]:
        """Every call, in the order of the text."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        return iter(sorted(found, key=lambda node: (node.lineno, node.col_offset)))

    def resolved(self, node: ast.expr) -> ast.expr:
        """What a name stands for, as far as it was assigned in the text."""
        for _ in range(DEEPEST):
            if not isinstance(node, ast.Name) or node.id not in self._names:
                break
            node = self._names[node.id]
        return node

    def value(self, node: ast.expr, depth: int = 0) -> Any:
        """A number, a text, True, False or None, or a tuple of them.

        Raises:
            InvalidInput: it is none that stands in the text.
        """
        node = self.resolved(node)
        self.look(node)
        if depth < DEEPEST:
            match node:
                case ast.Constant(value=value) if value is None or isinstance(value, bool | int | float | str):
                    return value
                case ast.UnaryOp(op=ast.USub(), operand=operand):
                    return -self._number(operand, depth)
                case ast.BinOp(left=left, op=operation, right=right) if type(operation) in OPERATIONS:
                    return self._operation(node, operation, self._number(left, depth), self._number(right, depth))
                case ast.Tuple(elts=parts) | ast.List(elts=parts):
                    return tuple(self.value(part, depth + 1) for part in parts)
        raise refused("A number that stands in the text.", f"'{shown(node)}'", "Write the number itself.", node)

    def arguments(self, call: ast.Call, names: tuple[str, ...]) -> dict[str, ast.expr]:
        """What a call is given, by the names of its first parameters.

        Raises:
            InvalidInput: some of it stands elsewhere, as in Linear(*sizes).
        """
        if any(isinstance(part, ast.Starred) for part in call.args) or any(word.arg is None for word in call.keywords):
            raise refused("Arguments that stand in the text.", f"'{shown(call)}'", "Write them out.", call)
        given = dict(zip(names, call.args, strict=False))
        return given | {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}

    def _number(self, node: ast.expr, depth: int) -> float:
        value = self.value(node, depth + 1)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
            raise refused("A number.", f"'{shown(node)}'", "Write the number itself.", node)
        return value

    def _operation(self, node: ast.expr, operation: ast.operator, left: float, right: float) -> float:
        try:
            if isinstance(operation, ast.Pow) and abs(right) > LARGEST_EXPONENT:
                raise OverflowError
            result = OPERATIONS[type(operation)](left, right)
        except ArithmeticError:
            result = None
        if isinstance(result, int | float) and abs(result) <= LARGEST:
            return result
        raise refused("A number of ordinary size.", f"'{shown(node)}'", "Write the number itself.", node)


def called(node: ast.AST) -> str:
    """The last name of what is called: Linear, for torch.nn.Linear(1, 64); empty where it has none."""
    function = node.func if isinstance(node, ast.Call) else node
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def shown(node: ast.AST) -> str:
    """A part of the text, shortened."""
    try:
        text = ast.unparse(node)
    except RecursionError:
        text = type(node).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."


def _written(text: str) -> str:
    """A module as `print` shows it, as one would write it: "(0): ReLU()" becomes "ReLU(),"; other text stays."""
    if not PRINTED.search(text):
        return text
    lines = PRINTED.sub(r"\1", text).rstrip().splitlines()
    ends = [line + "," * (line.endswith(")") and index < len(lines) - 1) for index, line in enumerate(lines)]
    return "\n".join(ends)
