"""A formula never does anything but compute: in bounded time and memory, whatever is written."""

import time
import tracemalloc

import numpy as np
import pytest

from ntkscope.experiment.problem.formula import FUNCTIONS, MAX_LENGTH, compile_formula
from ntkscope.experiment.problem.formula_waves import named_waves
from tests.hostile import read_all, texts

POINTS = np.linspace(-1.0, 1.0, 9)
NAMES = ["x", "x1"]
GOOD = [
    "sin(pi*x)", "0.3*x^2 - |x|", "1 if x>0 else -1", "where(x < 0, -x, sqrt(x))", "2πx", "exp(-x**2/2)", "e^(2*x)",
    "(x>0) & (x<0.5)", "nan if abs(x) < 0.1 else 1/x", "x² - x³ + (x+3)⁻¹", "np.sin(2*np.pi*x)", "max(x, min(x1, 0))",
    "not x and x1 or 2", "atan2(x, 1) % 0.3", *(f"{name}(x)" for name in FUNCTIONS),
]  # fmt: skip
BAD = [
    "__import__('os').system('id')", "().__class__.__bases__[0].__subclasses__()", "open('/etc/passwd').read()",
    "eval('1')", "exec('x=1')", "(lambda: x)()", "[x for x in (1,)]", "f'{x}'", "x.__class__", "getattr(x, 'real')",
    "x := 1", "print(x)", "lambda", "yield x", "await x", "import os", "x; x", "x if x", "*x", "**x", "x[0]", "{x: x}",
    "'a'*9", "b'a'", "9**9**9**9", "1e999", "0x1f", "1_000", "1j", "9" * 400, "True", "None", "...", "\\\nx", "#x",
    "np.__builtins__", "math.os", "torch.load('x')", "scipy.io.x", "ｘ", "１", "𝐱", "x\u202e", "(" * 240, ")" * 240,
    "-" * 300, "abs(" * 90, "where(x," * 60, "x if x else " * 40, "x**" * 100, "|" * 100, "⁻" * 90, "not " * 100,
    "x<" * 200, "x and " * 80, "1e308*10", "exp(" * 90, "(x,)", "sin(x=x)", "sin(*x)", "where()", "nan*0", "-nan",
]  # fmt: skip
SIGNS = [*"x1290.e+-*/%()<>=,|^&!πθ² ⁻\t\n_'\"[]{}:;@~\\\0", "sin", "if", "else", "and", "not", "where", "np.", "**"]


def computed(text: str) -> None:
    """As a target is: checked, evaluated, and looked through for its waves."""
    formula = compile_formula(text, NAMES)
    values = formula(dict.fromkeys(NAMES, POINTS))
    assert values.shape == POINTS.shape
    assert not np.isinf(values).any()
    assert all(np.isfinite(wave) for wave in named_waves(formula, NAMES))


@pytest.mark.parametrize("number", [3000, pytest.param(10**6, marks=[pytest.mark.soak, pytest.mark.timeout(7200)])])
def test_none_escapes_and_none_hangs(number: int) -> None:
    told = read_all(computed, texts(number, number, GOOD, BAD, SIGNS, " + "))

    print(f"{number:,} formulas: {told.answered:,} computed, {told.refused:,} refused, {1e3 * told.longest:.1f} ms")
    assert told.escapes == []
    assert told.answered + told.refused == number
    assert told.answered > number // 10
    assert told.longest < 1.0, told.slowest


HEAVY = {
    "a condition in a condition": "where(1," * 44 + "x1" + ",1)" * 44,
    "the last condition": "1 if x1<0 else " * 32 + "x1",
    "functions in one another": "sin(" * 90 + "x1" + ")" * 90,
    "a chain of comparisons": "<".join(["x1"] * 160),
    "a chain of conditions": " and ".join(["x1"] * 60),
    "powers": "**".join(["x1"] * 90),
    "balanced sums": "+".join(["(x1*x2)"] * 50),
}


@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY.keys())
def test_the_heaviest_stay_small_and_short(text: str) -> None:
    assert len(text) <= MAX_LENGTH
    names = [f"x{number + 1}" for number in range(64)]
    inputs = np.random.default_rng(0).uniform(0.5, 1.0, (64, 4096))
    formula = compile_formula(text, names)
    start = time.process_time()
    tracemalloc.start()
    try:
        formula(dict(zip(names, inputs, strict=True)))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 24 * 2**20, "bytes"
    assert time.process_time() - start < 2.0
