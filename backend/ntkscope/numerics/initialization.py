"""How a network's parameters are drawn: as the parameterization says, or by PyTorch's or Keras's own rule."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ntkscope.numerics.parameterization import Scales

Distribution = Literal["normal", "uniform"]
Size = Callable[[int, int], float]


@dataclass(frozen=True)
class Initialization:
    """A rule that needs no sigma; weights are drawn as PyTorch stores them, (n_out, n_in).

    Args:
        distribution: Of weights and biases.
        weight: (fan_in, fan_out) -> standard deviation of a normal draw, half the range of a uniform one.
        bias: The same of the biases; 0: they start at 0, and nothing is drawn for them.
        sigmas: (sigma_w, sigma_b) of the normal draw that it is; None where it is none, so that the recursion of
            infinite width does not hold: that of a first layer of few inputs needs normal weights.
    """

    distribution: Distribution
    weight: Size
    bias: Size
    sigmas: tuple[float, float] | None = None


# torch_linear: nn.Linear's reset_parameters. glorot: the default of Keras's Dense (Glorot & Bengio 2010). he: PyTorch's
# kaiming_normal_ for relu (He et al. 2015, arXiv 1502.01852), with biases of 0.
INITIALIZATIONS: dict[str, Initialization] = {
    "torch_linear": Initialization("uniform", lambda i, _: 1 / math.sqrt(i), lambda i, _: 1 / math.sqrt(i)),
    "glorot": Initialization("uniform", lambda i, o: math.sqrt(6 / (i + o)), lambda i, o: 0.0),
    "he": Initialization("normal", lambda i, _: math.sqrt(2 / i), lambda i, o: 0.0, sigmas=(math.sqrt(2), 0.0)),
}
NORMAL = "normal"


@dataclass(frozen=True)
class LayerDraw:
    """What is drawn for one affine layer.

    Args:
        distribution: Of its numbers.
        weight: Standard deviation, or half the range.
        bias: The same of its biases.
        as_torch: Weights (n_out, n_in) instead of (n_in, n_out), and nothing for biases of 0: PyTorch's own order, so
            that its functions draw the same network from the same generator.
    """

    distribution: Distribution
    weight: float
    bias: float
    as_torch: bool


def layer_draws(initialization: str, parameterization: str, sizes: Sequence[int], chosen: Scales) -> list[LayerDraw]:
    """One for each affine layer.

    Args:
        initialization: "normal" (as wide as `chosen` says), or one of INITIALIZATIONS.
        parameterization: Whose factors are 1 where the initialization is not "normal": "standard".
        sizes: Of the input, the hidden layers and the output.
        chosen: The parameterization's factors and deviations.

    Raises:
        ValueError: no such initialization, or one that goes with another parameterization.
    """
    if initialization == NORMAL:
        return [LayerDraw("normal", weight, chosen.bias_deviation, False) for weight in chosen.weight_deviations]
    if initialization not in INITIALIZATIONS:
        known = ", ".join((NORMAL, *INITIALIZATIONS))
        raise ValueError(f"an initialization must be one of {known}; you gave {initialization!r}")
    if parameterization != "standard":
        raise ValueError(
            f"the initialization {initialization} goes with the standard parameterization; you gave {parameterization}"
        )
    rule = INITIALIZATIONS[initialization]
    return [LayerDraw(rule.distribution, rule.weight(*pair), rule.bias(*pair), True) for pair in pairwise(sizes)]
