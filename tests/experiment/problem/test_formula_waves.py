"""The waves that a formula names."""

import math

import pytest

from ntkscope.experiment.problem.formula import compile_formula
from ntkscope.experiment.problem.formula_waves import named_waves


@pytest.mark.parametrize(
    ("text", "waves"),
    [
        ("abs(x) + 0.3*sin(12*x)", [12.0]),
        ("sin(pi*x) + 0.5*sin(3*pi*x)", [math.pi, 3 * math.pi]),
        ("sin(2*pi*x/10)", [math.pi / 5]),
        ("cos(-(x + 1)*4 - x)", [5.0]),
        ("sin(x)*cos(3*x)", [1.0, 3.0]),
        ("sin(x) + cos(x)", [1.0]),
        ("exp(sin(2*x))", [2.0]),
        ("sin(2**3*x)", [8.0]),
        ("sin(x**2) + cos(x*x) + sin(3) + sin(1/x) + sin(abs(x)) + x", []),
        ("sin(x - x)", []),
        ("sin((1000000000000**64)*x)", []),
        ("1 + sin(5*x)*(2 + sin(x))", [5.0, 1.0]),
    ],
)
def test_sines_of_a_line_are_named(text: str, waves: list[float]) -> None:
    assert named_waves(compile_formula(text, ["x", "x1"]), ["x", "x1"]) == pytest.approx(waves)


def test_a_sine_of_another_name_is_no_wave() -> None:
    formula = compile_formula("sin(3*theta) + cos(5*x) + sin(theta + x)", ["theta", "x"])
    assert named_waves(formula, ["theta"]) == [3.0]
