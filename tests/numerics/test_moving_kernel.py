"""The moving kernel against steps taken one by one."""

import pytest
import torch
from torch import Tensor

from ntkscope.numerics import MovingState, advance, spectrum
from tests.numerics.twins import normal


def kernels(seed: int, n: int = 5, g: int = 3) -> tuple[Tensor, Tensor]:
    features = normal(n + g, 9, seed=seed)
    whole = features @ features.T
    return whole[:n, :n], whole[n:, :n]


def test_it_is_one_step_after_another() -> None:
    rate, steps = 0.03, [4, 1, 30]
    residual, function = normal(5, seed=8), normal(3, seed=9)
    state, step = MovingState(0, residual, function), 0
    for seed, count in enumerate(steps):
        kernel, cross = kernels(seed)
        step += count
        state = advance(state, spectrum(kernel), cross, rate, step)
        for _ in range(count):
            function = function - rate * cross @ residual
            residual = residual - rate * kernel @ residual
    assert state.step == 35
    torch.testing.assert_close(state.residual, residual, rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(state.function, function, rtol=1e-10, atol=1e-12)


def test_no_step_changes_nothing() -> None:
    kernel, cross = kernels(0)
    state = MovingState(7, normal(5), normal(3))
    after = advance(state, spectrum(kernel), cross, 0.1, 7)
    torch.testing.assert_close(after.residual, state.residual)
    torch.testing.assert_close(after.function, state.function)


def test_far_above_the_limit_it_grows_and_stays_finite() -> None:
    kernel, cross = kernels(0)
    state = advance(MovingState(0, normal(5), normal(3)), spectrum(kernel), cross, 10.0, 5000)
    again = advance(state, spectrum(kernel), cross, 10.0, 10_000)
    for values in (state.residual, state.function, again.residual, again.function):
        assert bool(torch.isfinite(values).all())
    assert float(again.residual.abs().max()) > 1e50


def test_it_does_not_go_back() -> None:
    kernel, cross = kernels(0)
    with pytest.raises(ValueError, match="forward"):
        advance(MovingState(7, normal(5), normal(3)), spectrum(kernel), cross, 0.1, 6)
