"""A constant kernel's prediction, and that of kernels one after another, against steps taken one by one."""

import math

import pytest
import torch
from torch import Tensor

from ntkscope.numerics import FrozenKernel, GradientDescent, GradientFlow, spectrum
from tests.numerics.twins import normal, tensor


def kernels(seed: int, n: int = 5, g: int = 3) -> tuple[Tensor, Tensor]:
    features = normal(n + g, 9, seed=seed)
    whole = features @ features.T
    return whole[:n, :n], whole[n:, :n]


def frozen(seed: int = 0, g: int = 3) -> FrozenKernel:
    kernel, cross = kernels(seed, g=g)
    return FrozenKernel(spectrum(kernel), cross, normal(5, seed=8), normal(g, seed=9))


@pytest.mark.parametrize("g", [3, 40])  # fewer new points than steps, and more: two orders of the product
def test_gradient_descent_is_one_step_after_another(g: int) -> None:
    held, (kernel, cross), rate = frozen(g=g), kernels(0, g=g), 0.03
    residual, function = held.residual, held.function
    found = held.predict(GradientDescent(rate), torch.arange(12.0).double())
    for step in range(12):
        torch.testing.assert_close(found.residual[step], residual, rtol=1e-10, atol=1e-12)
        torch.testing.assert_close(found.function[step], function, rtol=1e-10, atol=1e-12)
        assert float(found.loss[step]) == pytest.approx(0.5 * float(residual @ residual), rel=1e-10)
        function = function - rate * cross @ residual
        residual = residual - rate * kernel @ residual


def test_gradient_flow_is_the_matrix_exponential() -> None:
    held, (kernel, cross) = frozen(), kernels(0)
    found = held.predict(GradientFlow(0.03), tensor([0.0, 7.5]))
    expected = torch.matrix_exp(-0.03 * 7.5 * kernel) @ held.residual
    torch.testing.assert_close(found.residual[1], expected, rtol=1e-10, atol=1e-12)
    moved = cross @ torch.linalg.solve(kernel, expected - held.residual)
    torch.testing.assert_close(found.function[1], held.function + moved, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("law", [GradientFlow(0.03), GradientDescent(0.03), GradientDescent(10.0)])
def test_at_infinity_it_is_regression_above_the_floor(law: GradientFlow | GradientDescent) -> None:
    points = normal(6, 2, seed=3)  # a kernel of rank 2
    held = FrozenKernel(spectrum(points @ points.T), points @ points.T, normal(6, seed=8), normal(6, seed=9))
    found = held.predict(law, tensor([math.inf]))
    above = points @ torch.linalg.pinv(points)
    torch.testing.assert_close(found.residual[0], held.residual - above @ held.residual, rtol=0, atol=1e-12)
    torch.testing.assert_close(found.function[0], held.function - above @ held.residual, rtol=0, atol=1e-12)


def test_one_kernel_after_another() -> None:
    rate, held, step = 0.03, frozen(), 0
    residual, function = held.residual, held.function
    for seed, count in enumerate([4, 1, 30]):
        kernel, cross = kernels(seed)
        found = FrozenKernel(spectrum(kernel), cross, held.residual, held.function).predict(
            GradientDescent(rate), tensor([float(count)])
        )
        held = FrozenKernel(spectrum(kernel), cross, found.residual[0], found.function[0])
        for _ in range(count):
            function = function - rate * cross @ residual
            residual = residual - rate * kernel @ residual
        step += count
    torch.testing.assert_close(held.residual, residual, rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(held.function, function, rtol=1e-10, atol=1e-12)


def test_no_step_changes_nothing() -> None:
    found = frozen().predict(GradientDescent(0.1), tensor([0.0]))
    torch.testing.assert_close(found.residual[0], frozen().residual)
    torch.testing.assert_close(found.function[0], frozen().function)


def test_far_above_the_limit_it_grows_and_stays_finite() -> None:
    held, law = frozen(), GradientDescent(10.0)
    once = held.predict(law, tensor([5000.0]))
    again = FrozenKernel(held.spectrum, held.cross_kernel, once.residual[0], once.function[0]).predict(
        law, tensor([5000.0])
    )
    for values in (once.residual, once.function, again.residual, again.function, again.loss):
        assert bool(torch.isfinite(values).all())
    assert float(again.residual.abs().max()) > 1e50


def test_it_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="forward"):
        frozen().predict(GradientDescent(0.1), tensor([-1.0]))


def test_a_function_needs_the_kernel_there() -> None:
    held = FrozenKernel(frozen().spectrum, None, normal(5), normal(3))
    assert held.predict(GradientDescent(0.1), tensor([3.0])).residual.shape == (1, 5)
    with pytest.raises(ValueError, match="cross_kernel"):
        _ = held.predict(GradientDescent(0.1), tensor([3.0])).function
