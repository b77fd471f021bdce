"""What is drawn at the start: PyTorch's own layers from the same generator, and the same network in parts."""

import math
from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import nn

from ntkscope.numerics import INITIALIZATIONS, MLP, Architecture, activation, draw, empirical_ntk, spectrum
from tests.numerics.twins import architecture, generator

SIZES = [3, 17, 40, 1]


def drawn(name: str, seed: int = 5, **others: object) -> MLP:
    shape = architecture(
        2, "relu", 99.0, 99.0, width=(17, 40), parameterization="standard", initialization=name, **others
    )
    return MLP.create(3, shape, generator=generator(seed))


def layers(seed: int = 5) -> list[nn.Linear]:
    torch.manual_seed(seed)
    return [nn.Linear(a, b, dtype=torch.float64) for a, b in pairwise(SIZES)]


def initialized(weights: Callable[[torch.Tensor], object], seed: int = 5) -> list[nn.Linear]:
    made = layers()
    torch.manual_seed(seed)
    for layer in made:
        weights(layer.weight)
        nn.init.zeros_(layer.bias)
    return made


PYTORCH = {
    "torch_linear": layers,
    "glorot": lambda: initialized(nn.init.xavier_uniform_),
    "he": lambda: initialized(lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu")),
}


@pytest.mark.parametrize("name", INITIALIZATIONS)
def test_pytorch_draws_the_same_from_the_same_seed(name: str) -> None:
    network = drawn(name)
    for weight, bias, layer in zip(network.weights, network.biases or [], PYTORCH[name](), strict=True):
        torch.testing.assert_close(weight, layer.weight.detach().T, rtol=1e-15, atol=0)
        torch.testing.assert_close(bias, layer.bias.detach(), rtol=1e-15, atol=0)
    assert network.weight_scales == [1.0] * 3
    assert drawn(name, bias=False).biases is None


@pytest.mark.parametrize("name", INITIALIZATIONS)
def test_drawn_in_parts_it_is_that_of_one_draw(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = drawn(name)
    monkeypatch.setattr(draw, "TOGETHER", 32)
    for part, all_of_it in zip(drawn(name).parameters(), whole.parameters(), strict=True):
        assert torch.equal(part, all_of_it)


def test_the_sizes_of_the_draws() -> None:
    wide = Architecture(1, activation("relu"), 1.0, 1.0, 40_000, parameterization="standard")
    for name, weight, bias in (
        ("torch_linear", [1 / math.sqrt(6), 1 / math.sqrt(120_000)], 1 / math.sqrt(6)),
        ("glorot", [math.sqrt(2 / 40_002), math.sqrt(2 / 40_001)], 0.0),
        ("he", [1.0, math.sqrt(2 / 40_000)], 0.0),
    ):
        shape = Architecture(**{**wide.__dict__, "initialization": name})
        network = MLP.create(2, shape, generator=generator())
        assert [float(w.std()) for w in network.weights] == pytest.approx(weight, rel=0.03)
        assert network.biases is not None
        assert float(network.biases[0].square().mean().sqrt()) == pytest.approx(bias, rel=0.03)


def test_k_0_of_pytorch_s_own_layers_has_the_same_leading_eigenvalues_over_seeds() -> None:
    """Two samples of 60 networks, ours and nn.Linear's by autograd: each mean within 4 standard errors."""
    x = torch.linspace(-1, 1, 12, dtype=torch.float64)[:, None]
    shape = Architecture(
        2, activation("relu"), 4.0, 2.0, 32, parameterization="standard", initialization="torch_linear"
    )
    ours, theirs = [], []
    for seed in range(60):
        kernel = empirical_ntk(MLP.create(1, shape, generator=generator(seed)), x)
        ours.append(spectrum(kernel).eigenvalues[:3].log())
        torch.manual_seed(1000 + seed)
        model = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1)).double()
        rows = [torch.cat([g.flatten() for g in torch.autograd.grad(f, list(model.parameters()), retain_graph=True)])
                for f in model(x)[:, 0]]  # fmt: skip
        jacobian = torch.stack(rows)
        theirs.append(spectrum(jacobian @ jacobian.T).eigenvalues[:3].log())
    first, second = torch.stack(ours), torch.stack(theirs)
    error = ((first.var(0) + second.var(0)) / 60).sqrt()
    assert bool(((first.mean(0) - second.mean(0)).abs() < 4 * error).all())
    ratio = first.std(0) / second.std(0)
    assert bool(((ratio > 0.6) & (ratio < 1.7)).all())


def test_what_does_not_go_together_is_refused() -> None:
    for parameterization, name, said in (
        ("ntk", "he", "he goes with the standard parameterization; you gave ntk"),
        ("standard", "lecun", "one of normal, torch_linear, glorot, he; you gave 'lecun'"),
    ):
        shape = architecture(1, "relu", 1.0, 0.0, width=4, parameterization=parameterization, initialization=name)
        with pytest.raises(ValueError, match=said):
            MLP.create(3, shape, generator=generator())
