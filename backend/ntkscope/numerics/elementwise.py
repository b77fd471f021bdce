"""What an activation is: phi, phi', and how each of the things that need it gets it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

FAR = 1e9  # where what grows without end has grown
Elementwise = Callable[[Tensor], Tensor]
# (u, value, slope, constants): may destroy u; constants holds 0 and 1 as tensors on the device.
Evaluate = Callable[[Tensor, Tensor, Tensor, tuple[Tensor, Tensor]], None]
# (p, s, q) of (u, v) ~ N(0, [[p, s], [s, q]]) -> E[phi(u) phi(v)], E[phi'(u) phi'(v)]
Dual = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class PiecewiseLinear:
    """phi = z above 0 and slope_below z below; linear where that is 1. The expectations
    come from the angle, which is carried along."""

    slope_below: float


@dataclass(frozen=True)
class ClosedForm:
    """The expectations have a formula."""

    dual: Dual


@dataclass(frozen=True)
class Series:
    """They have none: a Hermite series, or quadrature where it has too many terms.

    Args:
        pole: Distance of phi's poles from the real line, in units of z: it decides how many terms a series has.
    """

    pole: float


@dataclass(frozen=True)
class TwoHalves:
    """They have none, and phi is analytic on each side of 0 alone: quadrature on both half lines.

    Args:
        means: (m, d), d > 0 -> E[phi(m + d g)], E[phi'(m + d g)] for g ~ N(0, 1), by a formula.
        jumps: Whether phi' does at 0.
    """

    means: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
    jumps: bool


@dataclass(frozen=True)
class FusedActivation:
    """Writes phi(z) and phi'(z) / slope_factor into given buffers, given u = input_factor z.

    Args:
        input_factor: Costs nothing inside the product that makes u.
        slope_factor: Left out of the slope; costs nothing inside the next product.
        evaluate: (u, value, slope, (zero, one)); it may overwrite u.
    """

    input_factor: float
    slope_factor: float
    evaluate: Evaluate


@dataclass(frozen=True)
class Activation:
    """phi and phi', applied elementwise.

    Args:
        name: For the reader.
        function: phi.
        derivative: phi', as a function of the pre-activation; at a kink what PyTorch's own of this name has, but for
            leaky_relu, whose is 0.
        infinite: How E[phi phi] and E[phi' phi'] are found at infinite width; None: they are not known.
        fused: Both at once, in place; None calls phi and phi'.
        from_value: phi' as a function of z and phi(z), where that saves work.
        parameters: What shapes phi, such as the slope `alpha` of a leaky relu.
        pytorch: phi in PyTorch's words: a module (nn.ReLU()), or an expression in z; empty: nobody has written it.
    """

    name: str
    function: Elementwise
    derivative: Elementwise
    infinite: PiecewiseLinear | ClosedForm | Series | TwoHalves | None = None
    fused: FusedActivation | None = None
    from_value: Callable[[Tensor, Tensor], Tensor] | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    pytorch: str = ""

    @property
    def is_linear(self) -> bool:
        """Whether phi(z) = z."""
        return isinstance(self.infinite, PiecewiseLinear) and self.infinite.slope_below == 1

    @property
    def has_kink(self) -> bool:
        """Whether phi' jumps."""
        if isinstance(self.infinite, TwoHalves):
            return self.infinite.jumps
        return isinstance(self.infinite, PiecewiseLinear) and not self.is_linear

    @property
    def can_die(self) -> bool:
        """Whether phi is constant below 0: a unit that no point lifts above 0 never moves again."""
        return isinstance(self.infinite, PiecewiseLinear) and self.infinite.slope_below == 0

    @property
    def is_bounded(self) -> bool:
        """Whether |phi| has a largest value, as far as two points far out tell."""
        far = torch.tensor([-FAR, FAR], dtype=torch.float64)
        return bool((self.function(far).abs() < math.sqrt(FAR)).all())

    def slope(self, z: Tensor, value: Tensor) -> Tensor:
        """phi'(z), given value = phi(z)."""
        return self.derivative(z) if self.from_value is None else self.from_value(z, value)

    def in_place(self) -> FusedActivation:
        """The fused form; where there is none, one that calls phi and phi'."""

        def evaluate(u: Tensor, value: Tensor, slope: Tensor, constants: tuple[Tensor, Tensor]) -> None:
            value.copy_(self.function(u))
            slope.copy_(self.derivative(u))

        return self.fused or FusedActivation(1.0, 1.0, evaluate)
