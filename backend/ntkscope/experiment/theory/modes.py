"""Modes of K_0 as a reader meets them: in groups, with frequency, learning time and whether they count."""

import math

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.experiment.problem.build import Problem
from ntkscope.numerics.crossings import norm_step_for_good
from ntkscope.numerics.fourier import circle_frequencies, interval_frequencies, nonuniform_frequencies, wave_vectors
from ntkscope.numerics.spectrum import Spectrum, eigenvalue_groups
from ntkscope.schemas.event_parts import Group

SMALLEST_START = 1e-150  # the square of a smaller coefficient is no number of float64
COUNTS_FROM = 0.05
"""Share of ||r(0)|| from which a mode counts: smaller ones follow the leakage of the large ones."""
HIGHEST_WAVE = 24  # of a plane's waves in each direction: 1,225 of them are tried
UNIT_ROUNDOFF = {"float32": 2.0**-24, "float64": 2.0**-53}


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


def describe_modes(
    spectrum: Spectrum,
    mode_coefficients: Float[Tensor, " followed"],
    problem: Problem,
    *,
    residual_norm: float,
    coefficient_floor: float,
    epsilon: float,
    learning_rate: float,
) -> list[Group]:
    """Groups of the leading modes, in order of their first mode.

    Args:
        spectrum: Of K_0.
        mode_coefficients: Of the residual at time 0, of as many leading modes as are followed.
        problem: Says whether the points are equispaced on a circle, where two modes of one frequency pair up.
        residual_norm: ||r(0)|| over all modes.
        coefficient_floor: Of `coefficient_floor`; a group that starts below it is not drawn.
        epsilon: Learnt means below this fraction of the start, for good.
        learning_rate: eta.

    Returns:
        Groups with their learning time, eta times a number of steps of gradient descent: None below a floor, and from
        2/lambda on, where no step makes the group smaller. A group that starts below 5 %
        of the residual's norm, or whose floor is above 5 % of its start, is drawn but does not count.
    """
    followed = len(mode_coefficients)
    frequencies = mode_frequencies(spectrum, problem, followed)
    eigenvalues = spectrum.eigenvalues[:followed]
    paired = frequencies if problem.equispaced == "circle" else None
    groups = []
    for members in eigenvalue_groups(eigenvalues, spectrum.noise_floor, paired):
        values, coefficients = eigenvalues[members], mode_coefficients[members]
        start = float(coefficients.norm())
        above = bool((values > spectrum.noise_floor).all())
        drawn = above and start > max(coefficient_floor, SMALLEST_START)
        frequency = float(frequencies[members[0]])
        groups.append(
            Group(
                modes=members,
                eigenvalue=float(values.mean()),
                start_magnitude=start,
                counts=drawn and COUNTS_FROM * start >= max(COUNTS_FROM**2 * residual_norm, coefficient_floor),
                drawn=drawn,
                frequency=None if np.isnan(frequency) else frequency,
                learning_time=_learning_time(values, coefficients, epsilon, learning_rate) if drawn else None,
            )
        )
    return groups


def _learning_time(
    eigenvalues: Float[Tensor, " k"], coefficients: Float[Tensor, " k"], epsilon: float, learning_rate: float
) -> float | None:
    limit = epsilon * float(coefficients.norm())
    step = norm_step_for_good(eigenvalues, learning_rate, coefficients, limit) if limit > 0 else None
    return None if step is None else learning_rate * step
