"""A card computes what the CPU computes: over the pretend card to the bit, on a real one to round-off."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from ntkscope.numerics import (
    LAWS,
    FrozenKernel,
    empirical_ntk,
    euler_step,
    flow_factor,
    hessian_sharpness,
    infinite_kernels,
    plain_steps,
    predict,
    spectrum,
    step_graph,
    to_host,
    unit_slopes,
)
from tests.numerics.twins import architecture, network, normal
from tests.pretend_cuda import Card

ROUND_OFF = 1e-10
COUNT = 8


def agree(cuda: Card | None, found: Tensor, expected: Tensor) -> bool:
    """Nowhere apart over the pretend card; by round-off on a real one."""
    apart = float((found.cpu() - expected).abs().max()) if len(expected) else 0.0
    return apart <= (0.0 if cuda else ROUND_OFF * float(expected.abs().max()))


@pytest.mark.parametrize(
    "name", ["relu", "tanh", "erf", "gelu", "sin", "linear", "silu", "leaky_relu", "sigmoid", "selu"]
)
@pytest.mark.parametrize("depth", [1, 3])
def test_training_steps(cuda: Card | None, name: str, depth: int) -> None:
    net, x, y = network(name, depth), normal(9, 3), normal(9, seed=1)
    other, x_cuda, y_cuda = net.to("cuda"), x.cuda(), y.cuda()
    step, other_step = euler_step(net, x), euler_step(other, x_cuda)
    for _ in range(5):
        assert agree(cuda, other_step(y_cuda, 1e-3), step(y, 1e-3))
    assert agree(cuda, other.weights[0], net.weights[0])
    if cuda:
        assert not cuda.syncs, "a step waits for the card"


def test_kernels_and_predictions(cuda: Card | None) -> None:
    net, x, x2 = network("erf"), normal(40, 3), normal(10, 3, seed=1)
    results = []
    for device in ("cpu", "cuda"):
        there, inputs, others = net.to(device), x.to(device), x2.to(device)
        kernel, cross = empirical_ntk(there, inputs), empirical_ntk(there, others, inputs)
        modes = spectrum(kernel)
        times = torch.tensor([0.0, 0.01, 0.1], dtype=torch.float64, device=device)
        function = predict(modes, cross, inputs[:, 0], others[:, 0], flow_factor(modes.eigenvalues, times))
        results.append([kernel.cpu(), cross.cpu(), modes.eigenvalues.cpu(), function.cpu()])
    for expected, found in zip(*results, strict=True):
        assert agree(cuda, found, expected)


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh", "selu"])
def test_infinite_width(cuda: Card | None, name: str) -> None:
    x = normal(6, 3)
    shape = architecture(1, name, 0.3, 0.2)  # a series with few terms
    assert agree(cuda, infinite_kernels(shape, x.cuda()).ntk, infinite_kernels(shape, x).ntk)


@pytest.mark.parametrize("law", list(LAWS))
def test_a_constant_kernel_predicts_where_it_is(cuda: Card | None, law: str) -> None:
    """Whoever carries a kernel on names a step, and not the kernel's device."""
    net, x, residual = network("tanh"), normal(12, 3), normal(12, seed=1)
    kernel = empirical_ntk(net, x)
    steps, by = torch.tensor([0.0, 3.0]).double(), LAWS[law](1e-3)
    expected = FrozenKernel(spectrum(kernel), kernel, residual, residual).predict(by, steps)
    there = FrozenKernel(spectrum(kernel.cuda()), kernel.cuda(), residual.cuda(), residual.cuda())
    found = there.predict(by, steps)
    assert agree(cuda, found.residual, expected.residual)
    assert agree(cuda, found.function, expected.function)


@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_the_hessian_s_largest_eigenvalue(cuda: Card | None, name: str) -> None:
    net, x, targets = network(name, 2), normal(12, 3), normal(12, seed=1)
    expected = hessian_sharpness(net, x, targets)
    there, x_cuda, targets_cuda = net.to("cuda"), x.cuda(), targets.cuda()
    if cuda:
        cuda.reset()
    found = hessian_sharpness(there, x_cuda, targets_cuda)
    assert found.largest == pytest.approx(expected.largest, rel=0 if cuda else ROUND_OFF)
    if cuda:
        assert found == expected
        assert not cuda.syncs
        assert sum(cuda.to_host.values()) <= -(-found.products // 8), "more than one look in eight products"


def test_units_without_slope(cuda: Card | None) -> None:
    net, x = network("relu", 3), normal(12, 3)
    assert unit_slopes(net.to("cuda"), x.cuda()) == unit_slopes(net, x)
    assert bool(net.to("cuda").hidden_derivatives_all_zero(x.cuda())) is bool(net.hidden_derivatives_all_zero(x))


def test_several_tensors_come_in_one_copy(card: Card) -> None:
    parts = [normal(3, 4), normal(5).float(), normal(2, 2, seed=1) > 0]
    there = [part.cuda() for part in parts]
    card.reset()
    found = to_host(*there)
    assert sum(card.to_host.values()) == 1
    for one, part in zip(found, parts, strict=True):
        assert torch.equal(one, part.double())


def moved(name: str, depth: int, steps: Callable[..., Callable[[], Tensor]]) -> tuple[Tensor, Tensor]:
    """The last residual and the parameters after 4 x 8 steps on the card."""
    net, x, y = network(name, depth).to("cuda"), normal(9, 3).cuda(), normal(9, seed=1).cuda()
    several = steps(euler_step(net, x), y, 1e-3, COUNT)
    for _ in range(4):
        residual = several()
    return residual.cpu(), torch.cat([parameter.cpu().flatten() for parameter in net.parameters()])


@pytest.mark.parametrize("name", ["relu", "tanh", "silu"])
@pytest.mark.parametrize("depth", [1, 3])
def test_a_graph_of_steps_does_what_the_steps_do(cuda: Card | None, name: str, depth: int) -> None:
    expected = moved(name, depth, lambda *arguments: lambda: plain_steps(*arguments))
    found = moved(name, depth, lambda *arguments: step_graph(*arguments) or pytest.fail("no graph was made"))
    for one, other in zip(found, expected, strict=True):
        assert agree(cuda, one, other)
    if cuda:
        assert cuda.replays == 4


def test_making_a_graph_moves_nothing(cuda: Card | None) -> None:
    net, x, y = network("tanh", 2).to("cuda"), normal(9, 3).cuda(), normal(9, seed=1).cuda()
    before = [parameter.cpu() for parameter in net.parameters()]
    assert step_graph(euler_step(net, x), y, 1e-3, COUNT)
    assert all(torch.equal(one, two.cpu()) for one, two in zip(before, net.parameters(), strict=True))


def test_without_a_card_there_is_no_graph() -> None:
    net, x, y = network("tanh"), normal(9, 3), normal(9, seed=1)
    assert step_graph(euler_step(net, x), y, 1e-3, COUNT) is None


def test_a_card_that_refuses_the_capture_is_told_of_and_nothing_is_moved(
    card: Card, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise RuntimeError("CUDA error: operation not supported")

    monkeypatch.setattr(torch.cuda, "graph", refuses)
    net, x, y = network("tanh").to("cuda"), normal(9, 3).cuda(), normal(9, seed=1).cuda()
    before = [parameter.cpu() for parameter in net.parameters()]
    assert step_graph(euler_step(net, x), y, 1e-3, COUNT) is None
    assert "operation not supported" in caplog.text
    assert all(torch.equal(one, two.cpu()) for one, two in zip(before, net.parameters(), strict=True))
