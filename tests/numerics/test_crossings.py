"""Below a limit for good: measured, and as a constant kernel predicts it."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ntkscope.numerics.crossings import falls, for_good, norm_step_for_good, steps_for_good


def numbers(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_a_fall_is_learnt_where_it_passes_the_limit() -> None:
    times = torch.linspace(0, 5, 11, dtype=torch.float64)
    found = for_good(times, torch.exp(-times), 0.1)
    assert found.time == pytest.approx(math.log(10), rel=1e-12)  # its logarithm is a line
    assert not found.lost


def test_a_passing_zero_is_not_learnt() -> None:
    found = for_good(numbers(0, 1, 2, 3), numbers(1, 0.01, 0.5, 0.4), 0.1)
    assert found.time is None
    assert found.lost


def test_what_comes_back_and_falls_again_is_learnt_at_the_second_time() -> None:
    found = for_good(numbers(0, 1, 2, 3, 4), numbers(1, 0.01, 1.0, 0.01, 0.001), 0.1)
    assert found.time == pytest.approx(2.5)
    assert not found.lost


def test_what_was_never_above_is_learnt_at_the_first_record() -> None:
    assert for_good(numbers(0, 1), numbers(0.01, 0.02), 0.1).time == 0


def test_what_never_falls_is_not_lost_either() -> None:
    found = for_good(numbers(0, 1, 2), numbers(1, 0.9, math.nan), 0.1)
    assert (found.time, found.lost) == (None, False)


def test_zero_is_below_and_nothing_measured_is_not_learnt() -> None:
    assert for_good(numbers(0, 1), numbers(1, 0), 0.1).time == 1
    assert for_good(numbers(0, 1), numbers(math.nan, math.nan), 0.1).time is None


def step_by_step(factors: list[float], parts: list[complex], constant: complex, limit: float, last: int) -> int | None:
    """The slow twin: every step up to `last`."""
    above = [
        step
        for step in range(last + 1)
        if abs(sum(part * factor**step for part, factor in zip(parts, factors, strict=True)) + constant) > limit
    ]
    return None if above and above[-1] == last else (above[-1] + 1 if above else 0)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.02, 1.95) | st.just(1.0), st.floats(-2, 2), st.floats(-2, 2)), min_size=1, max_size=4
    ),
    st.floats(0.01, 1.0),
)
def test_steps_are_those_of_the_slow_twin(modes: list[tuple[float, float, float]], limit: float) -> None:
    eigenvalues = numbers(*(one[0] for one in modes))
    parts = torch.tensor([[complex(one[1], one[2]) for one in modes]], dtype=torch.complex128)
    found = steps_for_good(eigenvalues, 1.0, parts, torch.zeros(1, dtype=torch.complex128), numbers(limit))
    slow = step_by_step([1 - one[0] for one in modes], parts[0].tolist(), 0j, limit, 3000)
    assert found == [slow]


def test_a_wave_that_passes_its_limit_and_comes_back_is_not_learnt_then() -> None:
    # 1.2 f^k - 0.2 g^k: the fast mode hides the slow one for a while
    eigenvalues, parts = numbers(0.5, 0.001), torch.tensor([[1.2 + 0j, -0.2 + 0j]])
    (found,) = steps_for_good(eigenvalues, 1.0, parts, torch.zeros(1, dtype=torch.complex128), numbers(0.1))
    assert found == step_by_step([0.5, 0.999], [1.2, -0.2], 0j, 0.1, 10_000)
    assert found is not None
    assert found > 500


@pytest.mark.parametrize("eigenvalue", [2.0, 2.5, 1e12, 0.0])
def test_a_mode_that_does_not_fall_is_never_learnt(eigenvalue: float) -> None:
    parts = torch.tensor([[1.0 + 0j, 1.0 + 0j], [0j, 1.0 + 0j]])
    found = steps_for_good(
        numbers(eigenvalue, 0.5), 1.0, parts, torch.zeros(2, dtype=torch.complex128), numbers(0.1, 0.1)
    )
    assert found == [None, 4]


def test_what_no_mode_moves_stays() -> None:
    parts, constant = torch.tensor([[1.0 + 0j]] * 2), torch.tensor([0.2 + 0j, 0.05 + 0j])
    assert steps_for_good(numbers(0.5), 1.0, parts, constant, numbers(0.1, 0.1)) == [None, 5]


def test_very_slow_modes_have_a_step_too() -> None:
    (found,) = steps_for_good(
        numbers(1e-9), 1.0, torch.tensor([[1.0 + 0j]]), torch.zeros(1, dtype=torch.complex128), numbers(0.1)
    )
    assert found == pytest.approx(math.log(10) * 1e9, rel=1e-8)


@pytest.mark.parametrize("epsilon", [1e-20, 1e-30, 1e-200])
def test_the_search_goes_on_until_the_smallest_limit(epsilon: float) -> None:
    (found,) = steps_for_good(
        numbers(0.01), 1.0, torch.tensor([[1.0 + 0j]]), torch.zeros(1, dtype=torch.complex128), numbers(epsilon)
    )
    assert found == math.ceil(math.log(epsilon) / math.log(0.99))


@pytest.mark.parametrize("eigenvalue", [3.0, 0.7, 0.013])
def test_two_over_lambda_is_no_rate_at_which_a_mode_falls(eigenvalue: float) -> None:
    rate, still = 2 / eigenvalue, torch.zeros(1, dtype=torch.complex128)
    for fraction in (1.0, 1 - 1e-15):
        assert not falls(numbers(eigenvalue), fraction * rate).any()
        assert steps_for_good(numbers(eigenvalue), fraction * rate, still[None] + 1, still, numbers(0.1)) == [None]
        assert norm_step_for_good(numbers(eigenvalue), fraction * rate, numbers(1), 0.1) is None
    assert falls(numbers(eigenvalue), 0.999 * rate).all()
    assert not falls(numbers(0.0, -1e-18), rate).any()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.02, 1.95) | st.just(1.0) | st.just(0.0), st.floats(-2, 2)), min_size=1, max_size=4),
    st.floats(0.01, 1.0),
)
def test_the_step_of_a_norm_is_that_of_the_slow_twin(modes: list[tuple[float, float]], limit: float) -> None:
    eigenvalues, parts = numbers(*(one[0] for one in modes)), numbers(*(one[1] for one in modes))
    norms = [
        math.sqrt(sum(part**2 * (1 - value) ** (2 * step) for value, part in modes)) / limit for step in range(1000)
    ]
    if any(abs(norm - 1) < 1e-9 for norm in norms):  # at the limit itself round-off decides
        return
    slow = next((step for step, norm in enumerate(norms) if norm < 1), None)
    assert norm_step_for_good(eigenvalues, 1.0, parts, limit) == slow


def test_a_norm_with_a_mode_that_grows_never_falls() -> None:
    assert norm_step_for_good(numbers(2.5, 0.5), 1.0, numbers(1e-9, 1), 0.1) is None
    assert norm_step_for_good(numbers(2.5, 0.5), 1.0, numbers(0, 1), 0.1) == 4
    assert norm_step_for_good(numbers(1e-9), 1.0, numbers(1), 0.1) == pytest.approx(math.log(10) * 1e9, rel=1e-8)


def test_the_smallest_rates_move_nothing() -> None:
    for rate in (1e-310, 5e-324):
        assert norm_step_for_good(numbers(1.0), rate, numbers(1), 0.1) is None
        still = torch.zeros(1, dtype=torch.complex128)
        assert steps_for_good(numbers(1.0), rate, still[None] + 1, still, numbers(0.1)) == [None]
