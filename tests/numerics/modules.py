"""Torch modules for the tests, and what a right kernel of one is."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ntkscope.numerics import module_ntk_full
from tests.numerics.twins import normal

SHARED = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "architectures.py"))
ARCHITECTURES, autograd_jacobian, kernel_error = (
    SHARED[name] for name in ("ARCHITECTURES", "autograd_jacobian", "kernel_error")
)


class Function(nn.Module):
    """A module with some layers and a forward of the test's own."""

    def __init__(self, forward: Callable[[Any, Tensor], Any], **layers: nn.Module | nn.Parameter) -> None:
        super().__init__()
        self.calls = 0
        for name, layer in layers.items():
            setattr(self, name, layer)
        self.function = forward

    def forward(self, x: Tensor) -> Any:
        return self.function(self, x)


def linear(n_in: int = 3, n_out: int = 1, bias: bool = True) -> nn.Linear:
    """With the values of a fixed seed."""
    made = nn.Linear(n_in, n_out, bias).double()
    with torch.no_grad():
        for seed, parameter in enumerate(made.parameters()):
            parameter.copy_(normal(*parameter.shape, seed=10 * n_out + seed))
    return made


def mlp() -> nn.Sequential:
    return nn.Sequential(linear(3, 6), nn.Tanh(), linear(6, 1))


def check(module: nn.Module, route: str, reason: str, x: Tensor | None = None) -> None:
    """The kernel is right and exactly symmetric, its cross block is right; the route is this one for this reason."""
    x = normal(7, 3) if x is None else x
    for chunk in (None, 3):
        found, cross = module_ntk_full(module, x, chunk=chunk), module_ntk_full(module, x[:4], x, chunk=chunk)
        j = autograd_jacobian(module, x)
        m = len(j) // len(x)
        assert kernel_error(found.kernel, j, j) < 1e-12
        assert kernel_error(cross.kernel, j[: 4 * m], j) < 1e-12
        assert torch.equal(found.kernel, found.kernel.permute(1, 0, 3, 2))
        assert (found.route, cross.route) == (route, route)
        assert reason in found.reason
        assert 0 <= found.check_error < 1e-12
