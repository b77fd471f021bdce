"""The shape of a network, which the finite and the infinitely wide one share."""

from dataclasses import dataclass

from ntkscope.numerics.elementwise import Activation
from ntkscope.numerics.initialization import INITIALIZATIONS, NORMAL


@dataclass(frozen=True)
class Architecture:
    """A multilayer perceptron, but for its inputs, outputs and draw.

    Args:
        depth: Number of hidden layers.
        activation: phi, after every layer but the last.
        sigma_w: Scale of the weights; an initialization other than "normal" does not read it.
        sigma_b: Scale of the biases; likewise.
        width: Hidden units of every layer, or one number for each; None where only the ntk parameterization's kernel
            of infinite width is asked for, which depends on none.
        bias: Whether there are biases at all.
        parameterization: "ntk", "standard" or "mean_field".
        output_scale: Multiplies the output, beside the parameterization's own factor (theory, section 3).
        initialization: "normal", or one of `INITIALIZATIONS`, with the standard parameterization.
    """

    depth: int
    activation: Activation
    sigma_w: float
    sigma_b: float
    width: int | tuple[int, ...] | None = None
    bias: bool = True
    parameterization: str = "ntk"
    output_scale: float = 1.0
    initialization: str = NORMAL

    @property
    def sigmas(self) -> tuple[float, float] | None:
        """(sigma_w, sigma_b) of the draw, 0 where there are no biases; None where it is no normal one."""
        if self.initialization == NORMAL:
            return self.sigma_w, float(self.sigma_b) if self.bias else 0.0
        return INITIALIZATIONS[self.initialization].sigmas

    def widths(self) -> list[int]:
        """Of each hidden layer.

        Raises:
            ValueError: the widths are not one for each hidden layer.
        """
        widths = [self.width] * self.depth if isinstance(self.width, int) else list(self.width or ())
        if len(widths) != self.depth:
            raise ValueError(f"there must be one width for each of the {self.depth} hidden layers; you gave {widths}")
        return widths
