"""Slow, obvious truths that numerics is tested against, and the reference values with their errors."""

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ntkscope.numerics import MLP, Activation, Architecture, activation

REFERENCE: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent.parent / "reference" / "public.json").read_text()
)


def tensor(values: object) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


def network(
    phi: str = "tanh", depth: int = 2, parameterization: str = "ntk", bias: bool = True, outputs: int = 1,
    seed: int = 0,
) -> MLP:  # fmt: skip
    """A small network of three inputs with layers of different widths."""
    shape = architecture(
        depth, phi, 1.5, 0.5, width=(17, 11, 13, 7)[:depth], bias=bias, parameterization=parameterization
    )
    return MLP.create(3, shape, outputs=outputs, generator=generator(seed))


def architecture(depth: int, phi: str | Activation, sigma_w: float, sigma_b: float, **others: Any) -> Architecture:
    """With an activation by its name."""
    return Architecture(depth, activation(phi) if isinstance(phi, str) else phi, sigma_w, sigma_b, **others)


def output(net: MLP, parameters: list[Tensor], x: Tensor) -> Tensor:
    """f by the definition, layer by layer."""
    parameters, a = list(parameters), x
    for layer, scale in enumerate(net.weight_scales):
        a = net.activation.function(a) if layer else a
        a = scale * a @ parameters.pop(0)
        if net.biases is not None:
            a = a + net.bias_scale * parameters.pop(0)
    return net.output_scale * a


def jacobian(net: MLP, x: Tensor) -> Tensor:
    """J by autograd, one backward pass for each number: (n, outputs, parameters)."""
    parameters = [parameter.clone().requires_grad_() for parameter in net.parameters()]
    f = output(net, parameters, x)
    rows = [
        torch.cat([
            gradient.flatten()
            for gradient in torch.autograd.grad(value, parameters, retain_graph=True, materialize_grads=True)
        ])
        for value in f.flatten()
    ]  # fmt: skip
    return torch.stack(rows).view(*f.shape, -1)


def reference_network(case: dict[str, Any]) -> MLP:
    """The network of an `empirical` case, from its stored parameters and scales."""
    weights, biases = [tensor(w) for w in case["W"]], [tensor(b) for b in case["b"]]
    return MLP(weights, biases, activation(case["activation"]), case["weight_scale"], case["bias_scale"])


def kernel_error(found: Tensor, true: Tensor, square: Tensor) -> float:
    """max |A - B|_ij / sqrt(B_ii B_jj); of a cross block's row i the scale is max_j |B_ij| / sqrt(K_jj)."""
    diagonal = square.diagonal().sqrt()
    rows = diagonal if true.shape == square.shape else (true.abs() / diagonal).amax(1)
    return float(((found - true).abs() / (rows[:, None] * diagonal)).max())
