"""The empirical NTK of a torch module by the layerwise formula of an MLP; J is formed for a few rows only, to check."""

import torch
from jaxtyping import Float, Num
from torch import Tensor

from ntkscope.numerics.module_copy import ModuleCopy, batches, some_rows
from ntkscope.numerics.module_error import not_nan, symmetrized, tolerance
from ntkscope.numerics.module_hooks import LayerSignals, NotLayerwise, layer_signals, linear_layers
from ntkscope.numerics.module_jacobian import gram, row_jacobian

ROWS = 1024  # at once, unless said otherwise


def layerwise_kernel(
    network: ModuleCopy, x1: Num[Tensor, "n1 *shape"], x2: Num[Tensor, "n2 *shape"], chunk: int | None
) -> tuple[Float[Tensor, "rows columns"], float]:
    """K as (n1 m, n2 m), and its largest relative error in the checks; symmetric where x2 is x1.

    Raises:
        NotLayerwise: the formula does not hold for this module, or fails a check.
        InvalidInput: a derivative is not finite.

    Source: theory, section 6.
    """
    linear_layers(network)
    left, left_error = _side(network, x1, chunk or ROWS)
    right, right_error = (left, left_error) if x2 is x1 else _side(network, x2, chunk or ROWS)
    kernel = torch.cat([torch.cat([_block(one, other) for other in right], 1) for one in left])
    error = max(left_error, right_error, _error_at_some_rows(network, x1, x2, kernel))
    if not error <= tolerance(network.dtype):
        raise NotLayerwise(f"the layerwise formula was off by {error:.2g} in the check")
    return symmetrized(kernel) if x2 is x1 else kernel, error


def _side(network: ModuleCopy, x: Tensor, chunk: int) -> tuple[list[list[LayerSignals]], float]:
    """The signals of some rows after the others, and their largest error."""
    parts = [layer_signals(network, part) for part in batches(x, chunk)]
    return [signals for signals, _ in parts], max(error for _, error in parts)


def _block(left: list[LayerSignals], right: list[LayerSignals]) -> Tensor:
    """sum_l (A A^T + 1) o (D D^T), (n1 m, n2 m); A A^T only where the weight is trained, 1 only where the bias is."""
    (n1, m, _), n2 = left[0].signals.shape, len(right[0].signals)
    kernel = left[0].signals.new_zeros(n1, m, n2, m)
    for one, other in zip(left, right, strict=True):
        affine = one.inputs @ other.inputs.T if one.weight else kernel.new_zeros(n1, n2)
        if one.bias:
            affine += 1
        signal_gram = one.signals.flatten(0, 1) @ other.signals.flatten(0, 1).T
        kernel.addcmul_(affine[:, None, :, None], signal_gram.view(kernel.shape))
    return kernel.view(n1 * m, n2 * m)


def _error_at_some_rows(network: ModuleCopy, x1: Tensor, x2: Tensor, kernel: Tensor) -> float:
    """The kernel against J J^T of a few rows, each differentiated by itself, over the norms of the rows of J."""
    few1, few2 = some_rows(x1), some_rows(x2)
    left, right = row_jacobian(network, x1[few1]), row_jacobian(network, x2[few2])
    m = network.outputs
    found = kernel.view(len(x1), m, len(x2), m)[few1][:, :, few2].reshape(len(few1) * m, -1)
    scale = gram(left, left).diagonal().sqrt()[:, None] * gram(right, right).diagonal().sqrt()
    return not_nan(float(((found - gram(left, right)).abs() / torch.where(scale > 0, scale, 1.0)).max()))
