"""Laws in their table: what remains of a mode and its factor belong together, and to the events' names."""

import math
from typing import get_args

import pytest
import torch

from ntkscope.numerics import LAWS
from ntkscope.numerics.law import laws_apart
from ntkscope.schemas.event import LawName
from tests.numerics.twins import tensor

EIGENVALUES = tensor([3.0, 0.4, 1e-3, 1e-18, -1e-17])


def test_the_events_name_every_law() -> None:
    assert set(get_args(LawName)) == set(LAWS)


@pytest.mark.parametrize("name", LAWS)
def test_the_factor_is_what_is_lost_over_the_eigenvalue(name: str) -> None:
    law, steps = LAWS[name](0.2), tensor([0.0, 1.0, 7.0, 400.0])
    remaining, factor = law.remaining(EIGENVALUES, steps), law.factor(EIGENVALUES, steps)
    above = EIGENVALUES[:3]
    torch.testing.assert_close(factor[:, :3], (1 - remaining[:, :3]) / above, rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(factor[:, 4], 0.2 * steps)
    assert remaining[0].tolist() == [1.0] * 5


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("rate", [0.2, 50.0])
def test_at_infinity_every_law_is_kernel_regression(name: str, rate: float) -> None:
    law, forever = LAWS[name](rate), tensor([1.0, math.inf])
    assert law.remaining(EIGENVALUES, forever)[1].tolist() == [0, 0, 0, 1, 1]
    assert law.factor(EIGENVALUES, forever)[1].tolist() == [1 / 3, 1 / 0.4, 1 / 1e-3, 0, 0]


@pytest.mark.parametrize("name", LAWS)
def test_a_mode_grows_exactly_above_the_largest_stable_eigenvalue(name: str) -> None:
    law = LAWS[name](0.2)
    largest = min(law.largest_stable_eigenvalue, 1e6)
    found = law.remaining(tensor([1.01 * largest, 0.99 * largest]), tensor([10.0])).abs()[0]
    assert (float(found[0]) > 1) == math.isfinite(law.largest_stable_eigenvalue)
    assert float(found[1]) < 1


@pytest.mark.parametrize("name", LAWS)
def test_steps_are_those_of_the_time(name: str) -> None:
    steps = LAWS[name](0.2).steps_at(tensor([0.0, 1.4, 1.49, math.inf]))
    torch.testing.assert_close(steps, tensor([0.0, 7.0, 7.45, math.inf]), rtol=0, atol=0.5)
    assert steps[1] == pytest.approx(7)


@pytest.mark.parametrize("contraction", [0.0, 3e-5, 9.9e-5, 1.1e-4, 1e-3, 0.05, 0.3, 1.0, 1.3, 1.7])
def test_how_far_two_laws_come_apart_is_the_most_of_all_steps(contraction: float) -> None:
    slow = max(
        abs((1 - contraction) ** k - math.exp(-contraction * k))
        for k in range(min(300_000, int(10 / (contraction or 1)) + 2))
    )
    assert laws_apart(contraction) == pytest.approx(slow, rel=2e-4, abs=1e-15)


def test_laws_that_part_for_ever_are_wholly_apart() -> None:
    assert laws_apart(1.99) == laws_apart(2.0) == laws_apart(1e12) == laws_apart(math.inf) == 1.0
    assert laws_apart(0.054) > 0.01 > laws_apart(0.053)
