"""When a rehearsed quantity is below its limit, and how exactly that is known."""

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.crossings import for_good
from ntkscope.numerics.diagnostics import measured_learning_time
from ntkscope.numerics.rehearsal_leaps import Watched

RangeClass = Literal["calm", "calm beyond the budget", "edge", "edge beyond the budget"]
Which = Literal["first", "for good"]

DENSE = 96  # steps up to which every one is looked at
LOOKS = 60  # steps that are looked at in a decade of longer ways
LARGEST = 1e60  # sizes are not told beyond
ROUND_OFF = 1e-9  # of a step
# The true step over the rehearsed one. Set on 440 random runs and held on 130 that were not looked at before
# (benchmarks/rehearsal.py measures it again).
FACTORS: dict[RangeClass, dict[Which, tuple[float, float]]] = {
    "calm": {"first": (0.9, 1.1), "for good": (0.9, 1.1)},
    "calm beyond the budget": {"first": (0.5, 3.0), "for good": (0.5, 3.0)},
    "edge": {"first": (0.75, 4 / 3), "for good": (0.6, 2.0)},
    "edge beyond the budget": {"first": (0.5, 4.0), "for good": (0.5, 4.0)},
}


@dataclass(frozen=True)
class Crossing:
    """When something is at most its limit.

    Args:
        step: The first such step, or the first of those that go on to the end; None: not within the horizon.
        low: The earliest step that the class allows.
        high: The latest; None where that is beyond the horizon.
        kind: How exactly it is known.
    """

    step: int | None
    low: int
    high: int | None
    kind: RangeClass


@dataclass(frozen=True)
class Crossings:
    """Of one watched quantity: the first, and the one for good."""

    first: Crossing
    for_good: Crossing


@dataclass
class Record:
    """The sizes of the watched rows, step by step, and the residuals at the steps that were asked for."""

    watched: Watched
    asked: frozenset[int] = frozenset()
    residuals: dict[int, Tensor] = field(default_factory=dict)
    steps: list[Tensor] = field(default_factory=list)
    sizes: list[Tensor] = field(default_factory=list)
    above: int = 0  # the last step at which a row was above its limit

    def add(self, steps: Float[Tensor, " T"], residuals: Float[Tensor, "T n"]) -> None:
        """Writes down later steps than those before."""
        sizes = self.watched.sizes(residuals).nan_to_num(nan=LARGEST, posinf=LARGEST).clamp_max(LARGEST)
        self.steps.append(steps)
        self.sizes.append(sizes)
        for at, step in enumerate(steps.tolist()):
            if step in self.asked:
                self.residuals[int(step)] = residuals[at]
        above = torch.nonzero((sizes > self.watched.limits).any(dim=1))[:, 0]
        if len(above):
            self.above = int(steps[above[-1]])

    def between(self, start: int, end: int) -> Float[Tensor, " T"]:
        """The steps between two, without them, that are looked at or asked for."""
        asked = [float(step) for step in self.asked if start < step < end]
        return torch.from_numpy(np.union1d(looked_at(start, end).numpy(), asked))

    def crossings(self, *, horizon: int, reach: int, at_edge: bool, diverges: bool) -> list[Crossings]:
        """Both crossings of each watched row, with their ranges.

        Args:
            horizon: The last step that is asked about.
            reach: The last step that was rehearsed; what is later stands on its kernel.
            at_edge: learning rate * lambda_1 came near 2.
            diverges: Then nothing stays learnt.
        """
        steps, sizes = torch.cat(self.steps), torch.cat(self.sizes)
        found = []
        for row, limit in enumerate(self.watched.limits.tolist()):
            first = measured_learning_time(steps, sizes[:, row], limit)
            last = None if diverges else for_good(steps, sizes[:, row], limit).time
            found.append(
                Crossings(
                    _ranged(first, "first", horizon, reach, at_edge), _ranged(last, "for good", horizon, reach, at_edge)
                )
            )
        return found


def looked_at(start: int, end: int) -> Float[Tensor, " T"]:
    """The steps between two, without them: along the logarithm of the step, and of its distance from the start."""
    if end - start <= DENSE:
        return torch.arange(start + 1, end, dtype=torch.float64)
    whole = max(DENSE // 2, int(LOOKS * math.log10(end / (start + 1))))
    steps = np.concatenate([
        np.arange(start + 1, start + DENSE // 4),
        start + np.geomspace(1, end - start, DENSE // 2),
        np.geomspace(start + 1, end, whole),
        [end - 1],
    ])  # fmt: skip
    steps = np.unique(np.rint(steps))
    return torch.from_numpy(steps[(steps > start) & (steps < end)])


def _ranged(time: float | None, which: Which, horizon: int, reach: int, at_edge: bool) -> Crossing:
    step = None if time is None else math.ceil(time - ROUND_OFF)
    kind: RangeClass = "edge" if at_edge else "calm"
    least, most = FACTORS[kind][which]
    # for good: what was rehearsed shows that it does not come back within the range
    seen = horizon if step is None else step if which == "first" else min(horizon, math.ceil(most * step))
    if seen > reach:
        kind = "edge beyond the budget" if at_edge else "calm beyond the budget"
        least, most = FACTORS[kind][which]
    if step is None:
        return Crossing(None, math.floor(least * horizon), None, kind)
    # whole steps within the range; a step more or less is no error
    low = max(0, min(math.ceil(least * step - ROUND_OFF), step - 1))
    high = max(math.floor(most * step + ROUND_OFF), step + 1)
    return Crossing(step, low, high if high <= horizon else None, kind)
