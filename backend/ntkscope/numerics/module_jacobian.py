"""The empirical NTK of any torch module by its Jacobians, some rows at a time."""

import warnings
from collections.abc import Callable

import torch
from jaxtyping import Float, Num
from torch import Tensor

from ntkscope.errors import InvalidInput
from ntkscope.numerics.module_checks import first_line
from ntkscope.numerics.module_copy import ModuleCopy, some_rows
from ntkscope.numerics.module_error import check_vector, symmetrized, tolerance, vector_error

BYTES = 256 * 2**20  # of a block of J, unless rows are given
MOST_ROWS = 1024
Jacobian = Callable[[ModuleCopy, Tensor], list[Tensor]]


def jacobian_kernel(
    network: ModuleCopy, x1: Num[Tensor, "n1 *shape"], x2: Num[Tensor, "n2 *shape"], chunk: int | None
) -> tuple[Float[Tensor, "rows columns"], float, str]:
    """K as (n1 m, n2 m), its largest relative error in the checks, and what to say of how it was done.

    Memory is that of two blocks of J beside K. Blocks of columns are differentiated again for every block of rows.

    Raises:
        InvalidInput: a row's derivatives depend on the other rows, or are not finite.
    """
    jacobian, error, said = _choose(network, x1)
    m = network.outputs
    kernel = next(iter(network.parameters.values())).new_zeros(len(x1) * m, len(x2) * m)
    chunk = chunk or _rows_at_once(network)
    for top in range(0, len(x1), chunk):
        left = jacobian(network, x1[top : top + chunk])
        error = max(error, _vector_error(network, x1[top : top + chunk], left))
        end = top + chunk if x2 is x1 else len(x2)  # the lower triangle is enough where K is symmetric
        for start in range(0, end, chunk):
            if x2 is x1 and start == top:
                right = left
            else:
                right = jacobian(network, x2[start : start + chunk])
                if top == 0:
                    error = max(error, _vector_error(network, x2[start : start + chunk], right))
            kernel[top * m : (top + chunk) * m, start * m : (start + chunk) * m] = gram(left, right)
    _refuse_if_wrong(network, error)
    return symmetrized(kernel) if x2 is x1 else kernel, error, said


def vectorized_jacobian(network: ModuleCopy, x: Num[Tensor, "n *shape"]) -> list[Float[Tensor, "n m _"]]:
    """J by torch.func, all rows at once: a block for each parameter.

    Raises:
        Exception: whatever the module or torch.func raises where the module cannot be vectorized.
    """

    names = _all_names(network)

    def output(parameters: dict[str, Tensor], row: Tensor) -> Tensor:
        values = {name: parameters[first] for name, first in names.items()}
        # tie_weights=True would leave traced tensors behind in a layer that stands in a module under two names.
        f: Tensor = torch.func.functional_call(network.module, values, (row[None].clone(),), tie_weights=False)
        return f.reshape(network.outputs)

    parameters = {name: parameter.detach() for name, parameter in network.parameters.items()}
    with warnings.catch_warnings():  # some operations run row by row inside torch.func, slower and as right
        warnings.filterwarnings("ignore", message="There is a performance drop")
        found = torch.func.vmap(torch.func.jacrev(output), (None, 0))(parameters, x)
    return [found[name].flatten(2) if found[name].ndim > 2 else found[name][..., None] for name in parameters]


def _all_names(network: ModuleCopy) -> dict[str, str]:
    """Every place of a trained parameter, each layer once, and the parameter's first name."""
    first = {id(parameter): name for name, parameter in network.parameters.items()}
    return {
        f"{layer_name}.{name}".removeprefix("."): first[id(parameter)]
        for layer_name, layer in network.module.named_modules()
        for name, parameter in layer.named_parameters(recurse=False, remove_duplicate=False)
        if id(parameter) in first
    }


def row_jacobian(network: ModuleCopy, x: Num[Tensor, "n *shape"]) -> list[Float[Tensor, "n m _"]]:
    """J by one backward pass for each number, row by row: slow, but for every module."""
    rows = [network.plain_jacobian(x[at : at + 1]) for at in range(len(x))]
    return [torch.cat(block) for block in zip(*rows, strict=True)]


def _choose(network: ModuleCopy, x: Num[Tensor, "n *shape"]) -> tuple[Jacobian, float, str]:
    """The quicker way that is right at a few rows of x, its largest relative error there, and what to say of it.

    Raises:
        InvalidInput: a row's derivatives depend on the other rows, or are not finite.
    """
    few = x[some_rows(x)]
    true = network.plain_jacobian(few)
    try:
        error = _largest_error(vectorized_jacobian(network, few), true)
        said = f"torch.func was off by {error:.2g}, so row by row"
    except Exception as refusal:  # the user's own code may raise anything under vmap
        error, said = float("inf"), f"row by row, as torch.func could not: {first_line(refusal)}"
    if error <= tolerance(network.dtype):
        return vectorized_jacobian, error, ""
    error = _largest_error(row_jacobian(network, few), true)
    _refuse_if_wrong(network, error)
    return row_jacobian, error, said


def _vector_error(network: ModuleCopy, x: Num[Tensor, "n *shape"], jacobian: list[Tensor]) -> float:
    """How far J^T v is from a backward pass over all of x, relative to its norm."""
    v = check_vector(torch.stack([block.square().sum(2) for block in jacobian]).sum(0))
    true = network.plain_gradient(x, v)
    return vector_error([torch.einsum("nm,nmp->p", v, block) for block in jacobian], [g.flatten() for g in true])


def gram(left: list[Tensor], right: list[Tensor]) -> Float[Tensor, "rows columns"]:
    """J J'^T, (n1 m, n2 m)."""
    kernel = left[0].new_zeros(left[0].shape[:2].numel(), right[0].shape[:2].numel())
    for a, b in zip(left, right, strict=True):
        kernel.addmm_(a.flatten(0, 1), b.flatten(0, 1).T)
    return kernel


def _refuse_if_wrong(network: ModuleCopy, error: float) -> None:
    """Says that no route gives the derivatives which the whole batch has."""
    if not error <= tolerance(network.dtype):
        raise InvalidInput(
            "The derivatives of a row must depend on that row alone.",
            f"a module whose derivatives differ by {error:.2g} between a row alone and the rows together",
            "Call module.eval(); remove what mixes the rows of a batch.",
            "module",
        )


def _largest_error(found: list[Tensor], true: list[Tensor]) -> float:
    rows = range(len(true[0]))
    return max(vector_error([block[row] for block in found], [block[row] for block in true]) for row in rows)


def _rows_at_once(network: ModuleCopy) -> int:
    numbers = network.outputs * sum(parameter.numel() for parameter in network.parameters.values())
    return max(1, min(MOST_ROWS, BYTES // (numbers * network.dtype.itemsize)))
