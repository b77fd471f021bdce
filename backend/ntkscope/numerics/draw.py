"""The parameters of a network at its start: drawn on the CPU in float64, so a seed means one network everywhere."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ntkscope.numerics.initialization import Distribution, LayerDraw
from ntkscope.numerics.stages import Stages

TOGETHER = 2**22  # numbers drawn at a time: some tenths of a second. A multiple of 16, which PyTorch draws together


def draw_stages(
    sizes: Sequence[int],
    draws: Sequence[LayerDraw],
    bias: bool,
    generator: torch.Generator | None,
    dtype: torch.dtype,
    device: str | torch.device,
) -> Stages[tuple[list[Tensor], list[Tensor] | None]]:
    """Weights (n_in, n_out) and biases (n_out,) of every affine layer, a part at a time.

    Args:
        sizes: Of the input, the hidden layers and the output.
        draws: What is drawn for each layer.
        bias: Whether there are biases.
        generator: On the CPU; None takes PyTorch's global one.
        dtype: Of the parameters, after the draw.
        device: Where they live, after the draw.
    """
    weights, biases = [], []
    for fan_in, fan_out, draw in zip(sizes[:-1], sizes[1:], draws, strict=True):
        numbers = yield from _numbers(draw.distribution, fan_in * fan_out, draw.weight, generator)
        weight = numbers.view(fan_out, fan_in).T.contiguous() if draw.as_torch else numbers.view(fan_in, fan_out)
        weights.append(weight.to(device=device, dtype=dtype))
        if bias and draw.as_torch and draw.bias == 0:
            biases.append(torch.zeros(fan_out, dtype=dtype, device=device))
        elif bias:
            drawn = yield from _numbers(draw.distribution, fan_out, draw.bias, generator)
            biases.append(drawn.to(device=device, dtype=dtype))
    return weights, biases if bias else None


def _numbers(distribution: Distribution, count: int, size: float, generator: torch.Generator | None) -> Stages[Tensor]:
    """The numbers of one call of torch.randn times the deviation, or of one of uniform_(-size, size)."""
    values, first = torch.empty(count, dtype=torch.float64), 0
    while first < count:
        # what is left at the end goes with the last part: fewer than 16 numbers would be drawn another way
        last = first + TOGETHER if count - first >= 2 * TOGETHER else count
        if distribution == "normal":
            values[first:last].normal_(generator=generator).mul_(size)
        else:
            values[first:last].uniform_(-size, size, generator=generator)
        first = last
        yield
    return values
