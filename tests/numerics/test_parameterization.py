import math

import pytest

from ntkscope.numerics import scales
from tests.numerics.twins import REFERENCE


@pytest.mark.parametrize("case", REFERENCE["empirical"], ids=lambda case: case["id"])
def test_reference_scales(case: dict) -> None:
    found = scales(case["parameterization"], case["dims"][:-1], case["W_std"], case["b_std"])
    assert found.weight_scales == pytest.approx(case["weight_scale"], rel=1e-15, abs=0)
    assert found.bias_scale == pytest.approx(case["bias_scale"], rel=1e-15, abs=0)
    assert found.output_scale == 1


def test_every_parameterization_draws_the_same_functions() -> None:
    """Scale times deviation, which is the standard deviation of what a layer adds, is sigma_w/sqrt(fan_in)."""
    for name in ("ntk", "standard", "mean_field"):
        found = scales(name, [3, 100, 25], 1.5, 0.5)
        products = [s * d for s, d in zip(found.weight_scales, found.weight_deviations, strict=True)]
        assert products == pytest.approx([1.5 / math.sqrt(n) for n in (3, 100, 25)])
        assert found.bias_scale * found.bias_deviation == 0.5
        assert found.output_scale == pytest.approx(1 / 5 if name == "mean_field" else 1)


def test_an_unknown_one_is_refused() -> None:
    with pytest.raises(ValueError, match="one of ntk, standard, mean_field; you gave 'mup'"):
        scales("mup", [3], 1.0, 0.0)
