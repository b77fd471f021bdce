import numpy as np
import pytest
import torch

from ntkscope.numerics import ClosedForm, activation
from ntkscope.numerics.elementwise import Dual
from ntkscope.numerics.quadrature import trapezoid
from tests.numerics.twins import tensor

MOMENTS = [  # p, s, q
    (1.0, 0.5, 2.0),
    (2.0, 0.5, 1.0),
    (0.3, -0.29, 0.3),
    (4.0, 0.0, 1e-3),
    (1.0, 1.0, 1.0),
    (1.0, 1 - 1e-12, 1.0),
    (0.0, 0.0, 1.0),
    (0.0, 0.0, 0.0),
    (1600.0, 39.0, 1.0),
    (400.0, -300.0, 250.0),
]
P, S, Q = (tensor([moment[i] for moment in MOMENTS]) for i in range(3))


def dual_of(name: str) -> Dual:
    infinite = activation(name).infinite
    assert isinstance(infinite, ClosedForm)
    return infinite.dual


@pytest.mark.parametrize("name", ["erf", "sin", "gaussian", "rbf"])
def test_agrees_with_closed_forms(name: str) -> None:
    phi = activation(name)
    dual = dual_of(name)
    for found, true in zip(trapezoid(phi, P[:8], S[:8], Q[:8]), dual(P[:8], S[:8], Q[:8]), strict=True):
        assert torch.allclose(found, true, rtol=0, atol=2e-14)


@pytest.mark.parametrize("name", ["tanh", "silu", "softplus"])
def test_agrees_with_a_plain_sum_on_a_fine_grid(name: str) -> None:
    phi = activation(name)
    g = np.linspace(-9.5, 9.5, 3001)
    weight = np.exp(-g * g / 2) / np.sqrt(2 * np.pi) * (19 / 3000)
    found = trapezoid(phi, P[:8], S[:8], Q[:8])
    for at, (p, s, q) in enumerate(MOMENTS[:8]):
        # by the other triangle than the product's: v carries the shared variable
        shared = s / np.sqrt(q) if q else 0.0
        u = shared * g[:, None] + np.sqrt(max(p - shared**2, 0)) * g[::10]
        v = torch.from_numpy(np.sqrt(q) * g)
        for result, function in zip(found, (phi.function, phi.derivative), strict=True):
            inner = (function(torch.from_numpy(u)).numpy() * weight[::10]).sum(1) * 10
            true = (inner * weight * function(v).numpy()).sum()
            assert result[at].item() == pytest.approx(true, abs=1e-13)


def test_wide_distributions_get_finer_grids() -> None:
    """tanh of a wide Gaussian is nearly its sign: E[sign sign] = (2/pi) asin(rho)."""
    value, slope = trapezoid(activation("tanh"), P[8:], S[8:], Q[8:])
    finer_value, finer_slope = trapezoid(activation("tanh"), P[8:], S[8:], Q[8:], coarsening=0.7)
    assert torch.allclose(value, finer_value, rtol=0, atol=1e-14)
    assert torch.allclose(slope, finer_slope, rtol=0, atol=1e-14)
    rho = -300 / np.sqrt(400 * 250)
    assert value[1].item() == pytest.approx(2 / np.pi * np.arcsin(rho), abs=0.02)


def test_shapes_broadcast_and_order_does_not_matter() -> None:
    p, q = tensor([0.5, 1.0, 3.0]), tensor([2.0, 0.7])
    s = tensor([[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]])
    value, slope = trapezoid(activation("tanh"), p[:, None], s, q)
    other, other_slope = trapezoid(activation("tanh"), q[:, None], s.T, p)
    assert value.shape == (3, 2)
    assert torch.allclose(value, other.T, rtol=0, atol=1e-15)
    assert torch.allclose(slope, other_slope.T, rtol=0, atol=1e-15)


def test_many_pairs_are_integrated_in_blocks() -> None:
    variance = torch.full((400,), 1.0, dtype=torch.float64)
    covariance = torch.linspace(-0.9, 0.9, 400, dtype=torch.float64)
    value, _ = trapezoid(activation("erf"), variance, covariance, variance)
    assert torch.allclose(value, dual_of("erf")(variance, covariance, variance)[0], rtol=0, atol=1e-14)
