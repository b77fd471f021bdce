"""Shapes and types of numerics are checked under pytest, anew in every test (tests/typechecks.py)."""

import pytest
import torch
from jaxtyping import TypeCheckError

from ntkscope.numerics.spectrum import spectrum
from tests.typechecks import CALLS


@pytest.mark.parametrize("again", [1, 2])
def test_the_first_calls_in_each_test_are_checked(again: int) -> None:
    for _ in range(CALLS):
        with pytest.raises(TypeCheckError, match="spectrum"):
            spectrum(torch.eye(3, dtype=torch.float64)[:2])
    with pytest.raises(RuntimeError):  # PyTorch's own: later calls are left to it
        spectrum(torch.eye(3, dtype=torch.float64)[:2])
