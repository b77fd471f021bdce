"""The GPU computes what the CPU computes."""

import pytest
import torch

from ntkscope.numerics import empirical_ntk, euler_step, flow_factor, infinite_kernels, predict, spectrum
from tests.numerics.twins import architecture, network, normal

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


@pytest.mark.parametrize("name", ["relu", "tanh", "erf", "gelu", "sin", "linear", "sigmoid", "selu"])
@pytest.mark.parametrize("depth", [1, 3])
def test_training_steps(name: str, depth: int) -> None:
    net, x, y = network(name, depth), normal(9, 3), normal(9, seed=1)
    other, x_cuda, y_cuda = net.to("cuda"), x.cuda(), y.cuda()
    step, other_step = euler_step(net, x), euler_step(other, x_cuda)
    for _ in range(5):
        expected, found = step(y, 1e-3), other_step(y_cuda, 1e-3)
        assert torch.allclose(found.cpu(), expected, rtol=1e-11, atol=1e-11)
    assert torch.allclose(other.weights[0].cpu(), net.weights[0], rtol=1e-11, atol=1e-12)


def test_kernels_and_predictions() -> None:
    net, x, x2 = network("erf"), normal(200, 3), normal(30, 3, seed=1)
    results = []
    for device in ("cpu", "cuda"):
        there, inputs, others = net.to(device), x.to(device), x2.to(device)
        kernel, cross = empirical_ntk(there, inputs), empirical_ntk(there, others, inputs)
        modes = spectrum(kernel)
        times = torch.tensor([0.0, 0.01, 0.1], dtype=torch.float64, device=device)
        function = predict(modes, cross, inputs[:, 0], others[:, 0], flow_factor(modes.eigenvalues, times))
        results.append([kernel.cpu(), cross.cpu(), modes.eigenvalues.cpu(), function.cpu()])
    for expected, found in zip(*results, strict=True):
        assert torch.allclose(found, expected, rtol=0, atol=1e-10 * float(expected.abs().max()))


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh", "selu"])
def test_infinite_width(name: str) -> None:
    x = normal(6, 3)
    shape = architecture(2, name, 1.3, 0.2)
    expected, found = infinite_kernels(shape, x), infinite_kernels(shape, x.cuda())
    assert torch.allclose(found.ntk.cpu(), expected.ntk, rtol=1e-12, atol=1e-13)
