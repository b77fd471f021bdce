import pytest
import torch

from ntkscope.numerics import MLP, activation
from ntkscope.numerics.activations import DEFAULTS
from tests.numerics.twins import network, normal, output


def slow_step(net: MLP, x: torch.Tensor, y: torch.Tensor, learning_rate: float) -> torch.Tensor:
    """The same by autograd."""
    parameters = [parameter.clone().requires_grad_() for parameter in net.parameters()]
    residual = output(net, parameters, x)[:, 0] - y
    gradients = torch.autograd.grad(residual.square().sum() / 2, parameters)
    for parameter, gradient in zip(net.parameters(), gradients, strict=True):
        parameter.sub_(learning_rate * gradient)
    return residual.detach()


def agree(fast: MLP, slow: MLP, x: torch.Tensor, y: torch.Tensor, steps: int = 3, rate: float = 1e-3) -> None:
    for _ in range(steps):
        found, expected = fast.euler_step(x, y, rate), slow_step(slow, x, y, rate)
        assert found.shape == y.shape
        assert torch.allclose(found, expected, rtol=1e-12, atol=1e-12)
    for a, b in zip(fast.parameters(), slow.parameters(), strict=True):
        assert torch.allclose(a, b, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", DEFAULTS)
@pytest.mark.parametrize("depth", [1, 3])
def test_every_activation_steps_as_autograd_does(name: str, depth: int) -> None:
    net = network(name, depth)
    agree(net, net.copy(), normal(6, 3), normal(6, seed=1))


@pytest.mark.parametrize("parameterization", ["ntk", "standard", "mean_field"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_every_parameterization_steps_as_autograd_does(parameterization: str, bias: bool, depth: int) -> None:
    net = network("erf", depth, parameterization, bias)
    agree(net, net.copy(), normal(6, 3), normal(6, seed=1))


@pytest.mark.parametrize("parameterization", ["ntk", "mean_field"])
@pytest.mark.parametrize("depth", [1, 2])
def test_a_scaled_output_steps_as_autograd_does(parameterization: str, depth: int) -> None:
    net = MLP.create(3, 11, depth, "erf", parameterization, 1.5, 0.5, output_scale=7.0)
    agree(net, net.copy(), normal(6, 3), normal(6, seed=1), rate=1e-4)


def test_shaped_sinusoids_do_not_take_the_plain_ones_kernel() -> None:
    net = network("sin", 1)
    net.activation = activation("sin", a=2.0, b=0.5, c=0.3)
    agree(net, net.copy(), normal(6, 3), normal(6, seed=1))


@pytest.mark.parametrize(("name", "parameters"), [("leaky_relu", {"alpha": -0.7}), ("rbf", {"gamma": 0.3})])
@pytest.mark.parametrize("depth", [1, 2])
def test_other_shapes_step_as_autograd_does(name: str, parameters: dict[str, float], depth: int) -> None:
    net = network(name, depth)
    net.activation = activation(name, **parameters)
    agree(net, net.copy(), normal(6, 3), normal(6, seed=1))


def test_at_a_kink_the_step_takes_slope_zero() -> None:
    """An input of zeros without a bias: no weight above the first layer but the last one's input is 0."""
    net = network("leaky_relu", 1, bias=False)
    before = net.to_bytes()
    net.euler_step(torch.zeros(1, 3, dtype=torch.float64), torch.ones(1, dtype=torch.float64), 0.1)
    assert net.to_bytes() == before


def test_other_inputs_and_other_parameters_are_noticed() -> None:
    net = network("tanh", 1)
    slow, x = net.copy(), normal(6, 3)
    agree(net, slow, x, normal(6, seed=1))
    agree(net, slow, normal(8, 3, seed=2), normal(8, seed=3))
    agree(net, slow, x, normal(6, seed=1))
    x.mul_(2)
    agree(net, slow, x, normal(6, seed=1))
    net.load_bytes(network("tanh", 1, seed=5).to_bytes())
    slow.load_bytes(net.to_bytes())
    agree(net, slow, x, normal(6, seed=1))
    net.weights[0] = net.weights[0] + 1
    slow.weights[0].add_(1)
    agree(net, slow, x, normal(6, seed=1))
    other = net.copy()
    agree(other, slow, x, normal(6, seed=1))
    assert not torch.equal(other.weights[0], net.weights[0])


def test_residuals_are_tensors_of_their_own() -> None:
    net, x, y = network("relu", 1), normal(6, 3), normal(6, seed=1)
    first = net.euler_step(x, y, 0.01)
    kept = first.clone()
    net.euler_step(x, y, 0.01)
    assert torch.equal(first, kept)


def test_float32() -> None:
    net = network("erf", 1).to(dtype=torch.float32)
    x, y = normal(6, 3).float(), normal(6, seed=1).float()
    slow = net.copy()
    found, expected = net.euler_step(x, y, 1e-2), slow_step(slow, x, y, 1e-2)
    assert found.dtype == torch.float32
    assert torch.allclose(found, expected, rtol=1e-5, atol=1e-5)
    assert torch.allclose(net.weights[0], slow.weights[0], rtol=1e-5, atol=1e-6)


def test_the_same_seed_gives_the_same_bits() -> None:
    runs = []
    for _ in range(2):
        net, x, y = network("gelu", 2), normal(6, 3), normal(6, seed=1)
        for _ in range(20):
            net.euler_step(x, y, 1e-3)
        runs.append(net.to_bytes())
    assert runs[0] == runs[1]


def test_several_outputs_are_refused() -> None:
    with pytest.raises(ValueError, match="one output; this one has 2"):
        network(outputs=2).euler_step(normal(6, 3), normal(6), 0.1)
