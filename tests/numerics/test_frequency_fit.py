"""The exponent of lambda against frequency."""

import math

import pytest
import torch

from ntkscope.numerics import frequency_fit
from tests.numerics.twins import tensor


def test_pairs_enter_once_and_parities_apart() -> None:
    frequencies = tensor([0.0, 1, 1, 2, 2, 3, 3, 4, 4, math.nan, 5])
    odd, even = 5 * frequencies**-1.5, 7 * frequencies**-2.5
    eigenvalues = torch.where(frequencies % 2 == 1, odd, even).nan_to_num(1.0, posinf=100.0)
    eigenvalues[1::2] *= 1.1  # the pairs split; the mean of each is as exact a power law
    eigenvalues[2::2] *= 0.9
    eigenvalues[-1] = 1e-20
    first, second = frequency_fit(frequencies, eigenvalues, 1e-15, 1), frequency_fit(frequencies, eigenvalues, 1e-15, 0)
    assert first is not None
    assert second is not None
    assert (first.slope, first.lowest, first.highest, first.count) == (pytest.approx(-1.5), 1, 3, 2)
    assert (second.slope, second.count) == (pytest.approx(-2.5), 2)
    assert first.standard_error is None


def test_all_of_a_power_law() -> None:
    frequencies = torch.arange(1, 20).double()
    found = frequency_fit(frequencies, 3 * frequencies**-2, 0.0)
    assert found is not None
    assert found.slope == pytest.approx(-2)
    assert found.standard_error == pytest.approx(0, abs=1e-12)
    assert found.count == 19


def test_too_few_frequencies() -> None:
    assert frequency_fit(tensor([1.0, 1.0, 0.0]), tensor([1.0, 2.0, 3.0]), 0.0) is None
