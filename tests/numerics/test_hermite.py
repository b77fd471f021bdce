"""The Hermite series of smooth activations, against the quadrature in two variables."""

import pytest
import torch
from torch import Tensor

from ntkscope.numerics import activation, infinite_kernels, moments
from ntkscope.numerics.hermite import MOST_TERMS, series, series_terms
from ntkscope.numerics.quadrature import trapezoid
from tests.numerics.twins import architecture, tensor

RHO = tensor([[1, 0.9, -0.5, 0], [0.9, 1, 0.3, 0], [-0.5, 0.3, 1, 0], [-1, -0.9, 0.5, 0]])


def covariances(p: Tensor, q: Tensor) -> Tensor:
    return RHO[:, : len(q)] * torch.sqrt(p[:, None] * q)


@pytest.mark.parametrize("name", ["tanh", "silu", "softplus"])
@pytest.mark.parametrize("largest", [0.01, 1.0, 9.0])
def test_agrees_with_the_quadrature(name: str, largest: float) -> None:
    """Equal, opposite and zero variables included."""
    p, q = largest * tensor([1.0, 0.7, 0.2, 1.0]), largest * tensor([1.0, 0.7, 0.5, 0.0])
    phi, s = activation(name), covariances(p, q)
    terms = series_terms(phi, largest**0.5)
    assert terms is not None
    value, slope, first, second = series(phi, p, s, q, terms)
    true_value, true_slope = trapezoid(phi, p[:, None], s, q)
    for found, true in ((value, true_value), (slope, true_slope)):
        assert torch.allclose(found, true, rtol=1e-13, atol=1e-13 * float(true.abs().max()))
    assert torch.allclose(first, trapezoid(phi, p, p, p)[0], rtol=1e-13, atol=0)
    assert torch.allclose(second, trapezoid(phi, q, q, q)[0], rtol=1e-13, atol=0)


@pytest.mark.parametrize("name", ["tanh", "silu", "softplus"])
def test_the_terms_are_enough(name: str) -> None:
    phi, p = activation(name), tensor([4.0, 1.0])
    s = tensor([[4.0, 2.0], [2.0, 1.0]])  # parallel, where the series converges last
    terms = series_terms(phi, 2.0)
    assert terms is not None
    for found, finer in zip(series(phi, p, s, p, terms), series(phi, p, s, p, 2 * terms, 0.5), strict=True):
        assert torch.allclose(found, finer, rtol=2e-15 * 8, atol=0)


def test_a_wide_variable_is_left_to_the_quadrature() -> None:
    assert series_terms(activation("tanh"), 1e200) is None
    assert series_terms(activation("tanh"), 7.0) is None
    assert series_terms(activation("softplus"), 7.0) is not None
    assert (series_terms(activation("tanh"), 6.0) or 0) < MOST_TERMS


def test_without_a_pole_there_is_no_series() -> None:
    with pytest.raises(ValueError, match="distance of the poles; erf has"):
        series_terms(activation("erf"), 1.0)


@pytest.mark.parametrize("depth", [1, 3])
def test_kernels_by_the_series_are_those_by_the_quadrature(depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x1, x2 = torch.linspace(-1, 1, 7).double()[:, None], torch.linspace(-0.5, 2, 3).double()[:, None]
    shape = architecture(depth, "tanh", 1.4, 0.3)
    quick = [infinite_kernels(shape, x1), infinite_kernels(shape, x1, x2)]
    monkeypatch.setattr(moments, "series_terms", lambda *_: None)
    slow = [infinite_kernels(shape, x1), infinite_kernels(shape, x1, x2)]
    for one, other in zip(quick, slow, strict=True):
        assert torch.allclose(one.ntk, other.ntk, rtol=0, atol=1e-13)
        assert torch.allclose(one.nngp, other.nngp, rtol=0, atol=1e-13)
        assert 0 < one.error < 1e-12
    assert torch.equal(quick[0].ntk, quick[0].ntk.T)


@pytest.mark.parametrize(("name", "sigma_w", "depth"), [("silu", 2.0, 4), ("softplus", 1.5, 3), ("tanh", 4.0, 5)])
def test_the_terms_of_all_layers_are_those_that_the_recursion_takes(name: str, sigma_w: float, depth: int) -> None:
    phi, x = activation(name), torch.linspace(-1, 1, 9, dtype=torch.float64)[:, None]
    layers, together = moments.Moments(x, None, sigma_w, 0.5, phi), 0
    for _ in range(depth):
        together += series_terms(phi, float(layers.p.max()) ** 0.5) or 0
        layers.advance()
    priced = moments.series_terms_of_layers(phi, sigma_w**2 + 0.5**2, depth, sigma_w, 0.5)
    assert priced == pytest.approx(together, abs=depth)  # round-off may add a term


def test_no_terms_where_one_layer_has_too_many() -> None:
    silu = activation("silu")
    assert moments.series_terms_of_layers(silu, 20.0, 2, 4.0, 2.0) is not None
    assert moments.series_terms_of_layers(silu, 20.0, 3, 4.0, 2.0) is None
