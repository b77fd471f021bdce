import pytest

from ntkscope.experiment.format import number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (2667, "2,667"),
        (3.2, "3.20"),
        (0.0213, "0.0213"),
        (0.001, "0.00100"),
        (1.234e-4, "1.23×10⁻⁴"),
        (123456.7, "1.23×10⁵"),
        (1234.4, "1,234"),
        (-0.5, "-0.500"),
        (99999.4, "99,999"),
    ],
)
def test_three_significant_figures(value: float, text: str) -> None:
    assert number(value) == text
