"""What a training tells of itself while it goes on, and what it goes on from."""

from dataclasses import dataclass

from torch import Tensor

from ntkscope.numerics import LARGEST, Spectrum, UnitSlopes
from ntkscope.schemas.event import Checkpoint
from ntkscope.schemas.event_parts import HessianSharpness, Identity


@dataclass(frozen=True)
class NetworkState:
    """What any training can tell; n training points, g grid points.

    Args:
        step: Updates so far.
        time: Learning rate times step.
        wall_seconds: On the clock.
        fitted: (n,) the drawn function on the training points, in float64 on the CPU.
        function: (g,) the same on the grid.
    """

    step: int
    time: float
    wall_seconds: float
    fitted: Tensor
    function: Tensor

    @property
    def can_be_told(self) -> bool:
        """Whether the function is everywhere a number whose square is one too."""
        return all(bool((values.abs() <= LARGEST).all()) for values in (self.fitted, self.function))


@dataclass(frozen=True)
class KernelState:
    """What needs K_t, which float64 can square: beyond that there is nothing to be said of it."""

    kernel: Tensor  # (n, n)
    cross_kernel: Tensor  # (g, n)
    decomposed: Spectrum
    slopes: UnitSlopes  # of the hidden units, at the training points
    identity: Identity | None
    hessian: HessianSharpness | None
    parameter_drift: float | None  # ||theta_t - theta_0|| / ||theta_0||; None beyond float64


@dataclass(frozen=True)
class Resumed:
    """Where a run goes on.

    Args:
        checkpoint: Its last one.
        kernels: (n, n) and (g, n) of the checkpoint's parameters, from which the moving kernel's prediction goes on;
            None where the checkpoint holds that kernel itself, as at a pause.
    """

    checkpoint: Checkpoint
    kernels: tuple[Tensor, Tensor] | None
