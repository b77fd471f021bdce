"""What one number each says of a kernel."""

from typing import Any

from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics import condition_number, effective_rank, kernel_target_alignment
from ntkscope.numerics.spectrum import Spectrum


def kernel_figures(kernel: Float[Tensor, "n n"], decomposed: Spectrum, targets: Float[Tensor, " n"]) -> dict[str, Any]:
    """The fields of `KernelFrame` that are such numbers.

    Args:
        kernel: K_t.
        decomposed: Its spectrum.
        targets: y.
    """
    return {
        "target_alignment": kernel_target_alignment(kernel, targets),
        "trace": float(kernel.trace()),
        "effective_rank": effective_rank(decomposed.eigenvalues),
        "condition_number": condition_number(decomposed.eigenvalues),
    }
