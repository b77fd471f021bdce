"""Formulas as people write them -> the one form that `formula.py` checks: powers, products, other libraries' names."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import NoReturn

from ntkscope.errors import InvalidInput

WHERE = "data.target.text"
CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e, "nan": math.nan}  # nan leaves a point out
LIBRARIES = ("np", "numpy", "math", "torch", "jnp", "tf", "scipy")
ALIASES = {
    "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "fabs": "abs",
    "absolute": "abs", "sgn": "sign", "power": "pow", "fmod": "mod", "maximum": "max", "minimum": "min",
    "ceiling": "ceil", "step": "heaviside", "logistic": "sigmoid", "rint": "round", "Abs": "abs",
    "√": "sqrt", "PI": "pi", "Pi": "pi", "NaN": "nan", "NAN": "nan",
}  # fmt: skip
SYMBOLS = {
    "^": "**", ".^": "**", ".**": "**", ".*": "*", "./": "/", "·": "*", "×": "*", "⋅": "*", "÷": "/", "−": "-",
    "–": "-", "≤": "<=", "≥": ">=", "≠": "!=", "&&": " and ", "&": " and ", "∧": " and ",
}  # fmt: skip
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
WORDS = ("if", "else", "and", "or", "not", "in", "is", "lambda", "for")
TOKEN = re.compile(
    rf"(?P<library>\b(?:{'|'.join(LIBRARIES)})\.(?:(?:math|special|nn|functional)\.)*(?=[A-Za-z]))"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*|[πθ]|√(?= *\())|(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)|(?P<bar>\|)"
    r"|(?P<operator>\.\*\*|\.\^|\.\*|\./|\*\*|<=|>=|==|!=|&&|[-+*/%(),<>^·×⋅÷−–≤≥≠&∧])|(?P<space> )"
)


@dataclass
class Reading:
    """A formula in the one form, and where each of its characters comes from.

    Args:
        typed: As it was written.
        text: As it is read.
        origin: For each character of `text`, the number of the one in `typed`.
    """

    typed: str
    text: str = ""
    origin: list[int] = field(default_factory=list)

    def add(self, part: str, at: int) -> None:
        """Append a part that was written at a character."""
        self.text += part
        self.origin += [at] * len(part)

    def refuse(self, column: int, why: str, remedy: str) -> NoReturn:
        """The error about a character of `text`, told of the one that was typed."""
        refuse(self.typed, self.origin[min(column, len(self.origin) - 1)] if self.origin else 0, why, remedy)


def refuse(typed: str, column: int, why: str, remedy: str) -> NoReturn:
    """The error about a character as it was typed."""
    raise InvalidInput(
        "A formula of numbers, names, + - * / % ** < > and functions.",
        f"'{typed.strip()}', and at character {column + 1} ('{typed[column : column + 1] or ' '}') {why}",
        remedy,
        WHERE,
    )


def read(typed: str, names: tuple[str, ...], functions: frozenset[str]) -> Reading:
    """Powers by ^ and superscripts, products without a sign, |x|, ln, np.sin, t for the only input: in the one form.

    Args:
        typed: The formula, on one line.
        names: Its inputs; the first is meant by `t` where there is no other.
        functions: Names that a bracket follows.

    Raises:
        InvalidInput: a character that no formula has, or a product that can be read in two ways.
    """
    reading, position, before, values = Reading(typed), 0, _Before(), {*names, *CONSTANTS}
    while position < len(typed):
        match = TOKEN.match(typed, position)
        if match is None:
            refuse(typed, position, "there is a character that is not allowed", _instead(typed, position))
        kind, part = match.lastgroup or "", match.group()
        if kind == "name":
            part = ALIASES.get(part, part)
            if part == "t" and not {"t", "x2"} & set(names):
                part = names[0]
        if before.function and (kind in ("number", "power", "library") or (kind == "name" and part not in WORDS)):
            _refuse_without_brackets(typed, position, before.part, part if kind == "power" else "")
        if kind == "number" and before.kind == "comma" and before.decimal(typed, position):
            refuse(typed, position - 1, "there is a decimal comma", "Write numbers with a point, as in 0.5.")
        if before.is_value() and _begins_value(kind, part, before, values):
            if before.kind == "number" and kind == "number":
                refuse(typed, position, "a number follows a number", "Write an operator between them.")
            if typed[position - 1] != " ":
                _refuse_two_readings(typed, position, before)
            reading.add("*", position)
        if kind == "bar":
            part = ")" if before.is_value() and before.bars else "abs("
            before.bars += 1 if part == "abs(" else -1
        elif kind == "power":
            part = f"**({part.translate(SUPERSCRIPTS)})"
        elif kind == "operator":
            part = SYMBOLS.get(part, part)
        if kind != "library":
            reading.add(part, position)
        before.take(kind, part, functions)
        position = match.end()
    return reading


@dataclass
class _Before:
    """What stands before a token."""

    kind: str = ""
    part: str = ""
    function: bool = False
    depth: int = 0
    bars: int = 0  # that are open
    divides: bool = False  # the value before stands under a fraction, or in an exponent, by itself

    def take(self, kind: str, part: str, functions: frozenset[str]) -> None:
        if kind in ("space", "library"):
            return
        self.depth += part.count("(") - part.count(")")
        if kind == "operator":
            self.divides = part in ("/", "**")
        elif kind != "number" and not (kind == "name" and self.divides):
            self.divides = False
        self.kind, self.part = "comma" if part == "," else kind, part
        self.function = kind == "name" and part in functions

    def is_value(self) -> bool:
        """Whether a value ends here, so that what begins another is its factor."""
        if self.kind == "name":
            return not self.function and self.part not in WORDS
        return self.kind in ("number", "power") or self.part == ")"

    def decimal(self, typed: str, position: int) -> bool:
        """Whether the comma just before stands outside all brackets, between digits."""
        return self.depth == 0 and position >= 2 and typed[position - 1] == "," and typed[position - 2].isdigit()


def _begins_value(kind: str, part: str, before: _Before, values: set[str]) -> bool:
    if kind == "name":
        # Two inputs side by side are a slip more often than a product.
        return part not in WORDS and (before.kind != "name" or before.part in CONSTANTS)
    if kind == "bar":
        return before.bars == 0
    return kind == "number" or (part == "(" and (before.kind != "name" or before.part in values))


def _refuse_two_readings(typed: str, position: int, before: _Before) -> None:
    """1/2x and e^2x: what is meant is said by brackets alone."""
    if before.divides and before.kind in ("number", "name"):
        refuse(
            typed,
            position,
            "a product without a sign follows a fraction or a power, which can be read in two ways",
            "Write brackets, as in 1/(2*x) or (1/2)*x, e^(2*x) or (e^2)*x.",
        )


def _refuse_without_brackets(typed: str, position: int, function: str, power: str) -> NoReturn:
    """cos 2x: how far the function reaches is said by brackets alone; sin²(x) is a power of the whole."""
    exponent = power.translate(SUPERSCRIPTS)
    after = "" if not power else f"**{exponent}" if exponent.isdigit() else f"**({exponent})"
    refuse(typed, position, f"the function {function} lacks its brackets", f"Write {function}(...){after}.")


def _instead(typed: str, position: int) -> str:
    if typed[position] == "=":
        side = typed[position + 1 :].strip()
        return f"Write the right-hand side only: {side}" if side else "Write the right-hand side only."
    return {
        "[": "Use round brackets; inputs are called x1, x2, ...",
        "{": "Use round brackets.",
        "√": "Write sqrt(...).",
        "∞": "Write a number.",
        ";": "Write one formula, with a comma between the values of a function.",
    }.get(typed[position], "Use digits, names, + - * / % ^ ( ) , < > only.")
