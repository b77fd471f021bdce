import math

import pytest
import torch

from ntkscope.numerics import MLP, Architecture, activation, empirical_ntk
from tests.numerics.twins import REFERENCE, architecture, generator, network, normal, output, reference_network, tensor

PARAMETERIZATIONS = ["ntk", "standard", "mean_field"]


@pytest.mark.parametrize("case", REFERENCE["empirical"], ids=lambda case: case["id"])
def test_reference_outputs(case: dict) -> None:
    f = tensor(case["f"])
    assert float((reference_network(case)(tensor(case["X"])) - f).abs().max() / f.abs().max()) < 1e-12


@pytest.mark.parametrize("parameterization", PARAMETERIZATIONS)
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_output_and_forward_signals(parameterization: str, bias: bool, depth: int) -> None:
    net, x = network("gelu", depth, parameterization, bias, outputs=2), normal(5, 3)
    expected = output(net, net.parameters(), x)
    assert torch.allclose(net(x), expected, rtol=1e-13, atol=1e-14)
    signals = net.forward_signals(x)
    assert torch.allclose(signals.output, expected, rtol=1e-13, atol=1e-14)
    assert len(signals.layer_inputs) == depth + 1
    assert len(signals.slopes) == depth


@pytest.mark.parametrize("parameterization", PARAMETERIZATIONS)
@pytest.mark.parametrize("bias", [True, False])
def test_gradients_are_autograds(parameterization: str, bias: bool) -> None:
    net, x, y = network("sin", 3, parameterization, bias), normal(5, 3), normal(5, seed=1)
    parameters = [parameter.clone().requires_grad_() for parameter in net.parameters()]
    residual = output(net, parameters, x)[:, 0] - y
    expected = torch.autograd.grad(residual.square().sum() / 2, parameters)
    found = net.gradients(x, residual.detach())
    for a, b in zip(found, expected, strict=True):
        assert torch.allclose(a, b, rtol=1e-12, atol=1e-13)
    before = net.copy().parameters()
    net.descend(found, 0.1)
    for a, b, gradient in zip(net.parameters(), before, expected, strict=True):
        assert torch.allclose(a, b - 0.1 * gradient, rtol=1e-13, atol=1e-13)


def test_backward_signals_with_and_without_weights_of_the_outputs() -> None:
    net, x, weights = network("erf", 2, "mean_field", outputs=3), normal(5, 3), normal(5, 3, seed=1)
    signals = net.forward_signals(x)
    every, summed = net.backward_signals(signals), net.backward_signals(signals, weights)
    for a, b in zip(every, summed, strict=True):
        assert torch.allclose(torch.einsum("nok,no->nk", a, weights), b, rtol=1e-13, atol=1e-14)


def test_a_seed_is_one_network_in_every_precision() -> None:
    def make(dtype: torch.dtype) -> MLP:
        return MLP.create(
            3,
            architecture(2, "relu", 1.5, 0.5, width=8, parameterization="standard"),
            generator=generator(3),
            dtype=dtype,
        )

    double, single = make(torch.float64), make(torch.float32)
    assert all(torch.equal(a.float(), b) for a, b in zip(double.parameters(), single.parameters(), strict=True))
    assert torch.equal(single.to(dtype=torch.float64).weights[0], single.weights[0].double())


def test_parameters_are_drawn_as_wide_as_the_parameterization_says() -> None:
    for name, deviation in (("ntk", 1.0), ("mean_field", 1.0), ("standard", 2 / 100)):
        net = MLP.create(
            3, architecture(2, "relu", 2.0, 0.5, width=(10000, 300), parameterization=name), generator=generator()
        )
        assert float(net.weights[1].std()) == pytest.approx(deviation, rel=0.01)
        assert float(net.biases[0].std()) == pytest.approx(0.5 if name == "standard" else 1, rel=0.05)


def test_without_biases() -> None:
    net = MLP.create(3, architecture(2, "relu", 1.5, 0.5, width=8, bias=False), generator=generator())
    assert net.biases is None
    assert net.parameter_count == 3 * 8 + 8 * 8 + 8
    assert float(net(torch.zeros(1, 3, dtype=torch.float64)).abs().max()) == 0


def test_shapes_and_counts() -> None:
    net = network(depth=3, outputs=2)
    assert (net.depth, net.outputs, net.dtype, net.device.type) == (3, 2, torch.float64, "cpu")
    assert net.parameter_count == 3 * 17 + 17 + 17 * 11 + 11 + 11 * 13 + 13 + 13 * 2 + 2
    assert [tuple(p.shape) for p in net.parameters()[:3]] == [(3, 17), (17,), (17, 11)]


def test_one_width_for_each_layer() -> None:
    with pytest.raises(ValueError, match=r"each of the 3 hidden layers; you gave \[4, 5\]"):
        MLP.create(2, architecture(3, "relu", 1.0, 0.0, width=(4, 5)))
    with pytest.raises(ValueError, match=r"each of the 3 hidden layers; you gave \[\]"):
        MLP.create(2, architecture(3, "relu", 1.0, 0.0))


def test_from_parameters_they_are_scaled_as_drawn_ones() -> None:
    shape = architecture(2, "erf", 1.5, 0.5, width=9, parameterization="mean_field", output_scale=3.0)
    drawn = MLP.create(3, shape, generator=generator())
    made = MLP.from_parameters(drawn.weights, drawn.biases, shape)
    assert torch.equal(made(normal(4, 3)), drawn(normal(4, 3)))
    with pytest.raises(ValueError, match="2 hidden layers have 3 weight matrices; you gave 2"):
        MLP.from_parameters(drawn.weights[:2], drawn.biases, shape)


def test_an_activation_with_parameters() -> None:
    net = MLP.create(1, Architecture(1, activation("leaky_relu", alpha=0.5), 1.0, 0.0, width=4))
    assert net.activation.parameters == {"alpha": 0.5}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("bias", [True, False])
def test_bytes_there_and_back(dtype: torch.dtype, bias: bool) -> None:
    net, other = network(bias=bias).to(dtype=dtype), network(bias=bias, seed=1).to(dtype=dtype)
    data = net.to_bytes()
    assert len(data) == net.parameter_count * dtype.itemsize
    first = torch.frombuffer(bytearray(data[: dtype.itemsize]), dtype=dtype)  # this machine is little-endian
    assert first.item() == net.weights[0][0, 0].item()
    other.load_bytes(data)
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), other.parameters(), strict=True))


def test_bytes_of_another_network_are_refused() -> None:
    with pytest.raises(ValueError, match="parameters are 2224 bytes; you gave 8"):
        network().load_bytes(bytes(8))


def test_a_copy_has_parameters_of_its_own() -> None:
    net = network()
    other = net.copy()
    other.weights[0].zero_()
    assert float(net.weights[0].abs().min()) > 0


@pytest.mark.parametrize("parameterization", ["ntk", "standard", "mean_field"])
def test_the_output_scale_multiplies_the_same_draw(parameterization: str) -> None:
    plain, scaled = (
        MLP.create(
            3,
            architecture(2, "erf", 1.5, 0.5, width=9, parameterization=parameterization, output_scale=scale),
            generator=generator(),
        )
        for scale in (1.0, 5.0)
    )
    assert plain.to_bytes() == scaled.to_bytes()
    assert torch.allclose(scaled(normal(4, 3)), 5 * plain(normal(4, 3)), rtol=1e-14, atol=0)
    kernel = empirical_ntk(plain, normal(4, 3))
    assert torch.allclose(empirical_ntk(scaled, normal(4, 3)), 25 * kernel, rtol=1e-13, atol=0)


def test_dead_units() -> None:
    net, x = network("relu", 2), normal(6, 3)
    assert not net.hidden_derivatives_all_zero(x)
    net.weights[0].zero_()
    net.biases[0].fill_(-1)
    assert net.hidden_derivatives_all_zero(x)
    assert not network("relu", 0).hidden_derivatives_all_zero(x)


def test_mean_field_divides_the_output() -> None:
    ntk, mean_field = network(parameterization="ntk"), network(parameterization="mean_field")
    x = normal(4, 3)
    assert torch.allclose(mean_field(x), ntk(x) / math.sqrt(11), rtol=1e-14)
