"""What is refused of a user's torch module before it runs, and of its numbers after."""

import torch
from jaxtyping import Num
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.parameter import is_lazy

from ntkscope.errors import InvalidInput

DTYPES = (torch.float64, torch.float32)


def check_python(module: nn.Module) -> None:
    """Refuses TorchScript, which neither hooks nor torch.func can see into."""
    if isinstance(module, torch.jit.ScriptModule):
        got, remedy = f"a {type(module).__name__}", "Give the module that it was made from."
        raise InvalidInput("The module must be one of Python, not of TorchScript.", got, remedy, "module")


def check_training(module: nn.Module) -> None:
    """Refuses dropout and batch norm in training mode, and batch norm without running statistics."""
    active = {name or "the module": layer for name, layer in module.named_modules() if _depends_on_mode(layer)}
    if training := [_called(name, layer) for name, layer in active.items() if layer.training]:
        raise InvalidInput(
            "The kernel belongs to one fixed function of each row: dropout and batch norm in evaluation mode.",
            f"{', '.join(training)} in training mode",
            "Call module.eval() first.",
            "module",
        )
    for name, layer in active.items():
        if isinstance(layer, _BatchNorm) and layer.running_mean is None:
            raise InvalidInput(
                "The outputs of a row must depend on that row alone.",
                f"{_called(name, layer)}, which takes the statistics of the batch in evaluation mode too",
                "Make it with track_running_stats=True and train it, or use layer or group norm.",
                "module",
            )


def check_parameters(module: nn.Module) -> None:
    """Refuses parameters without values, complex ones, and a module that trains none."""
    named = dict(module.named_parameters())
    if lazy := [name for name, parameter in named.items() if is_lazy(parameter)]:
        got = f"{', '.join(lazy)} without a shape yet"
        remedy = "Run the module once on an input."
        raise InvalidInput("Every parameter must have values.", got, remedy, "module")
    if other := [name for name, parameter in named.items() if parameter.is_complex()]:
        got, remedy = f"complex parameters ({', '.join(other)})", "Keep real and imaginary parts as two parameters."
        raise InvalidInput("Parameters must be real.", got, remedy, "module")
    if not any(parameter.requires_grad for parameter in named.values()):
        raise InvalidInput(
            "The kernel needs at least one trainable parameter.",
            f"a module whose {len(named)} parameters have requires_grad = False" if named else "one without parameters",
            "Set requires_grad on those that are trained.",
            "module",
        )


def check_inputs(x: Num[Tensor, "n *shape"], name: str, dtype: torch.dtype) -> Num[Tensor, "n *shape"]:
    """A copy of x, in `dtype` unless it holds whole numbers (such as indices of an embedding)."""
    if dtype not in DTYPES:
        raise InvalidInput("The dtype must be float64 or float32.", str(dtype), "Leave it out for float64.", "dtype")
    if x.ndim == 0 or x.numel() == 0:
        got = f"a tensor of shape {tuple(x.shape)}"
        raise InvalidInput("Inputs must be a tensor (n, ...) of at least one row.", got, "Give one row or more.", name)
    check_finite(x, name)
    return x.detach().to(dtype if x.is_floating_point() else x.dtype, copy=True)


def check_finite(values: Num[Tensor, "n *shape"], name: str) -> None:
    """Refuses NaN and infinities, and names the first row that has one."""
    finite = values.isfinite().flatten(1).all(1) if values.ndim > 1 else values.isfinite()
    if not bool(finite.all()):
        row = int((~finite).nonzero()[0])
        bad = values[row].flatten()
        got = f"{float(bad[~bad.isfinite()][0])} in row {row}"
        raise InvalidInput(f"The {name} must be finite.", got, "Look at that input and at the parameters.", name)


def first_line(error: BaseException) -> str:
    """The first line of its message, without the full stop."""
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__


def _depends_on_mode(layer: nn.Module) -> bool:
    if isinstance(layer, _DropoutNd):
        return layer.p > 0
    if isinstance(layer, nn.MultiheadAttention | nn.RNNBase):
        return layer.dropout > 0
    return isinstance(layer, _BatchNorm)


def _called(name: str, layer: nn.Module) -> str:
    return f"{name} ({type(layer).__name__})"
