"""Modes of K_0 as a reader meets them: in groups, with frequency, learning time and whether they count."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.experiment.problem.build import Problem
from ntkscope.experiment.theory.frequencies import frequency_fits
from ntkscope.numerics.crossings import norm_step_for_good
from ntkscope.numerics.fourier import circle_frequencies, interval_frequencies, nonuniform_frequencies, wave_vectors
from ntkscope.numerics.frozen_kernel import FrozenKernel
from ntkscope.numerics.spectrum import Spectrum, eigenvalue_groups, modes_at
from ntkscope.schemas.event_parts import Group
from ntkscope.schemas.training import Recording

Array = NDArray[np.float64]
SMALLEST_START = 1e-150  # the square of a smaller coefficient is no number of float64
COUNTS_FROM = 0.05
"""Share of ||r(0)|| from which a mode counts: smaller ones follow the leakage of the large ones."""
HIGHEST_WAVE = 24  # of a plane's waves in each direction: 1,225 of them are tried
LARGEST_GRID_MODES = 131_072  # values: half a megabyte on the wire
UNIT_ROUNDOFF = {"float32": 2.0**-24, "float64": 2.0**-53}


def kernel_modes(
    decomposed: Spectrum, coefficients: Array, frequencies: Tensor, groups: list[Group], problem: Problem
) -> dict[str, Any]:
    """The fields of `KernelModes`: a kernel's spectrum, and what its m followed modes are.

    Args:
        decomposed: The kernel's.
        coefficients: (m,) of the residual at step 0, in its modes.
        frequencies: (m,) of its modes.
        groups: Of its modes.
        problem: Says how many points there are, and whether they are on a circle.
    """
    return {
        "eigenvalues": decomposed.eigenvalues.numpy(),
        "noise_floor": decomposed.noise_floor,
        "mode_coefficients": coefficients,
        "mode_frequencies": frequencies.numpy(),
        "groups": groups,
        "frequency_fits": frequency_fits(frequencies, decomposed, problem),
    }


def coefficient_floor(targets: Float[Tensor, " n"], outputs: Float[Tensor, " n"], precision: str) -> float:
    """Round-off of a mode coefficient in the training precision: u max(||y||, ||f||) (theory, section 2).

    Args:
        targets: y, with noise.
        outputs: Of the network itself at the start, before any centring.
        precision: Of the training, "float32" or "float64".
    """
    return UNIT_ROUNDOFF[precision] * max(float(targets.norm()), float(outputs.norm()))


def mode_frequencies(spectrum: Spectrum, problem: Problem, followed: int) -> Float[Tensor, " followed"]:
    """Input-space frequency of the leading modes; NaN below the noise floor and where there is none.

    On an equispaced circle by FFT, on other circles by a direct Fourier sum, for one input half the number of
    sign changes (theory, section 7). Units: periods over the circle or over the interval.
    """
    modes = spectrum.leading(followed)
    undefined = torch.full((modes.shape[1],), torch.nan, dtype=torch.float64)
    n = len(modes)
    if n == 1:
        return undefined
    if problem.equispaced == "circle":
        found = circle_frequencies(modes)
    elif problem.geometry == "circle":
        angles = torch.from_numpy(problem.inputs[:, 0].copy())
        found = nonuniform_frequencies(modes, angles, max_frequency=n // 2)
    elif problem.geometry == "interval":
        order = torch.from_numpy(np.argsort(problem.inputs[:, 0], kind="stable"))
        found = interval_frequencies(modes[order])
    else:
        return undefined
    above = spectrum.eigenvalues[:followed] > spectrum.noise_floor
    return torch.where(above, found.to(torch.float64), undefined)


def mode_wave_vectors(spectrum: Spectrum, problem: Problem, followed: int) -> NDArray[np.float64] | None:
    """(followed, 2) the waves that the leading modes are most like on a plane; NaN below the noise floor.

    Units: periods over [-1, 1] in both directions. None where there are not two inputs.
    """
    if problem.geometry != "plane":
        return None
    modes = spectrum.leading(followed)
    highest = max(1, min(HIGHEST_WAVE, math.isqrt(len(modes))))
    found = wave_vectors(modes, math.pi * torch.from_numpy(problem.inputs.copy()), highest)
    below = spectrum.eigenvalues[:followed] <= spectrum.noise_floor
    vectors: NDArray[np.float64] = torch.where(below[:, None], torch.nan, found).numpy()
    return vectors


@dataclass(frozen=True)
class ModeGroups:
    """The followed modes of a kernel, of K_0 or of Theta, in the groups in which they are drawn and tested.

    Args:
        groups: G of them, in order of their first mode.
        start: (m,) the modes' coefficients at step 0.
    """

    groups: list[Group]
    start: Array

    @property
    def leading(self) -> int:
        """As many modes as count, at least 1; more where that would cut a group, whose modes have no directions."""
        wanted = max(1, sum(len(group.modes) for group in self.groups if group.significant))
        return max(mode + 1 for group in self.groups if min(group.modes) < wanted for mode in group.modes)

    def all_below(self, remaining: Array, epsilon: float) -> bool:
        """Whether every group that is drawn, at least one, is below epsilon of its start; `remaining` is (G,)."""
        drawn = np.isfinite(remaining)
        return bool(drawn.any() and (remaining[drawn] < epsilon).all())

    def remaining(self, coefficients: Array) -> Array:
        """||c_g(t)|| / ||c_g(0)|| of (T, m) coefficients as (T, G); NaN where a group is not drawn."""
        columns = [
            np.linalg.norm(coefficients[:, group.modes], axis=1) / np.linalg.norm(self.start[group.modes])
            if group.resolved
            else np.full(len(coefficients), np.nan)
            for group in self.groups
        ]
        return np.stack(columns, axis=1)

    def learnt(self, coefficients: Array) -> Array:
        """1 - <c_g(t), c_g(0)> / ||c_g(0)||^2 of (T, m) coefficients as (T, G); NaN where a group is not drawn."""
        columns = [
            1 - coefficients[:, group.modes] @ self.start[group.modes] / (self.start[group.modes] ** 2).sum()
            if group.resolved
            else np.full(len(coefficients), np.nan)
            for group in self.groups
        ]
        return np.stack(columns, axis=1)


def describe_modes(
    kernel: FrozenKernel, problem: Problem, recording: Recording, floor: float, learning_rate: float
) -> ModeGroups:
    """Groups of the leading modes, in order of their first mode.

    Args:
        kernel: K_0 or Theta, with the residual at time 0.
        problem: Says whether the points are equispaced on a circle, where two modes of one frequency pair up.
        recording: How many leading modes are followed; learnt means below `epsilon` of the start, for good.
        floor: Of `coefficient_floor`; a group that starts below it is not drawn.
        learning_rate: eta.

    Returns:
        Groups with their learning time, eta times a number of steps of gradient descent: None below a floor, from
        2/lambda on, where no step makes the group smaller, and where it is beyond float64. A group that starts below
        5 % of the residual's norm, or whose floor is above 5 % of its start, is drawn but does not count.
    """
    spectrum, all_coefficients = kernel.spectrum, kernel.coefficients
    followed = min(recording.modes, len(all_coefficients))
    residual_norm = float(kernel.residual.norm())
    frequencies = mode_frequencies(spectrum, problem, followed)
    eigenvalues = spectrum.eigenvalues[:followed]
    paired = frequencies if problem.equispaced == "circle" else None
    learning_time = partial(_learning_time, epsilon=recording.epsilon, learning_rate=learning_rate)
    groups = []
    for members in eigenvalue_groups(eigenvalues, spectrum.noise_floor, paired):
        values, coefficients = eigenvalues[members], all_coefficients[members]
        start = float(coefficients.norm())
        above = bool((values > spectrum.noise_floor).all())
        resolved = above and start > max(floor, SMALLEST_START)
        frequency = float(frequencies[members[0]])
        groups.append(
            Group(
                modes=members,
                eigenvalue=float(values.mean()),
                start_magnitude=start,
                significant=resolved and COUNTS_FROM * start >= max(COUNTS_FROM**2 * residual_norm, floor),
                resolved=resolved,
                frequency=None if np.isnan(frequency) else frequency,
                learning_time=learning_time(values, coefficients) if resolved else None,
            )
        )
    return ModeGroups(groups, all_coefficients[:followed].numpy())


def grid_modes(kernel: FrozenKernel, followed: int) -> Array | None:
    """(g, k) the leading modes at new points: those that are followed, above the floor, and fit into an event.

    None for a kernel that does not reach the grid.
    """
    if kernel.cross_kernel is None:
        return None
    most = min(followed, LARGEST_GRID_MODES // len(kernel.function))
    values: Array = modes_at(kernel.spectrum, kernel.cross_kernel, most).numpy()
    return values


def _learning_time(
    eigenvalues: Float[Tensor, " k"], coefficients: Float[Tensor, " k"], epsilon: float, learning_rate: float
) -> float | None:
    limit = epsilon * float(coefficients.norm())
    step = norm_step_for_good(eigenvalues, learning_rate, coefficients, limit) if limit > 0 else None
    time = None if step is None else learning_rate * step
    return time if time is not None and np.isfinite(time) else None
