"""The parameters of a network at its start: drawn on the CPU in float64, so a seed means one network everywhere."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ntkscope.numerics.parameterization import Scales
from ntkscope.numerics.stages import Stages

TOGETHER = 2**22  # numbers drawn at a time: some tenths of a second. A multiple of 16, which PyTorch draws together


def draw_stages(
    sizes: Sequence[int],
    chosen: Scales,
    bias: bool,
    generator: torch.Generator | None,
    dtype: torch.dtype,
    device: str | torch.device,
) -> Stages[tuple[list[Tensor], list[Tensor] | None]]:
    """Weights (n_in, n_out) and biases (n_out,) of every affine layer, a part at a time.

    Args:
        sizes: Of the input, the hidden layers and the output.
        chosen: The deviations of the draw.
        bias: Whether there are biases.
        generator: On the CPU; None takes PyTorch's global one.
        dtype: Of the parameters, after the draw.
        device: Where they live, after the draw.
    """
    weights, biases = [], []
    for fan_in, fan_out, deviation in zip(sizes[:-1], sizes[1:], chosen.weight_deviations, strict=True):
        weight = yield from _normal(fan_in * fan_out, deviation, generator)
        weights.append(weight.view(fan_in, fan_out).to(device=device, dtype=dtype))
        if bias:
            drawn = yield from _normal(fan_out, chosen.bias_deviation, generator)
            biases.append(drawn.to(device=device, dtype=dtype))
    return weights, biases if bias else None


def _normal(count: int, deviation: float, generator: torch.Generator | None) -> Stages[Tensor]:
    """The numbers of one call of torch.randn, times the deviation."""
    values, first = torch.empty(count, dtype=torch.float64), 0
    while first < count:
        # what is left at the end goes with the last part: fewer than 16 numbers would be drawn another way
        last = first + TOGETHER if count - first >= 2 * TOGETHER else count
        values[first:last].normal_(generator=generator).mul_(deviation)
        first = last
        yield
    return values
