import pytest

from ntkscope.experiment.format import frequency, number, percent


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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (0.5, "0.5"),
        (3.8197, "3.82"),
        (999.4, "999"),
        (999.7, "1,000"),
        (5000.0, "5,000"),
        (1e-5, "1.00×10⁻⁵"),
    ],
)
def test_frequencies_end_in_no_zeros(value: float, text: str) -> None:
    assert frequency(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, "100 %"), (0.0123, "1.23 %"), (1e-6, "0.0001 %"), (1e-9, "under 0.0001 %"), (0, "0 %")]
)
def test_percents(share: float, text: str) -> None:
    assert percent(share) == text
