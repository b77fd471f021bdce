"""Lanczos against a Hessian that is formed entry by entry."""

import pytest
import torch
from torch import Tensor, nn

from ntkscope.numerics import MLP, empirical_ntk, hessian_sharpness
from tests.numerics.twins import network, normal, output


def dense_hessian(net: MLP, x: Tensor, targets: Tensor) -> Tensor:
    shapes = [parameter.shape for parameter in net.parameters()]
    sizes = [parameter.numel() for parameter in net.parameters()]

    def loss(flat: Tensor) -> Tensor:
        parts = [part.view(shape) for part, shape in zip(flat.split(sizes), shapes, strict=True)]
        return 0.5 * ((output(net, parts, x)[:, 0] - targets) ** 2).sum()

    return torch.autograd.functional.hessian(loss, torch.cat([p.flatten() for p in net.parameters()]))


@pytest.mark.parametrize(
    ("activation", "depth", "parameterization", "bias"),
    [
        ("tanh", 2, "ntk", True),
        ("erf", 1, "mean_field", True),
        ("relu", 2, "standard", False),
        ("gelu", 1, "ntk", False),
    ],
)
def test_the_largest_eigenvalue(activation: str, depth: int, parameterization: str, bias: bool) -> None:
    net = network(activation, depth, parameterization, bias)
    x, targets = normal(6, 3), normal(6, seed=1)
    true = float(torch.linalg.eigvalsh(dense_hessian(net, x, targets))[-1])
    found = hessian_sharpness(net, x, targets)
    assert found.largest == pytest.approx(true, rel=1e-8)
    assert abs(found.largest - true) <= found.error + 1e-12 * true
    assert found.products < 60


def test_without_a_residual_it_is_the_kernel_s() -> None:
    net, x = network(), normal(6, 3)
    found = hessian_sharpness(net, x, net(x)[:, 0])
    assert found.largest == pytest.approx(float(torch.linalg.eigvalsh(empirical_ntk(net, x))[-1]), rel=1e-8)


def test_any_torch_module_of_one_output_and_its_trainable_parameters() -> None:
    net, x, targets = network("tanh", 1, "standard"), normal(6, 3), normal(6, seed=1)
    module = nn.Sequential(nn.Linear(3, 17), nn.Tanh(), nn.Linear(17, 1)).double()
    layers = (module[0], module[2])
    with torch.no_grad():
        for layer, weight, bias in zip(layers, net.weights, net.biases or [], strict=True):
            layer.weight.copy_(weight.T)
            layer.bias.copy_(bias)
    found, expected = hessian_sharpness(module, x, targets), hessian_sharpness(net, x, targets)
    assert found.largest == pytest.approx(expected.largest, rel=1e-6)
    assert all(parameter.grad is None for parameter in module.parameters())
    layers[0].requires_grad_(False)
    hidden = torch.cat([torch.tanh(layers[0](x)).detach(), torch.ones(6, 1).double()], dim=1)
    linear = float(torch.linalg.eigvalsh(hidden.T @ hidden)[-1])  # the last layer's loss is quadratic
    assert hessian_sharpness(module.float(), x.float(), targets).largest == pytest.approx(linear, rel=1e-5)


def test_several_outputs_are_refused() -> None:
    with pytest.raises(ValueError, match="one output; this one has 2"):
        hessian_sharpness(network(outputs=2), normal(6, 3), normal(6))


def test_a_float32_network_is_measured_in_float64_and_inside_no_grad() -> None:
    net, x, targets = network(), normal(6, 3), normal(6, seed=1)
    with torch.no_grad():
        single = hessian_sharpness(net.to(dtype=torch.float32), x.float(), targets)
    assert single.largest == pytest.approx(hessian_sharpness(net, x, targets).largest, rel=1e-5)
