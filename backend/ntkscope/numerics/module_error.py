"""How a module's derivatives are checked: J^T v of all rows for a random v, against one plain backward pass.

Where J^T v agrees for a random v, every row of J does (but for a set of v of measure zero): no row goes unchecked.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.errors import InvalidInput


def tolerance(dtype: torch.dtype) -> float:
    """Relative, between round-off and a mistake; wide in float32, where sums in another order may flip a relu."""
    return 1e-8 if dtype == torch.float64 else 1e-2


def check_vector(squares: Float[Tensor, "n m"]) -> Float[Tensor, "n m"]:
    """A random v, the same each time; rows of J count alike, whatever their squared norms."""
    generator = torch.Generator().manual_seed(0)
    v = torch.randn(squares.shape, generator=generator, dtype=torch.float64).to(squares)
    return torch.where(squares > 0, v / squares.sqrt(), v)


def vector_error(found: list[Tensor], true: list[Tensor]) -> float:
    """||found - true|| / ||true|| over all parameters.

    Raises:
        InvalidInput: a derivative is not finite.
    """
    if not all(bool(gradient.isfinite().all()) for gradient in true):
        raise InvalidInput(
            "The derivatives by the parameters must be finite.",
            "a module with a derivative that is NaN or infinite (outputs may be finite all the same)",
            "Look for roots, norms and divisions at 0.",
            "module",
        )
    difference = sum(float((a - b).square().sum()) for a, b in zip(found, true, strict=True))
    scale = sum(float(b.square().sum()) for b in true)
    return not_nan((difference / (scale or 1.0)) ** 0.5)


def not_nan(error: float) -> float:
    """Infinity in place of NaN, which `max` would lose."""
    return math.inf if math.isnan(error) else error


def symmetrized(kernel: Float[Tensor, "n n"]) -> Float[Tensor, "n n"]:
    """The lower triangle, mirrored: K(x, x') = K(x', x) to the last bit."""
    return kernel.tril() + kernel.tril(-1).T
