"""Formulas: what they compute, what they refuse and where they point."""

import ast
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ntkscope.errors import InvalidInput
from ntkscope.experiment.problem.formula import FUNCTIONS, MAX_LENGTH, compile_formula

X = np.linspace(-1, 1, 9)


def evaluate(text: str, x: Any = X) -> Any:
    return compile_formula(text, ["x", "x1"])({"x": x, "x1": x})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sin(pi*x) + 0.3*sin(5*π*x)", np.sin(np.pi * X) + 0.3 * np.sin(5 * np.pi * X)),
        ("x1**2 - e", X**2 - np.e),
        ("-x % 0.3", -X % 0.3),
        ("  max(x, 0) ", np.maximum(X, 0)),
        ("atan2(x, 1)", np.arctan2(X, 1)),
        ("1.5e-3", np.full(9, 1.5e-3)),
        ("0 < x <= 0.5", ((X > 0) & (X <= 0.5)).astype(float)),
        ("where(x > 0, 1/max(x, 0.1), sqrt(-x))", np.where(X > 0, 1 / np.maximum(X, 0.1), np.sqrt(np.abs(X)))),
        ("where(x < 0, 1/x, 0)", np.array([-1, -4 / 3, -2, -4, 0, 0, 0, 0, 0])),
    ],
)
def test_it_computes(text: str, expected: Any) -> None:
    np.testing.assert_allclose(evaluate(text), expected, rtol=1e-15, atol=0)


@pytest.mark.parametrize(
    ("text", "character", "why"),
    [
        ("__import__", 1, "not known"),
        ("__import__('os').system('ls')", 12, "not allowed"),
        ("x + __import__(x)", 5, "function '__import__' is not known"),
        ("x.real", 2, "not allowed"),
        ("x[0]", 2, "not allowed"),
        ("2 * y", 5, "'y' is not known"),
        ("y = x", 3, "not allowed"),
        ("π + θ", 5, "'θ' is not known"),
        ("sin(x", 4, "cannot be read"),
        ("x)", 2, "cannot be read"),
        ("x x", 3, "cannot be read"),
        ("sin", 1, "lacks its brackets"),
        ("x + sin(x, x)", 5, "takes 1 value, not 2"),
        ("where(x)", 1, "takes 3 values, not 1"),
        ("x in x", 1, "cannot hold"),
        ("1/2x", 4, "two ways"),
        ("e^2x", 4, "two ways"),
        ("x/3pi", 4, "two ways"),
        ("0,5*x", 2, "decimal comma"),
        ("2 3", 3, "number follows"),
        ("foo(x)", 1, "function 'foo' is not known"),
        ("x = 2", 3, "not allowed"),
        ("np.foo(x)", 4, "function 'foo' is not known"),
        ("np.x^^2", 6, "cannot be read"),
        ("sin(*x)", 5, "cannot hold"),
        ("True", 1, "not a number"),
        ("x**99", 4, "exponent"),
        ("x**-99", 4, "exponent"),
        ("x + 1e13", 5, "too large"),
        ("9" * 400, 1, "too large"),
        ("lambda", 1, "cannot be read"),
        ("(" * 240 + "x" + ")" * 240, 201, "cannot be read"),
    ],
)
def test_it_refuses_and_says_where(text: str, character: int, why: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        evaluate(text)
    assert f"at character {character} (" in caught.value.got
    assert why in caught.value.got
    assert caught.value.where == "data.target.text"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ln(x+2)", "log(x+2)"),
        ("np.sin(2*np.pi*x)", "sin(2*pi*x)"),
        ("torch.sin(x) + math.pi + tf.math.cos(x)", "sin(x) + pi + cos(x)"),
        ("torch.nn.functional.relu(x)", "max(x, 0)"),
        ("x^2 + x.^3 + x**4", "x**2 + x**3 + x**4"),
        ("x² - x³ + (x+3)⁻¹", "x**2 - x**3 + (x+3)**(-1)"),
        ("2x", "2*x"),
        ("2 x", "2*x"),
        ("sin(2 pi x)", "sin(2*pi*x)"),
        ("2πx", "2*pi*x"),
        ("3(x+1)(x-1)x", "3*(x+1)*(x-1)*x"),
        ("2x^2 sin(3x)", "2*x**2*sin(3*x)"),
        ("x(x+1)", "x*(x+1)"),
        ("2|x| + |x-1|", "2*abs(x) + abs(x-1)"),
        ("|x - |x||", "abs(x - abs(x))"),
        ("sin(t)", "sin(x)"),
        ("1 if x>0 else -1", "where(x>0, 1, -1)"),
        ("x if 0 < x and x < 0.5 or not x < 0.9 else 0", "where(0 < x, where(x < 0.5, x, where(x >= 0.9, x, 0)), 0)"),
        ("(x>0) & (x<0.5)", "where(x>0, x<0.5, 0)"),
        ("x ≤ 0.25", "x <= 0.25"),
        ("2·x − 3×x", "2*x - 3*x"),
        ("pow(x, 2) + mod(x, 0.3)", "x**2 + x % 0.3"),
        ("arctan(x) + maximum(x, 0)", "atan(x) + max(x, 0)"),
        ("max(0,5*x)", "max(0, 5*x)"),
        ("2e3x + 1e-3", "2000*x + 0.001"),
        ("x == 0", "where(x >= 0, x <= 0, 0)"),
        ("heaviside(x)", "where(x > 0, 1, where(x < 0, 0, 0.5))"),
        ("sigmoid(x)", "1/(1 + exp(-x))"),
        ("sinc(x + 2)", "sin(pi*(x+2))/(pi*(x+2))"),
        ("x/2 + 3x", "x/2 + 3*x"),
        ("1/2 x", "0.5*x"),
        ("√(x+2) + 2√ (4)", "sqrt(x+2) + 4"),
    ],
)
def test_it_is_read_as_people_write_it(written: str, meant: str) -> None:
    np.testing.assert_allclose(evaluate(written), evaluate(meant), rtol=1e-14, atol=1e-16)


def test_the_character_is_the_one_that_was_typed() -> None:
    with pytest.raises(InvalidInput) as caught:
        evaluate("np.sin(2πx) + 3x² + q")
    assert "at character 21 ('q')" in caught.value.got
    with pytest.raises(InvalidInput, match=r"character 9\) divides by zero"):
        evaluate("2 x + 1/x")


def test_t_is_the_only_input_and_none_of_several() -> None:
    with pytest.raises(InvalidInput, match="'t' is not known"):
        compile_formula("t", ["x1", "x2"])
    circle = compile_formula("2t", ["t"])
    assert circle({"t": X}).tolist() == (2 * X).tolist()


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("cos 2x", "Write cos(...)."),
        ("sin x + 1", "Write sin(...)."),
        ("ln x", "Write log(...)."),
        ("1 + sin²(x)", "Write sin(...)**2."),
        ("np.sin π", "Write sin(...)."),
        ("sinx", "Write sin(x)."),
        ("2 + cost", "Write cos(t)."),
    ],
)
def test_a_function_without_brackets_is_answered_by_how_it_is_written(written: str, remedy: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        evaluate(written)
    assert caught.value.remedy == remedy


def test_an_equation_is_answered_by_its_right_hand_side() -> None:
    with pytest.raises(InvalidInput) as caught:
        evaluate("y = 2x")
    assert caught.value.remedy == "Write the right-hand side only: 2x"


@pytest.mark.parametrize("text", ["-" * 300 + "x", "+".join(["x"] * 140), "abs(" * 99 + "-" * 4 + "x" + ")" * 99])
def test_depth_is_bounded(text: str) -> None:
    with pytest.raises(InvalidInput, match="nested too deeply"):
        evaluate(text)


def test_length_is_bounded() -> None:
    with pytest.raises(InvalidInput, match="501 characters"):
        evaluate("x" * (MAX_LENGTH + 1))


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_formula_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="an empty one"):
        evaluate(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("1 + 1/x", r"'x' \(character 7\) divides by zero at x = 0\."),
        ("1/(x*x - x)", r"'x \* x - x' \(character 4\) divides by zero at x = 0\."),
        ("5 % x", "divides by zero at x = 0"),
        ("exp(-1/x**2)", "divides by zero at x = 0"),
        ("sqrt(x)", r"'sqrt\(x\)' \(character 1\) is not a real number at x = -1\."),
        ("π + log(x)", r"\(character 5\) is not a real number at x = -1"),
        ("x**0.5", "is not a real number at x = -1"),  # complex
        ("tanh(exp(999*x))", "is not a finite number at x = 0.75"),
        ("x**-1", "is not a finite number at x = 0"),
        ("1/(x + 2e-17)", r"\(character 1\) is beyond 1e\+12 at x = 0"),
    ],
)
def test_a_value_that_is_not_finite_is_named_with_its_point(text: str, what: str) -> None:
    with pytest.raises(InvalidInput, match=what):
        evaluate(text)


def test_known_names_are_told() -> None:
    with pytest.raises(InvalidInput, match="Allowed are x, x1, x2, theta, pi, e"):
        compile_formula("z", ["x", "x1", "x2", "theta"])


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=40) | st.text(alphabet="x1.e+-*/%()<>=, sincopqrtπ_'", max_size=40))
def test_any_text_is_computed_or_refused(text: str) -> None:
    try:
        values = evaluate(text)
    except InvalidInput:
        return
    assert values.shape == X.shape
    assert not np.isinf(values).any()
    assert "nan" in text.lower() or not np.isnan(values).any()  # only who says nan leaves points out


def formulas() -> st.SearchStrategy[str]:
    """Random formulas that Python's own `eval` understands as well."""
    leaves = st.sampled_from(["x", "x1", "pi", "e", "2", "0.25", "3e-2"])
    one = sorted(name for name, (arguments, _) in FUNCTIONS.items() if arguments == 1)

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return (
            st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%", "**"]), inner).map(
                lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
            )
            | st.tuples(inner, st.sampled_from(["<", ">="]), inner).map(
                lambda parts: f"(0.0 + ({parts[0]} {parts[1]} {parts[2]}))"
            )
            | st.tuples(st.sampled_from(one), inner).map(lambda parts: f"{parts[0]}({parts[1]})")
            | inner.map(lambda part: f"-{part}")
        )

    return st.recursive(leaves, grown, max_leaves=8)


@settings(max_examples=300, deadline=None)
@given(formulas())
@example("sign(2) ** -1")
def test_it_equals_numpy(text: str) -> None:
    try:
        values = evaluate(text)
    except InvalidInput:
        return
    # of floats: NumPy refuses a negative power of the whole number that a function makes of one
    in_floats = {name: lambda *given, of=of: of(*map(float, given)) for name, (_, of) in FUNCTIONS.items()}
    names = in_floats | {"pi": np.pi, "e": np.e}
    with np.errstate(all="ignore"):
        code = compile(ast.parse(text, mode="eval"), "", "eval")
        expected = [float(eval(code, {"x": x, "x1": x, **names})) for x in X]
    np.testing.assert_allclose(values, expected, rtol=1e-13, atol=1e-300)
