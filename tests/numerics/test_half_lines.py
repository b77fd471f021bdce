"""The expectations of elu and selu by quadrature on half lines, against an integral over both variables."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch

from ntkscope.numerics import activation
from ntkscope.numerics.half_lines import half_lines
from tests.numerics.twins import tensor

Array = np.ndarray
NODES, WEIGHTS = np.polynomial.legendre.leggauss(80)
CONSTANTS = {"elu": (1.0, 1.0), "selu": (1.0507009873554805, 1.6732632423543772)}


def mean(phi: Callable[[Array], Array], centre: float, deviation: float, cuts: list[float]) -> float:
    """E[phi(centre + deviation g)] by Gauss-Legendre between the cuts."""
    total = 0.0
    for low, high in pairwise([-10.0, *cuts, 10.0]):
        g = (low + high) / 2 + (high - low) / 2 * NODES
        weight = WEIGHTS * (high - low) / 2 * np.exp(-g * g / 2) / math.sqrt(2 * math.pi)
        total += float(phi(centre + deviation * g) @ weight)
    return total


def twin(name: str, p: float, s: float, q: float) -> tuple[float, float]:
    """E[phi(u) phi(v)] and E[phi'(u) phi'(v)] by two integrals, one in the other, cut at the kinks."""
    scale, alpha = CONSTANTS[name]
    own = math.sqrt(max(q - s * s / p, 0))

    def given(phi: Callable[[Array], Array], u: float) -> float:
        centre = s / p * u
        kink = -centre / own if own else 20.0
        return mean(phi, centre, own, [kink] if abs(kink) < 10 else []) if own else float(phi(np.array([centre]))[0])

    def both(phi: Callable[[Array], Array]) -> float:
        fine = [-1.0, -0.1, 0.0, 0.1, 1.0]
        return mean(lambda u: phi(u) * np.array([given(phi, one) for one in u]), 0.0, math.sqrt(p), fine)

    return (
        both(lambda z: scale * np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))),
        both(lambda z: scale * np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))),
    )


@pytest.mark.parametrize("name", CONSTANTS)
@pytest.mark.parametrize(("p", "s", "q"), [(1.0, 0.5, 2.0), (4.0, -1.9, 1.0), (9.0, 8.9, 9.0), (1.0, 1.0, 1.0)])
def test_is_the_integral(name: str, p: float, s: float, q: float) -> None:
    expected = twin(name, p, s, q)
    for first, second in ((p, q), (q, p)):
        found = half_lines(activation(name), tensor([first]), tensor([s]), tensor([second]))
        assert found[0].item() == pytest.approx(expected[0], abs=1e-12 * math.sqrt(p * q))
        assert found[1].item() == pytest.approx(expected[1], abs=1e-12)


@pytest.mark.parametrize("name", CONSTANTS)
def test_nearly_parallel_variables_tend_to_equal_ones(name: str) -> None:
    """E[phi phi] falls by (1 - rho) E[phi'^2] p at first, E[phi' phi'] by the jump times the angle at most."""
    gaps = torch.logspace(-12, -3, 10, dtype=torch.float64)
    one, two = (torch.full_like(gaps, 2.0), torch.full_like(gaps, 2.0))
    value, slope = half_lines(activation(name), one, 2 * (1 - gaps), two)
    at, at_slope = half_lines(activation(name), *(tensor([2.0]) for _ in range(3)))
    assert bool(((at - value) / (2 * gaps * at_slope) - 1).abs().max() < 0.05)
    scale, alpha = CONSTANTS[name]
    angle = torch.acos(1 - gaps)
    jump = (scale * (alpha - 1)) ** 2 * angle / (2 * math.pi)
    assert bool(((at_slope - slope) - jump).abs().max() < 0.01)
    assert bool((at_slope - slope - jump).abs()[:5].max() < 1e-6)


@pytest.mark.parametrize("name", CONSTANTS)
@pytest.mark.parametrize("variances", [(1e-8, 1e-8), (1.0, 1.0), (1e4, 3.0), (1e8, 1e8)])
def test_fewer_nodes_give_the_same(name: str, variances: tuple[float, float]) -> None:
    p, q = (torch.full((7,), value, dtype=torch.float64) for value in variances)
    s = torch.sqrt(p * q) * tensor([-1 + 1e-9, -0.7, 0.0, 0.3, 0.99, 1 - 1e-6, 1 - 1e-12])
    fine, coarse = (half_lines(activation(name), p, s, q, coarsening) for coarsening in (1.0, 1.1))
    assert bool(((fine[0] - coarse[0]).abs() / torch.sqrt(p * q)).max() < 1e-11)
    assert bool((fine[1] - coarse[1]).abs().max() < 1e-10)


def test_no_variance_and_another_activation() -> None:
    zero = tensor([0.0])
    value, slope = half_lines(activation("selu"), zero, zero, tensor([2.0]))
    assert value.item() == 0
    assert bool(torch.isfinite(slope).all())
    with pytest.raises(ValueError, match=r"half lines need the means of phi; tanh has"):
        half_lines(activation("tanh"), zero, zero, zero)
