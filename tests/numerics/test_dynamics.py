import math
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ntkscope.numerics import (
    descent_factor,
    flow_factor,
    gradient_descent,
    gradient_flow,
    mean_loss_time,
    momentum_flow,
    momentum_flow_factor,
    predict,
    spectrum,
)
from tests.numerics.twins import REFERENCE, normal, tensor

KERNEL = (lambda factor: factor @ factor.T)(normal(6, 6))
CROSS = normal(4, 6, seed=1)
RESIDUAL = normal(6, seed=2)
START = normal(4, seed=3)
SPECTRUM = spectrum(KERNEL)
RATE = 0.3 / float(SPECTRUM.eigenvalues[0])
TIMES = tensor([0.0, 0.01, 0.3, 2.0, 17.0])


def time(value: object) -> float:
    return math.inf if value == "inf" else float(value)  # type: ignore[arg-type]


def test_gradient_flow_is_the_matrix_exponential() -> None:
    found = gradient_flow(SPECTRUM.eigenvalues, SPECTRUM.modes.T @ RESIDUAL, TIMES) @ SPECTRUM.modes.T
    for residual, t in zip(found, TIMES, strict=True):
        assert torch.allclose(residual, torch.matrix_exp(-KERNEL * t) @ RESIDUAL, rtol=0, atol=1e-12)


@pytest.mark.parametrize("relative_rate", [0.3, 1.0, 1.9, 2.3])
def test_gradient_descent_is_its_recurrence(relative_rate: float) -> None:
    rate = relative_rate / float(SPECTRUM.eigenvalues[0])
    steps = torch.arange(30, dtype=torch.float64)
    found = gradient_descent(SPECTRUM.eigenvalues, SPECTRUM.modes.T @ RESIDUAL, rate, steps) @ SPECTRUM.modes.T
    residual = RESIDUAL.clone()
    for k in range(30):
        assert torch.allclose(found[k], residual, rtol=1e-11, atol=1e-12)
        residual = residual - rate * KERNEL @ residual


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 4), st.integers(0, 400))
def test_powers_are_exact(contraction: float, step: int) -> None:
    true = (1 - Fraction(contraction)) ** step
    found = gradient_descent(tensor([contraction]), tensor([1.0]), 1.0, tensor([float(step)])).item()
    assert found == pytest.approx(float(true), rel=1e-12, abs=1e-300)


def test_a_million_tiny_steps_keep_their_digits() -> None:
    """1 - eta lambda would be rounded a million times."""
    found = gradient_descent(tensor([1e-7]), tensor([1.0]), 1.0, tensor([1e6])).item()
    assert found == pytest.approx(math.exp(1e6 * math.log1p(-1e-7)), rel=1e-14)


def test_huge_steps_overflow_to_infinity_in_silence() -> None:
    steps = tensor([1e6, 1e6 + 1])
    found = gradient_descent(tensor([3.0, 1.0, 0.0]), tensor([1.0, 1.0, 0.0]), 1.0, steps)
    assert found.tolist() == [[math.inf, 0, 0], [-math.inf, 0, 0]]
    assert gradient_descent(tensor([3.0]), tensor([0.0]), 1.0, steps).tolist() == [[0], [0]]


def test_a_negative_eigenvalue_is_refused_round_off_is_not() -> None:
    with pytest.raises(ValueError, match=r"eigenvalue 1 is -0\.5"):
        gradient_flow(tensor([1.0, -0.5]), tensor([1.0, 1.0]), TIMES)
    found = gradient_flow(tensor([1.0, -1e-16]), tensor([1.0, 1.0]), tensor([1e20, math.inf]))
    assert found.tolist() == [[0, 1], [0, 1]]


def test_at_infinity_what_is_below_the_floor_stays() -> None:
    eigenvalues, coefficients = tensor([2.0, 0.5, 1e-17, 0.0]), tensor([1.0, 2.0, 3.0, 4.0])
    forever = tensor([math.inf])
    assert gradient_flow(eigenvalues, coefficients, forever).tolist() == [[0, 0, 3, 4]]
    assert gradient_descent(eigenvalues, coefficients, 0.9, forever).tolist() == [[0, 0, 3, 4]]


def test_the_flow_factor_by_high_precision() -> None:
    eigenvalues, times = tensor([3.0, 1e-4, 1e-12, 0.0]), tensor([0.0, 1e-3, 1.0, 1e6])
    found = flow_factor(eigenvalues, times)
    for i, t in enumerate(times.tolist()):
        for j, value in enumerate(eigenvalues.tolist()):
            z = value * t
            series = t * sum((-z) ** k / math.factorial(k + 1) for k in range(20)) if z < 0.5 else None
            true = series if series is not None else (1 - math.exp(-z)) / value
            assert found[i, j].item() == pytest.approx(true, rel=1e-14)


def test_factors_at_infinity_leave_out_what_is_below_the_floor() -> None:
    eigenvalues, forever = tensor([2.0, 0.5, 1e-17, 0.0, -1e-17]), tensor([math.inf])
    assert flow_factor(eigenvalues, forever).tolist() == [[0.5, 2, 0, 0, 0]]
    assert descent_factor(eigenvalues, 0.9, forever).tolist() == [[0.5, 2, 0, 0, 0]]
    assert momentum_flow_factor(eigenvalues, 0.1, 0.9, forever).tolist() == [[0.5, 2, 0, 0, 0]]


@pytest.mark.parametrize("rate", [0.1, 0.4, 0.7, 1.5])
def test_the_descent_factor_is_its_sum(rate: float) -> None:
    """(1 - (1 - x)^k)/lambda = eta sum_{j<k} (1 - x)^j."""
    eigenvalues = tensor([1.0, 0.6, 1e-3, 1e-13, 0.0])
    for step in (0, 1, 2, 7, 40):
        found = descent_factor(eigenvalues, rate, tensor([float(step)]))[0]
        for value, factor in zip(eigenvalues.tolist(), found.tolist(), strict=True):
            powers = [(1 - Fraction(rate) * Fraction(value)) ** j for j in range(step)]
            assert factor == pytest.approx(float(Fraction(rate) * sum(powers, Fraction(0))), rel=1e-12)


def test_prediction_of_gradient_flow_is_the_formula() -> None:
    found = predict(SPECTRUM, CROSS, RESIDUAL, START, flow_factor(SPECTRUM.eigenvalues, TIMES))
    for f, t in zip(found, TIMES, strict=True):
        learnt = (torch.eye(6, dtype=torch.float64) - torch.matrix_exp(-KERNEL * t)) @ RESIDUAL
        assert torch.allclose(f, START - CROSS @ torch.linalg.solve(KERNEL, learnt), rtol=0, atol=1e-10)


def test_prediction_of_gradient_descent_is_the_kernel_machine() -> None:
    """f(x*) moves by -eta K(x*, X) r at every step."""
    steps = torch.arange(20, dtype=torch.float64)
    found = predict(SPECTRUM, CROSS, RESIDUAL, START, descent_factor(SPECTRUM.eigenvalues, RATE, steps))
    f, residual = START.clone(), RESIDUAL.clone()
    for k in range(20):
        assert torch.allclose(found[k], f, rtol=0, atol=1e-12)
        f, residual = f - RATE * CROSS @ residual, residual - RATE * KERNEL @ residual


def test_prediction_of_the_training_points_is_target_plus_residual() -> None:
    targets = normal(6, seed=5)
    found = predict(SPECTRUM, KERNEL, RESIDUAL, targets + RESIDUAL, flow_factor(SPECTRUM.eigenvalues, TIMES))
    residual = gradient_flow(SPECTRUM.eigenvalues, SPECTRUM.modes.T @ RESIDUAL, TIMES) @ SPECTRUM.modes.T
    assert torch.allclose(found, targets + residual, rtol=0, atol=1e-11)


def test_several_outputs_share_the_kernel() -> None:
    residuals, starts = normal(6, 2, seed=7), normal(4, 2, seed=8)
    factor = flow_factor(SPECTRUM.eigenvalues, TIMES)
    found = predict(SPECTRUM, CROSS, residuals, starts, factor)
    for m in range(2):
        one = predict(SPECTRUM, CROSS, residuals[:, m], starts[:, m], factor)
        assert torch.allclose(found[:, :, m], one, rtol=0, atol=1e-13)


@pytest.mark.parametrize("case", REFERENCE["predict"], ids=lambda case: case["id"])
def test_reference_predictions(case: dict) -> None:
    kernel, cross = tensor(case["K_train_train"]), tensor(case["K_test_train"])
    n, m = case["n_train"], case["n_out"]
    taus = [mean_loss_time(time(t), case["learning_rate"], n, m) for t in case["t_nt"]]
    for tau, true in zip(taus, case["tau_half_sum_sq"], strict=True):
        assert tau == pytest.approx(time(true), rel=1e-15, abs=0)
    modes = spectrum(kernel)
    start, test_start = tensor(case["f0_train"]).view(n, m), tensor(case["f0_test"]).view(-1, m)
    targets = tensor(case["y_train"]).view(n, m)
    factor = flow_factor(modes.eigenvalues, tensor(taus))
    tolerance = 1e-12 + 10 * 2**-52 * case["cond_K"]
    for name, at, from_start in (("f_train_hp", kernel, start), ("f_test_hp", cross, test_start)):
        true = tensor(case[name])
        found = predict(modes, at, start - targets, from_start, factor).view(true.shape)
        scale = max(float(true.abs().max()), float(targets.abs().max()))
        assert float((found - true).abs().max()) / scale < tolerance


@pytest.mark.parametrize("case", REFERENCE["predict_momentum"], ids=lambda case: case["id"])
def test_reference_momentum(case: dict) -> None:
    kernel, cross = tensor(case["K_train_train"]), tensor(case["K_test_train"])
    modes = spectrum(kernel)
    targets = tensor(case["y_train"])[:, 0]
    start = tensor(case["f0_train"])[:, 0]
    rate, momentum, steps = case["learning_rate"], case["momentum"], tensor(case["t_nt"])
    factor = momentum_flow_factor(modes.eigenvalues, rate, momentum, steps)
    scale_condition = float(modes.eigenvalues[0] / modes.eigenvalues[-1])
    test_start = tensor(case["f0_test"])[:, 0]
    for name, at, from_start in (("f_train_expm", kernel, start), ("f_test_expm", cross, test_start)):
        true = tensor(case[name])[:, :, 0]
        found = predict(modes, at, start - targets, from_start, factor)
        scale = max(float(true.abs().max()), float(targets.abs().max()))
        assert float((found - true).abs().max()) / scale < 1e-11 + 10 * 2**-52 * scale_condition
    coefficients = momentum_flow(modes.eigenvalues, modes.modes.T @ (start - targets), rate, momentum, steps)
    found = targets + coefficients @ modes.modes.T
    assert torch.allclose(found, tensor(case["f_train_expm"])[:, :, 0], rtol=0, atol=1e-11)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9, 0.999])
def test_momentum_is_the_ordinary_differential_equation(momentum: float) -> None:
    """c'' + g c' + lambda c = 0 as a matrix exponential, over-, under- and critically damped."""
    rate = 0.1
    damping = (1 - momentum) / math.sqrt(rate)
    critical = damping**2 / 4
    eigenvalues = tensor([4.0, 1.0, critical * (1 + 1e-9), critical, critical * 0.5, critical * 0.1, 1e-9, 0.0])
    steps = tensor([0.0, 0.3, 4.0, 60.0])
    found = momentum_flow(eigenvalues, torch.ones_like(eigenvalues), rate, momentum, steps)
    factor = momentum_flow_factor(eigenvalues, rate, momentum, steps)
    for i, step in enumerate(steps.tolist()):
        for j, value in enumerate(eigenvalues.tolist()):
            flow = tensor([[0.0, 1.0, 0.0], [-value, -damping, 0.0], [0.0, 0.0, 0.0]])
            true = torch.matrix_exp(flow * math.sqrt(rate) * step) @ tensor([1.0, 0.0, 0.0])
            assert found[i, j].item() == pytest.approx(true[0].item(), abs=1e-12)
            # a unit force drives it to (1 - c)/lambda, without dividing by lambda
            slope = tensor([[0.0, 1.0, 0.0], [-value, -damping, 1.0], [0.0, 0.0, 0.0]])
            driven = torch.matrix_exp(slope * math.sqrt(rate) * step) @ tensor([0.0, 0.0, 1.0])
            # the factor is only ever multiplied by lambda: an error of u/lambda is none
            allowed = 1e-12 + (1e-15 / value if value > 0 else 0)
            assert factor[i, j].item() == pytest.approx(driven[0].item(), rel=1e-9, abs=allowed)


def test_momentum_is_the_limit_of_the_recurrence() -> None:
    """Heavy ball at (eta/k^2, 1 - (1 - beta)/k) after k t steps: the error falls like 1/k."""
    rate, momentum, value, step = 0.1, 0.7, 1.3, 20
    limit = momentum_flow(tensor([value]), tensor([1.0]), rate, momentum, tensor([float(step)])).item()
    errors = []
    for k in (50, 100, 200):
        eta, beta = rate / k**2, 1 - (1 - momentum) / k
        c, velocity = 1.0, 0.0
        for _ in range(k * step):
            velocity = beta * velocity - eta * value * c
            c += velocity
        errors.append(abs(c - limit))
    assert 1.8 < errors[0] / errors[1] < 2.2
    assert 1.8 < errors[1] / errors[2] < 2.2


def test_momentum_at_infinity_has_decayed() -> None:
    found = momentum_flow(tensor([4.0, 1e-3, 0.0]), tensor([1.0, 2.0, 3.0]), 0.1, 0.9, tensor([math.inf]))
    assert found.tolist() == [[0, 0, 3]]


def test_momentum_must_be_below_one() -> None:
    with pytest.raises(ValueError, match=r"at least 0 and below 1; you gave 1\.0"):
        momentum_flow(tensor([1.0]), tensor([1.0]), 0.1, 1.0, tensor([1.0]))
