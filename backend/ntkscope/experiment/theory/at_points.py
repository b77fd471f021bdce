"""K_t on some training points: its heat map, its modes, and what one step on a point does at the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.numerics.spectrum import Spectrum
from ntkscope.numerics.turned_modes import reachable, turned
from ntkscope.schemas.event_parts import KernelAtPoints

MOST_POINTS = 64  # 8.1 KB of entries in a kernel frame
MOST_BYTES = 2**20  # of the entries of all kernel frames that a run asks for: with more than 126 there are fewer points
MOST_MODES = 8  # leading ones, whole groups: 2 KB
ELLIPSE = 33  # points of its curve


@dataclass(frozen=True)
class AtPoints:
    """Which points, and which groups of modes.

    Args:
        points: p of them, 0-based, in the order of the input where there is one.
        groups: Ranks of the modes that are told, group by group.
        start: (n, m) modes of K_0.
        learning_rate: eta.
    """

    points: list[int]
    groups: list[list[int]]
    start: Tensor
    learning_rate: float

    @classmethod
    def choose(cls, initial: InitialState) -> AtPoints:
        """Evenly over the points; along the line or the circle where they lie on one."""
        inputs, frames = initial.problem.inputs, initial.config.recording.kernel_frames
        order = np.arange(len(inputs))
        if inputs.shape[1] == 1:
            order = np.argsort(inputs[:, 0], kind="stable")
        most = min(MOST_POINTS, int(np.sqrt(MOST_BYTES / (2 * max(frames, 1)))), len(order))
        places = np.linspace(0, len(order) - 1, most).round().astype(int)
        groups: list[list[int]] = []
        for group in initial.groups.groups:
            if sum(map(len, groups)) + len(group.modes) > MOST_MODES:
                break
            groups.append(group.modes)
        leading = initial.kernel.spectrum.leading(initial.followed)
        return cls([int(order[place]) for place in places], groups, leading, initial.learning_rate)

    def entries(self, kernel: Tensor) -> NDArray[np.float64]:
        """(p (p + 1) / 2,) of a kernel (n, n): the upper triangle, row by row."""
        chosen = kernel[self.points][:, self.points]
        rows, columns = torch.triu_indices(len(self.points), len(self.points))
        found: NDArray[np.float64] = chosen[rows, columns].numpy()
        return found

    def of(self, kernel: Tensor, decomposed: Spectrum, residual: Tensor) -> KernelAtPoints:
        """What is told of K_t.

        Args:
            kernel: (n, n).
            decomposed: Its spectrum.
            residual: (n,) f - y at that time.
        """
        modes = [turned(decomposed.modes[:, group], self.start[:, group]) for group in self.groups]
        n = len(residual)
        shown = torch.cat(modes, dim=1)[self.points] if modes else torch.zeros((len(self.points), 0)).double()
        return KernelAtPoints(
            points=self.points,
            kernel=self.entries(kernel),
            modes=shown.numpy(),
            pull=(-self.learning_rate * residual[self.points]).numpy(),
            ellipse=reachable(decomposed.eigenvalues, decomposed.modes, ELLIPSE).numpy() if n == 2 else None,
        )
