"""Units that bend nothing, against units looked at one by one."""

import math

import pytest
import torch

from ntkscope.numerics import ACTIVATIONS, MLP, Architecture, UnitSlopes, activation, largest_slope, unit_slopes

STEEPEST = {
    "relu": 1.0, "leaky_relu": 1.0, "linear": 1.0, "tanh": 1.0, "erf": 2 / math.sqrt(math.pi), "gelu": 1.1289,
    "silu": 1.0998, "softplus": 1.0, "sin": 1.0, "cos": 1.0, "gaussian": math.sqrt(2 / math.e), "rbf": 2.0,
    "sigmoid": 0.25, "elu": 1.0, "selu": 1.7580993408473766,
}  # fmt: skip


def network(name: str, depth: int = 2, sigma_b: float = 0.5) -> MLP:
    shape = Architecture(depth, activation(name), sigma_w=1.5, sigma_b=sigma_b, width=12)
    return MLP.create(1, shape, generator=torch.Generator().manual_seed(3))


def one_by_one(net: MLP, x: torch.Tensor) -> UnitSlopes:
    """The shares in every layer, unit by unit and point by point, with derivatives by autograd of phi."""
    flat, straight, a = [], [], x
    for layer in range(net.depth):
        z = net.affine(layer, a)
        without, usual, limit = 0, 0, 1e-6 * STEEPEST[net.activation.name]
        for unit in range(z.shape[1]):
            slopes = []
            for point in range(len(z)):
                at = z[point, unit].clone().requires_grad_()
                (slope,) = torch.autograd.grad(net.activation.function(at), at)
                slopes.append(float(slope))
            middle = sorted(slopes)[len(slopes) // 2]
            without += max(map(abs, slopes)) < limit
            usual += sum(abs(slope - middle) < limit for slope in slopes)
        flat.append(without / z.shape[1])
        straight.append(usual / z.numel())
        a = net.activation.function(z)
    return UnitSlopes(flat, straight)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_steepest_slope_is_found(name: str) -> None:
    assert largest_slope(activation(name)) == pytest.approx(STEEPEST[name], rel=1e-4)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("low", [-1.0, 5.0, 1700.0])
def test_shares_are_those_of_units_one_by_one(name: str, low: float) -> None:
    x = torch.linspace(low, low + 2, 7, dtype=torch.float64)[:, None]
    net = network(name)
    found, expected = unit_slopes(net, x), one_by_one(net, x)
    assert found.flat == pytest.approx(expected.flat)
    assert found.straight == pytest.approx(expected.straight)


def test_years_leave_no_slope_and_the_same_inputs_scaled_do() -> None:
    years = torch.linspace(1700, 2008, 21, dtype=torch.float64)[:, None]
    for name in ("tanh", "erf", "relu"):
        own, scaled = (unit_slopes(network(name, depth=1), x) for x in (years, (years - 1854) / 154))
        assert own.straight == [1.0]
        assert scaled.straight[0] < 0.9
        assert (own.flat == [1.0]) == (name != "relu")  # a relu beyond its kink is straight, not flat
        assert scaled.flat[0] < 0.5


def test_a_layer_without_slope_is_seen_whatever_the_others_are() -> None:
    net, x = network("relu"), torch.linspace(-1, 1, 5, dtype=torch.float64)[:, None]
    assert net.biases is not None
    net.weights[1].zero_()
    net.biases[1].fill_(-1)
    first, second = unit_slopes(net, x).flat
    assert first < 0.5
    assert second == 1.0
    assert net.hidden_derivatives_all_zero(x)
    assert unit_slopes(network("relu", depth=0), x) == UnitSlopes([], [])


def test_a_network_that_is_no_number_has_no_slope() -> None:
    net, x = network("tanh"), torch.ones(3, 1, dtype=torch.float64)
    net.weights[0].fill_(math.nan)
    assert unit_slopes(net, x) == UnitSlopes([1.0, 1.0], [1.0, 1.0])
