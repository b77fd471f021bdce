"""A copy of a user's torch module in the precision of the computation, and what no kernel can be computed of."""

import copy
from dataclasses import dataclass

import torch
from jaxtyping import Float, Num
from torch import Tensor, nn

from ntkscope.errors import InvalidInput
from ntkscope.numerics.module_checks import check_finite, check_parameters, check_python, check_training, first_line

BATCH = 1024  # rows that run through the module at once where no derivative is kept


@dataclass(frozen=True)
class ModuleCopy:
    """A module as a function of rows, f(x) of (n, m); the user's own is never touched.

    Args:
        module: The copy; its floating-point parameters and buffers have `dtype`.
        parameters: Those that are trained, each once, by their first name.
        frozen: Names of those with requires_grad = False: not part of the kernel.
        dtype: float64 or float32.
        outputs: m.
    """

    module: nn.Module
    parameters: dict[str, Tensor]
    frozen: tuple[str, ...]
    dtype: torch.dtype
    outputs: int

    def __call__(self, x: Num[Tensor, "n *shape"]) -> Float[Tensor, "n m"]:
        """f, with its graph."""
        f = evaluate(self.module, x, self.dtype)
        if len(x) == 1 and f.numel() == self.outputs:  # such as (m,) after a squeeze
            return f.reshape(1, self.outputs)
        return rows_of_outputs(f, len(x))

    def plain_gradient(self, x: Num[Tensor, "n *shape"], v: Float[Tensor, "n m"]) -> list[Tensor]:
        """J^T v by one backward pass: a tensor for each parameter."""
        return self._gradient((self(x) * v).sum(), retain=False)

    def plain_jacobian(self, x: Num[Tensor, "n *shape"]) -> list[Float[Tensor, "n m _"]]:
        """J by a backward pass for each number, the rows in one batch: a block for each parameter."""
        f = self(x)
        rows = [self._gradient(value, retain=True) for value in f.flatten()]
        return [torch.stack(block).reshape(*f.shape, -1) for block in zip(*rows, strict=True)]

    def _gradient(self, value: Tensor, retain: bool) -> list[Tensor]:
        parameters = list(self.parameters.values())
        try:
            return list(
                torch.autograd.grad(value, parameters, retain_graph=retain, allow_unused=True, materialize_grads=True)
            )
        except RuntimeError as error:
            raise InvalidInput(
                "Autograd must be able to differentiate the module.",
                f"one of which it says: {first_line(error)}",
                "Remove in-place operations on what a layer has used.",
                "module",
            ) from error


def copy_of(module: nn.Module, x: Num[Tensor, "n *shape"], dtype: torch.dtype) -> ModuleCopy:
    """The copy, tried on x.

    Raises:
        InvalidInput: it is not one fixed, finite function of a row with trainable parameters.
    """
    check_python(module)
    check_training(module)
    check_parameters(module)
    try:
        made = copy.deepcopy(module).to(dtype=dtype)
    except Exception as error:  # a module may refuse in its own words
        raise InvalidInput(
            "The kernel is computed on a copy of the module.",
            f"one that cannot be copied ({first_line(error)})",
            "Remove tensors with a graph from its attributes, or use torch.nn.utils.parametrizations.",
            "module",
        ) from error
    named = dict(made.named_parameters())
    probe = x[:BATCH]
    f = rows_of_outputs(evaluate(made, probe, dtype), len(probe))
    if not f.requires_grad:
        raise InvalidInput(
            "The outputs must depend on a trainable parameter.",
            "outputs without a gradient",
            "Let no detach, no_grad or rounding stand between the parameters and the outputs.",
            "module",
        )
    return ModuleCopy(
        made,
        {name: parameter for name, parameter in named.items() if parameter.requires_grad},
        tuple(name for name, parameter in named.items() if not parameter.requires_grad),
        dtype,
        f.shape[1],
    )


def check_function(network: ModuleCopy, x: Num[Tensor, "n *shape"], name: str) -> None:
    """Refuses outputs that are not finite, not the same twice, or not a row's own.

    Raises:
        InvalidInput: as said.
    """
    # With gradients on: a module may differentiate in its forward.
    f, again = (torch.cat([network(part).detach() for part in batches(x, BATCH)]) for _ in range(2))
    check_finite(f, f"outputs at {name}")
    largest, double = float(f.abs().max()), network.dtype == torch.float64
    repeated = float((again - f).abs().max())
    rows = some_rows(x)
    alone = float((torch.cat([network(x[row : row + 1]).detach() for row in rows]) - f[rows]).abs().max())
    if not repeated <= (1e-13 if double else 1e-5) * largest:  # the same sums in the same order
        raise InvalidInput(
            "The kernel belongs to one fixed function.",
            f"a module whose outputs change by {repeated:.3g} when they are computed again",
            "Call module.eval(); remove what is random or counts calls in its forward.",
            "module",
        )
    if not alone <= (1e-9 if double else 1e-3) * largest:
        raise InvalidInput(
            "The outputs of a row must depend on that row alone.",
            f"a module whose outputs change by {alone:.3g} when a row comes without the others",
            "Call module.eval(); remove statistics over the batch.",
            "module",
        )


def batches(x: Num[Tensor, "n *shape"], rows: int) -> list[Num[Tensor, "_ *shape"]]:
    """x by at most so many rows."""
    return [x[top : top + rows] for top in range(0, len(x), rows)]


def some_rows(x: Tensor) -> list[int]:
    """The first row, the middle one and the last."""
    return sorted({0, len(x) // 2, len(x) - 1})


def evaluate(module: nn.Module, x: Tensor, dtype: torch.dtype) -> Float[Tensor, "..."]:
    """What the module returns, of any shape.

    Raises:
        InvalidInput: it raises, or returns something other than a tensor of `dtype`.
    """
    try:
        f = module(x.clone())  # so that a module which works in place leaves x
    except Exception as error:  # the user's own code may raise anything
        raise InvalidInput(
            f"The module must take one tensor (n, ...) and compute in {dtype}.",
            f"one that raises {type(error).__name__}: {first_line(error)} for a tensor {tuple(x.shape)} of {x.dtype}",
            _remedy(module, x),
            "module",
        ) from error
    if not isinstance(f, Tensor):
        got = f"a module that returns {type(f).__name__}"
        remedy = "Wrap the module in one that returns a tensor, such as torch.cat of its heads."
        raise InvalidInput("The module must return one tensor.", got, remedy, "module")
    if f.dtype != dtype:
        raise InvalidInput(
            f"The module must compute in {dtype} from end to end.",
            f"outputs of {f.dtype}",
            "Remove casts from its forward, or pass dtype=torch.float32.",
            "module",
        )
    return f


def _remedy(module: nn.Module, x: Tensor) -> str:
    """What to do where a module refuses its inputs: such as whole numbers where it takes others."""
    takes_indices = any(isinstance(layer, nn.Embedding | nn.EmbeddingBag) for layer in module.modules())
    if takes_indices and x.dtype not in (torch.int32, torch.int64):
        return "Give indices as whole numbers, x.long(): they reach the module as they are."
    if takes_indices:
        return "Check that every index is at least 0 and below the embedding's num_embeddings, and the inputs' shape."
    if not x.is_floating_point():
        return "Whole numbers reach the module as they are: give x.double() where it takes others."
    return "Check the inputs' shape, type and device, keep constants as buffers, or pass dtype=torch.float32."


def rows_of_outputs(f: Float[Tensor, "..."], n: int) -> Float[Tensor, "n m"]:
    """(n,) or (n, m) as (n, m); anything else is refused."""
    if f.ndim not in (1, 2) or f.shape[0] != n or f.numel() == 0:
        raise InvalidInput(
            f"The module must return (n,) or (n, m) for n inputs; here n = {n}.",
            f"outputs of shape {tuple(f.shape)}",
            "Flatten what belongs to one row, such as f.flatten(1).",
            "module",
        )
    return f.reshape(n, -1)
