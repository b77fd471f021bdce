import pytest
import torch

from ntkscope.numerics import ACTIVATIONS, MLP, activation, euler_step
from tests.numerics.twins import architecture, network, normal, output


def slow_step(net: MLP, x: torch.Tensor, y: torch.Tensor, learning_rate: float) -> torch.Tensor:
    """The same by autograd."""
    parameters = [parameter.clone().requires_grad_() for parameter in net.parameters()]
    residual = output(net, parameters, x)[:, 0] - y
    gradients = torch.autograd.grad(residual.square().sum() / 2, parameters)
    for parameter, gradient in zip(net.parameters(), gradients, strict=True):
        parameter.sub_(learning_rate * gradient)
    return residual.detach()


def agree(fast: MLP, slow: MLP, x: torch.Tensor, y: torch.Tensor, steps: int = 3, rate: float = 1e-3) -> None:
    step = euler_step(fast, x)
    for _ in range(steps):
        found, expected = step(y, rate), slow_step(slow, x, y, rate)
        assert found.shape == y.shape
        assert torch.allclose(found, expected, rtol=1e-12, atol=1e-12)
    for a, b in zip(fast.parameters(), slow.parameters(), strict=True):
        assert torch.allclose(a, b, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", ACTIVATIONS)
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
    net = MLP.create(
        3, architecture(depth, "erf", 1.5, 0.5, width=11, parameterization=parameterization, output_scale=7.0)
    )
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
    euler_step(net, torch.zeros(1, 3, dtype=torch.float64))(torch.ones(1, dtype=torch.float64), 0.1)
    assert net.to_bytes() == before


def test_parameters_that_are_loaded_are_those_of_the_step() -> None:
    net, x, y = network("tanh", 1), normal(6, 3), normal(6, seed=1)
    step = euler_step(net, x)
    step(y, 1e-3)
    net.load_bytes(network("tanh", 1, seed=5).to_bytes())
    slow = net.copy()
    torch.testing.assert_close(step(y, 1e-3), slow_step(slow, x, y, 1e-3))
    torch.testing.assert_close(net.weights[0], slow.weights[0])


def test_residuals_are_tensors_of_their_own() -> None:
    net, x, y = network("relu", 1), normal(6, 3), normal(6, seed=1)
    step = euler_step(net, x)
    first = step(y, 0.01)
    kept = first.clone()
    step(y, 0.01)
    assert torch.equal(first, kept)


def test_float32() -> None:
    net = network("erf", 1).to(dtype=torch.float32)
    x, y = normal(6, 3).float(), normal(6, seed=1).float()
    slow = net.copy()
    found, expected = euler_step(net, x)(y, 1e-2), slow_step(slow, x, y, 1e-2)
    assert found.dtype == torch.float32
    assert torch.allclose(found, expected, rtol=1e-5, atol=1e-5)
    assert torch.allclose(net.weights[0], slow.weights[0], rtol=1e-5, atol=1e-6)


def test_the_same_seed_gives_the_same_bits() -> None:
    runs = []
    for _ in range(2):
        net, x, y = network("gelu", 2), normal(6, 3), normal(6, seed=1)
        step = euler_step(net, x)
        for _ in range(20):
            step(y, 1e-3)
        runs.append(net.to_bytes())
    assert runs[0] == runs[1]


def test_several_outputs_are_refused() -> None:
    with pytest.raises(ValueError, match="one output; this one has 2"):
        euler_step(network(outputs=2), normal(6, 3))
