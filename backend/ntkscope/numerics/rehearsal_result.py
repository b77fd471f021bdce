"""What a rehearsal tells: its nodes, how far it is, what came of it."""

from dataclasses import dataclass
from typing import Literal

from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.frozen_kernel import FrozenKernel
from ntkscope.numerics.mlp import MLP
from ntkscope.numerics.rehearsal_leaps import Control
from ntkscope.numerics.rehearsal_range import Crossings

Ending = Literal["learnt", "horizon", "budget", "diverges", "dies"]


@dataclass(frozen=True)
class Node:
    """The training at a step; between the ends of a leap by the law of its average kernel, whose eigenvalues it has.

    `drift` is ||K - K_0|| / ||K_0||, by Frobenius norms; K there is as far between the kernels at both ends as the
    parameters are along their way.
    """

    step: int
    residual: Float[Tensor, " n"]
    eigenvalues: Float[Tensor, " n"]
    function: Float[Tensor, " g"]
    drift: float


@dataclass(frozen=True)
class Progress:
    """How far a rehearsal is."""

    step: int
    work: float  # done, of the budget's
    peak: float  # largest learning rate * lambda_1 so far


@dataclass(frozen=True)
class Rehearsal:
    """What a training will do.

    Args:
        nodes: Ascending, the start first.
        residuals: (n,) at each step that was asked for, as far as it came.
        network: Where it ended.
        rest: What the kernel there predicts from there on, at the training points.
        watched: When each watched row is learnt.
        ended: Why it ends: all is learnt, the horizon or the budget is reached, the residual grows without end, or a
            layer lets nothing through at any point.
        reach: The step where it ended; what is told of later ones stands on the kernel there.
        peak: Largest learning rate * lambda_1 that was seen; training is unstable from 2 on.
        growth: Largest lambda_1 over that of the start.
        drift: ||K - K_0|| / ||K_0|| at the end, by Frobenius norms.
        kernels: That were computed.
        steps: That were really taken.
        work: Multiply-adds, counted.
        budget: That it had.
        at_risk: It may diverge or die later on: the budget ended, and the edge of stability was passed by far.
        control: By which it went.
    """

    nodes: list[Node]
    residuals: dict[int, Tensor]
    network: MLP
    rest: FrozenKernel
    watched: list[Crossings]
    ended: Ending
    reach: int
    peak: float
    growth: float
    drift: float
    kernels: int
    steps: int
    work: float
    budget: float
    at_risk: bool
    control: Control
