"""The three parameterizations: which factors a layer applies, and how wide its parameters are drawn."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Parameterization = Literal["ntk", "standard", "mean_field"]


@dataclass(frozen=True)
class Scales:
    """z^l = weight_scales[l] a^l W^l + bias_scale b^l, f = output_scale z^{L+1}.

    Args:
        weight_scales: One factor for each affine layer.
        bias_scale: One for all of them.
        output_scale: Of the network's output.
        weight_deviations: Standard deviation of each layer's weights as they are stored.
        bias_deviation: The same of the biases.
    """

    weight_scales: list[float]
    bias_scale: float
    output_scale: float
    weight_deviations: list[float]
    bias_deviation: float


def scales(parameterization: str, fan_in: Sequence[int], sigma_w: float, sigma_b: float) -> Scales:
    """The factors of a parameterization.

    Args:
        parameterization: "ntk" (factors sigma_w/sqrt(fan_in) and sigma_b, parameters drawn from N(0, 1)),
            "standard" (factors 1, parameters drawn that wide), or "mean_field" (ntk, the output divided by a
            further square root of the last hidden layer's width).
        fan_in: Number of inputs of each affine layer, the network's input dimension first.
        sigma_w: Scale of the weights.
        sigma_b: Scale of the biases.

    Raises:
        ValueError: no such parameterization.

    Source: Jacot et al. 2018, arXiv 1806.07572 (ntk); Mei et al. 2018, arXiv 1804.06561 (mean field).
    """
    if parameterization not in get_args(Parameterization):
        known = ", ".join(get_args(Parameterization))
        raise ValueError(f"a parameterization must be one of {known}; you gave {parameterization!r}")
    widths = [sigma_w / math.sqrt(n) for n in fan_in]
    ones = [1.0] * len(widths)
    if parameterization == "standard":
        return Scales(ones, 1.0, 1.0, widths, float(sigma_b))
    output_scale = 1 / math.sqrt(fan_in[-1]) if parameterization == "mean_field" else 1.0
    return Scales(widths, float(sigma_b), output_scale, ones, 1.0)
