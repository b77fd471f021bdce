"""The empirical NTK of a user's own torch module, K = J J^T: layerwise where that is right, else by Jacobians."""

from dataclasses import dataclass, replace
from typing import Literal

import torch
from jaxtyping import Float, Num
from torch import Tensor, nn

from ntkscope.errors import InvalidInput
from ntkscope.numerics.module_checks import check_inputs
from ntkscope.numerics.module_copy import ModuleCopy, check_function, copy_of
from ntkscope.numerics.module_hooks import NotLayerwise
from ntkscope.numerics.module_jacobian import jacobian_kernel
from ntkscope.numerics.module_layerwise import layerwise_kernel


@dataclass(frozen=True)
class ModuleNTK:
    """A kernel, and how it was come by.

    Args:
        kernel: (n1, n2) for one output; (n1, n2, m, m) from `module_ntk_full`.
        route: "layerwise", the formula of theory 6 from hooks on Linear layers, or "jacobian".
        reason: Why this route, as a sentence without a full stop.
        check_error: The largest relative difference from plain backward passes: J^T v over all rows for a random v,
            and a few rows by themselves.
        frozen: Names of the parameters with requires_grad = False, which are not part of the kernel.
    """

    kernel: Float[Tensor, "n1 n2"] | Float[Tensor, "n1 n2 m m"]
    route: Literal["layerwise", "jacobian"]
    reason: str
    check_error: float
    frozen: tuple[str, ...]


def module_ntk(
    module: nn.Module,
    x1: Num[Tensor, "n1 *shape"],
    x2: Num[Tensor, "n2 *shape"] | None = None,
    dtype: torch.dtype = torch.float64,
    chunk: int | None = None,
) -> ModuleNTK:
    r"""K(x, x') = <df(x)/dtheta, df(x')/dtheta> of a module of one output, over its trainable parameters.

    By hooks and the layerwise formula where every trainable parameter sits in a plain `torch.nn.Linear` that is used
    once for each row, by Jacobians otherwise. The layerwise kernel is compared with Jacobians, and left for them
    where it differs.

    Args:
        module: Takes a tensor (n, ...) and returns (n,) or (n, m), each row from its own input alone. It is copied,
            and never changed.
        x1: The inputs, (n1, ...); whole numbers stay as they are, such as indices of an embedding.
        x2: Other inputs; None means x1, and an exactly symmetric kernel.
        dtype: In which everything is computed, whatever the module's own; float64 or float32.
        chunk: Rows that are differentiated at once; None: as many as keep a block of J below 256 MiB, 1024 at most.

    Raises:
        InvalidInput: several outputs; dropout or batch norm in training mode; outputs that are not finite, not a
            tensor (n,) or (n, m), random, or dependent on other rows; nothing to train; inputs that do not fit.

    Source: theory, sections 6 and 9.
    """
    found, _ = _module_ntk(module, x1, x2, dtype, chunk, several=False)
    return replace(found, kernel=found.kernel.view(len(x1), -1))


def module_ntk_full(
    module: nn.Module,
    x1: Num[Tensor, "n1 *shape"],
    x2: Num[Tensor, "n2 *shape"] | None = None,
    dtype: torch.dtype = torch.float64,
    chunk: int | None = None,
) -> ModuleNTK:
    """K[i, j, o, p] = <df_o(x1_i)/dtheta, df_p(x2_j)/dtheta>; arguments and errors as in `module_ntk`."""
    found, m = _module_ntk(module, x1, x2, dtype, chunk, several=True)
    return replace(found, kernel=found.kernel.view(len(x1), m, -1, m).transpose(1, 2))


def _module_ntk(
    module: nn.Module, x1: Tensor, x2: Tensor | None, dtype: torch.dtype, chunk: int | None, several: bool
) -> tuple[ModuleNTK, int]:
    """The kernel as a matrix (n1 m, n2 m), and m."""
    with torch.inference_mode(False), torch.enable_grad():
        left = check_inputs(x1, "x1", dtype)
        right = left if x2 is None else check_inputs(x2, "x2", dtype)
        if chunk is not None and chunk < 1:
            raise InvalidInput("Rows at once must be at least 1.", str(chunk), "Leave chunk out.", "chunk")
        network = copy_of(module, left, dtype)
        if network.outputs != 1 and not several:
            raise InvalidInput(
                "module_ntk and empirical_ntk take a module of one output.",
                f"one of {network.outputs}",
                "Use module_ntk_full, empirical_ntk_full or empirical_ntk_mean.",
                "module",
            )
        check_function(network, left, "x1")
        if x2 is not None:
            check_function(network, right, "x2")
        return _by_a_route(network, left, right, chunk), network.outputs


def _by_a_route(network: ModuleCopy, x1: Tensor, x2: Tensor, chunk: int | None) -> ModuleNTK:
    try:
        kernel, error = layerwise_kernel(network, x1, x2, chunk)
    except NotLayerwise as obstacle:
        kernel, error, said = jacobian_kernel(network, x1, x2, chunk)
        return ModuleNTK(kernel, "jacobian", "; ".join(filter(None, [str(obstacle), said])), error, network.frozen)
    reason = "every trained parameter sits in a Linear layer that is used once for each row"
    return ModuleNTK(kernel, "layerwise", reason, error, network.frozen)
