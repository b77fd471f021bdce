import math

import pytest
import torch

from ntkscope.numerics import (
    MLP,
    drift,
    effective_rank,
    empirical_ntk,
    euler_step,
    identity_error,
    learning_time,
    log_log_fit,
    log_log_slope,
    measured_learning_time,
)
from tests.numerics.twins import architecture, generator, normal, tensor


def test_drift_is_a_relative_frobenius_norm() -> None:
    start, later = normal(4, 4), normal(4, 4, seed=1)
    changes = sum(float(later[i, j] - start[i, j]) ** 2 for i in range(4) for j in range(4))
    sizes = sum(float(start[i, j]) ** 2 for i in range(4) for j in range(4))
    assert drift(later, start) == pytest.approx(math.sqrt(changes / sizes), rel=1e-13)
    zero = torch.zeros(2, 2, dtype=torch.float64)
    assert (drift(zero, zero), drift(zero + 1, zero)) == (0, math.inf)


def test_learning_time() -> None:
    found = learning_time(tensor([2.0, 0.5, 0.0, -1e-17]), 0.1)
    assert found.tolist() == pytest.approx([math.log(10) / 2, math.log(10) / 0.5, math.inf, math.inf])


def test_a_measured_exponential_is_timed_exactly_on_any_grid() -> None:
    times = torch.cat([torch.zeros(1), torch.logspace(-2, 2, 15)]).double()
    remaining = torch.exp(-0.7 * times)
    assert measured_learning_time(times, remaining, 0.1) == pytest.approx(math.log(10) / 0.7, rel=1e-12)


def test_measured_learning_times_at_the_edges() -> None:
    times = tensor([0.0, 1.0, 2.0, 3.0])
    assert measured_learning_time(times, tensor([1.0, 0.9, 0.5, 0.3]), 0.1) is None
    assert measured_learning_time(times, tensor([1.0, 0.1, 0.5, 0.3]), 0.1) == 1.0
    assert measured_learning_time(times, tensor([1.0, 0.9, 0.0, 0.3]), 0.1) == 2.0
    assert measured_learning_time(times, tensor([0.05, 0.9, 0.0, 0.3]), 0.1) == 0.0
    assert measured_learning_time(times, tensor([math.nan] * 4), 0.1) is None
    missing = measured_learning_time(times, tensor([1.0, math.nan, math.exp(-2), math.exp(-3)]), math.exp(-1))
    assert missing == pytest.approx(1.0)


def step_error(learning_rate: float) -> tuple[float, float]:
    net = MLP.create(1, architecture(1, "erf", 1.5, 0.5, width=200), generator=generator())
    x = torch.linspace(-1, 1, 8, dtype=torch.float64)[:, None]
    y = torch.sin(3 * x[:, 0])
    kernel, before = empirical_ntk(net, x), net(x)[:, 0]
    residual = euler_step(net, x)(y, learning_rate)
    return identity_error(before, net(x)[:, 0], kernel, residual, learning_rate)


def test_the_identity_error_falls_linearly_with_the_step() -> None:
    errors = [step_error(1e-2 / 2**halving)[0] for halving in range(4)]
    assert errors[0] > 1e-6
    assert 6.5 < errors[0] / errors[3] < 9.5


def test_the_identity_error_is_its_definition() -> None:
    before, after, kernel, residual = normal(3), normal(3, seed=1), normal(3, 3, seed=2), normal(3, seed=3)
    predicted = [0.1 * sum(float(kernel[i, j] * residual[j]) for j in range(3)) for i in range(3)]
    size = math.hypot(*predicted)
    error, floor = identity_error(before, after, kernel, residual, 0.1)
    gaps = [float(after[i] - before[i]) + predicted[i] for i in range(3)]
    assert error == pytest.approx(math.hypot(*gaps) / size, rel=1e-12)
    assert floor == pytest.approx(2**-53 * float(before.norm()) / size, rel=1e-12)
    assert identity_error(before.float(), after.float(), kernel, residual, 0.1)[1] == pytest.approx(
        2**-24 * float(before.norm()) / size, rel=1e-6
    )
    assert identity_error(before, after, torch.zeros_like(kernel), residual, 0.1) == (math.inf, math.inf)


def test_a_tiny_step_is_below_its_floor_or_near_it() -> None:
    error, floor = step_error(1e-15)
    assert error < 100 * floor


def test_log_log_slope_and_its_standard_error() -> None:
    x = tensor([1.0, 2.0, 4.0, 8.0])
    slope, error = log_log_slope(x, 3 * x**-1.5)
    assert slope == pytest.approx(-1.5, abs=1e-12)
    assert error == pytest.approx(0, abs=1e-12)
    # by the textbook: residuals of (0, 0), (1, 1), (2, 1) about slope 1/2, intercept 1/6
    slope, error = log_log_slope(tensor([1.0, math.e, math.e**2]), tensor([1.0, math.e, math.e]))
    assert slope == pytest.approx(0.5)
    assert error == pytest.approx(math.sqrt((1 / 36 + 4 / 36 + 1 / 36) / 1 / 2))
    assert math.isnan(log_log_slope(tensor([1.0, 2.0]), tensor([1.0, 3.0]))[1])


def test_a_log_log_fit_is_its_line_at_both_ends() -> None:
    x, y = tensor([8.0, 1.0, 2.0, 4.0]), tensor([3.0, 40.0, 11.0, 7.0])
    fit = log_log_fit(x, y)
    assert (fit.slope, fit.standard_error) == log_log_slope(x, y)
    assert (fit.count, fit.lowest, fit.highest) == (4, 1, 8)
    middle = math.exp(float(y.log().mean())) / math.exp(float(x.log().mean())) ** fit.slope
    assert (fit.at_lowest, fit.at_highest) == pytest.approx((middle, middle * 8**fit.slope))


def test_slopes_that_are_none() -> None:
    with pytest.raises(ValueError, match="positive"):
        log_log_slope(tensor([1.0, 2.0]), tensor([1.0, 0.0]))
    with pytest.raises(ValueError, match="two different x"):
        log_log_slope(tensor([2.0, 2.0]), tensor([1.0, 3.0]))


def test_effective_rank() -> None:
    assert effective_rank(tensor([2.0, 2.0, 2.0, 0.0, -1e-18])) == pytest.approx(3)
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert effective_rank(tensor([3.0, 1.0])) == pytest.approx(math.exp(entropy))
    assert effective_rank(tensor([0.0])) == 0
