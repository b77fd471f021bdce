import math

import pytest
import torch

from ntkscope.numerics import ACTIVATIONS, activation
from ntkscope.numerics.activations import default_parameters
from tests.numerics.twins import tensor

POINTS = torch.linspace(-4, 4, 400, dtype=torch.float64)  # 0, where some have a kink, is not among them

# phi as the literature writes it
DEFINITIONS = {
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "linear": lambda z: z,
    "tanh": math.tanh,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "erf": math.erf,
    "gelu": lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2,
    "silu": lambda z: z / (1 + math.exp(-z)),
    "softplus": lambda z: math.log(1 + math.exp(z)),
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "selu": lambda z: 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * (math.exp(z) - 1)),
    "sin": math.sin,
    "cos": math.cos,
    "gaussian": lambda z: math.exp(-(z**2)),
    "rbf": lambda z: math.sqrt(2) * math.sin(math.sqrt(2) * z + math.pi / 4),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_is_its_definition(name: str) -> None:
    expected = torch.tensor([DEFINITIONS[name](z) for z in POINTS.tolist()], dtype=torch.float64)
    assert torch.allclose(activation(name).function(POINTS), expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_is_bounded_where_its_definition_stays_small_further_out(name: str) -> None:
    largest = [max(abs(DEFINITIONS[name](z)) for z in torch.linspace(-far, far, 99).tolist()) for far in (20.0, 600.0)]
    assert activation(name).is_bounded == (largest[1] < 2 * largest[0])


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("shaped", [False, True])
def test_derivative_and_slope_are_autograds(name: str, shaped: bool) -> None:
    parameters = {key: value + 0.3 for key, value in default_parameters(name).items()} if shaped else {}
    phi = activation(name, **parameters)
    z = POINTS.clone().requires_grad_()
    value = phi.function(z)
    (expected,) = torch.autograd.grad(value.sum(), z)
    for found in (phi.derivative(POINTS), phi.slope(POINTS, value.detach())):
        assert torch.allclose(found, expected, rtol=1e-13, atol=1e-14)


def test_parameters_shape_it() -> None:
    z = torch.tensor([-2.0, 3.0], dtype=torch.float64)
    assert activation("leaky_relu", alpha=0.2).function(z).tolist() == [-0.4, 3.0]
    assert activation("rbf", gamma=0.5).function(z)[1].item() == pytest.approx(
        math.sqrt(2) * math.sin(3 + math.pi / 4), rel=1e-14
    )
    assert activation("sin", a=2, b=3, c=0.5).function(z)[0].item() == pytest.approx(2 * math.sin(-5.5), rel=1e-14)


def test_kinks_have_slope_zero() -> None:
    zero = torch.zeros(1, dtype=torch.float64)
    for name in ("relu", "leaky_relu"):
        assert activation(name).derivative(zero).item() == 0


@pytest.mark.parametrize("name", ["relu", "elu", "selu", "sigmoid", "tanh"])
def test_pytorch_s_own_function_and_slope_at_the_kink_too(name: str) -> None:
    z = torch.tensor([-800.0, -1.0, 0.0, 1.0, 800.0], dtype=torch.float64, requires_grad=True)
    own = getattr(torch.nn.functional, name)(z)
    (slope,) = torch.autograd.grad(own.sum(), z)
    phi, points = activation(name), z.detach()
    torch.testing.assert_close(phi.function(points), own.detach(), rtol=1e-15, atol=1e-15)
    torch.testing.assert_close(phi.derivative(points), slope, rtol=1e-15, atol=1e-15)


def test_only_what_is_constant_below_zero_can_die() -> None:
    assert [name for name in ACTIVATIONS if activation(name).can_die] == ["relu"]
    assert activation("leaky_relu", alpha=0.0).can_die


def test_kinks_and_lines_are_told_by_the_slope_below() -> None:
    assert [name for name in ACTIVATIONS if activation(name).has_kink] == ["relu", "leaky_relu", "selu"]
    assert [name for name in ACTIVATIONS if activation(name).is_linear] == ["linear"]
    assert activation("leaky_relu", alpha=1.0).is_linear
    assert not activation("leaky_relu", alpha=1.0).has_kink


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_table_s_name_is_its_own_and_its_limit_is_known(name: str) -> None:
    phi = activation(name)
    assert (phi.name, phi.parameters) == (name, default_parameters(name))
    assert phi.infinite is not None


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match=r"one of relu, leaky_relu.*you gave 'mish'"):
        activation("mish")
    with pytest.raises(ValueError, match="tanh takes no parameter; you gave alpha"):
        activation("tanh", alpha=0.1)
    with pytest.raises(ValueError, match="rbf takes gamma; you gave alpha"):
        activation("rbf", alpha=0.1)


def test_softplus_is_smooth_where_pytorch_s_own_jumps() -> None:
    z = tensor([19.9, 20.1, 25.0, 39.0])
    assert torch.allclose(activation("softplus").function(z) - z, torch.exp(-z), rtol=1e-5, atol=4e-15)
