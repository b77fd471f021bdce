"""What the Linear layers of a torch module see: their inputs and backward signals, kept by hooks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Num
from torch import Tensor, nn

from ntkscope.numerics.module_checks import first_line
from ntkscope.numerics.module_copy import ModuleCopy
from ntkscope.numerics.module_error import check_vector, vector_error

Calls = dict[str, list[tuple[Tensor, Tensor]]]


class NotLayerwise(Exception):
    """Why the formula does not hold for a module, as a sentence without a full stop."""


@dataclass(frozen=True)
class LayerSignals:
    """What a Linear layer saw of n rows.

    Args:
        inputs: A, (n, n_in).
        signals: D = df/dz, (n, m, n_out).
        weight: Name of its weight where that is trained.
        bias: Name of its bias where there is one and it is trained.
    """

    inputs: Float[Tensor, "n n_in"]
    signals: Float[Tensor, "n m n_out"]
    weight: str | None
    bias: str | None


def linear_layers(network: ModuleCopy) -> dict[str, nn.Linear]:
    """The Linear layers with trained parameters.

    Raises:
        NotLayerwise: a trained parameter sits elsewhere, or in two layers.
    """
    found: dict[str, nn.Linear] = {}
    owners: dict[int, str] = {}
    for layer_name, layer in network.module.named_modules():
        for name, parameter in layer.named_parameters(recurse=False, remove_duplicate=False):
            full = f"{layer_name}.{name}".removeprefix(".")
            if not parameter.requires_grad:
                continue
            if type(layer) is not nn.Linear or name not in ("weight", "bias"):  # a subclass may compute anything
                raise NotLayerwise(f"{full} is a parameter of {type(layer).__name__}, not of a plain Linear layer")
            if id(parameter) in owners:
                raise NotLayerwise(f"{full} is shared with {owners[id(parameter)]}")
            owners[id(parameter)] = full
            found[layer_name] = layer
    return found


def layer_signals(network: ModuleCopy, x: Num[Tensor, "n *shape"]) -> tuple[list[LayerSignals], float]:
    """Every layer's signals, and how far J^T v from them is from a backward pass, relative to its norm.

    Raises:
        NotLayerwise: a layer is not used exactly once for each row.
    """
    layers = linear_layers(network)
    with _watched(layers) as calls:
        f = network(x)
    for name, seen in calls.items():
        if len(seen) != 1:
            raise NotLayerwise(f"{name or 'the Linear layer'} is used {len(seen)} times")
        a, z = seen[0]
        if a.ndim != 2 or len(a) != len(x):
            raise NotLayerwise(f"{name} is not used once for each row: it takes {tuple(a.shape)} for {len(x)} rows")
        if not z.requires_grad:
            raise NotLayerwise(f"{name} is used without gradients")
    before = [z for [(_, z)] in calls.values()]
    try:
        by_output = [
            torch.autograd.grad(column.sum(), before, retain_graph=True, allow_unused=True, materialize_grads=True)
            for column in f.unbind(1)
        ]
    except RuntimeError as error:
        raise NotLayerwise(f"autograd refuses: {first_line(error)}") from error
    found = []
    for (name, layer), signals in zip(layers.items(), zip(*by_output, strict=True), strict=True):
        weight, bias = (
            f"{name}.{kind}".removeprefix(".") if parameter is not None and parameter.requires_grad else None
            for kind, parameter in (("weight", layer.weight), ("bias", layer.bias))
        )
        found.append(LayerSignals(calls[name][0][0].detach(), torch.stack(signals, 1), weight, bias))
    return found, _error(network, x, found)


@contextmanager
def _watched(layers: dict[str, nn.Linear]) -> Iterator[Calls]:
    """Fills in the input and output of every call of a layer."""
    calls: Calls = {name: [] for name in layers}

    def hook(name: str) -> Any:
        def keep(layer: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], z: Tensor) -> Tensor:
            calls[name].append(((args or tuple(kwargs.values()))[0], z))
            return z.clone()  # so that an activation in place leaves z, against which f is differentiated

        return keep

    # First in line: a hook of the user's own may change z.
    handles = [
        layer.register_forward_hook(hook(name), prepend=True, with_kwargs=True) for name, layer in layers.items()
    ]
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def _error(network: ModuleCopy, x: Tensor, layers: list[LayerSignals]) -> float:
    squares = [
        (layer.inputs.square().sum(1, keepdim=True) * bool(layer.weight) + bool(layer.bias))
        * layer.signals.square().sum(2)
        for layer in layers
    ]
    v = check_vector(torch.stack(squares).sum(0))
    found: dict[str, Tensor] = {}
    for layer in layers:
        d = (v[:, :, None] * layer.signals).sum(1)
        if layer.weight:
            found[layer.weight] = d.T @ layer.inputs
        if layer.bias:
            found[layer.bias] = d.sum(0)
    return vector_error([found[name] for name in network.parameters], network.plain_gradient(x, v))
