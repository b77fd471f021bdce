"""When will frequency k be learnt? Answered from K_0 and the residual at the start, before a single step."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from ntkscope.experiment.theory.frequencies import residual_spectrum, spectrum_frequencies
from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.numerics import GradientDescent, GradientFlow, Law
from ntkscope.schemas.preview import LearningFrequency

SMALLEST_SHARE = 0.05
"""Of the residual's norm: smaller frequencies have no course of their own."""
SEARCHED = 1500
"""Points of the first, coarse look along the logarithm of time."""
LAST_STEP = 1e300
"""The search ends there."""
FADED = 60.0
"""lambda t from which a mode is gone: exp(-60) is far below round-off."""


@dataclass(frozen=True)
class _Search:
    """r_k(t) = constant_k + sum_i parts_ki m_i(t) for K frequencies, over the m modes above the noise floor."""

    parts: Complex[Tensor, "K m"]
    constant: Complex[Tensor, " K"]
    limits: Float[Tensor, " K"]  # epsilon |r_k(0)|

    def below(self, remaining: Float[Tensor, "T m"]) -> Tensor:
        """(K, T): whether |r_k| is below its limit where the modes' remaining fractions are these."""
        values = self.parts @ remaining.T.to(self.parts.dtype) + self.constant[:, None]
        return torch.nan_to_num(values.abs(), nan=math.inf) < self.limits[:, None]

    def frequency(self, k: int) -> "_Search":
        return _Search(self.parts[k : k + 1], self.constant[k : k + 1], self.limits[k : k + 1])


def learning_frequencies(initial: InitialState, step_seconds: float) -> list[LearningFrequency]:
    """The frequencies that hold at least 5 % of the residual's norm, with the time to learn each.

    Time is where the frozen kernel's |r_k| under gradient flow first falls below epsilon of its start; the step
    is the first at which it does under gradient descent. Modes below the noise floor never move. Empty where
    the points are not equispaced on an interval or circle.

    Args:
        initial: The run at step 0.
        step_seconds: Of one step on this machine.
    """
    problem, epsilon = initial.problem, initial.config.recording.epsilon
    shares = frequency_shares(initial.fourier_rows, initial.kernel.residual)
    chosen = torch.nonzero(shares >= SMALLEST_SHARE)[:, 0]
    if not len(chosen):
        return []
    frequencies = spectrum_frequencies(problem)[chosen]
    parts = initial.fourier_rows[chosen] @ (initial.kernel.spectrum.modes * initial.kernel.coefficients).to(
        torch.complex128
    )
    above = initial.kernel.spectrum.count_above_floor
    search = _Search(parts[:, :above], parts[:, above:].sum(dim=1), epsilon * parts.sum(dim=1).abs())
    moves = above > 0  # a kernel of zeros learns nothing
    times = _flow_times(search, initial) if moves else [None] * len(chosen)
    steps = _descent_steps(search, initial) if moves else [None] * len(chosen)
    return [
        LearningFrequency(
            frequency=float(frequency),
            amplitude=float(shares[k]),
            time=time,
            step=step,
            seconds=None if step is None else step * step_seconds,
            within_run=step is not None and step <= initial.last_step,
        )
        for frequency, k, time, step in zip(frequencies, chosen, times, steps, strict=True)
    ]


def frequency_shares(
    rows: Complex[Tensor, "frequencies n"], residual: Float[Tensor, " n"]
) -> Float[Tensor, " frequencies"]:
    """|r_k| over ||r||, both of k and -k together, so that a single sine has 1; zeros for a zero residual."""
    n, found = len(residual), residual_spectrum(rows, residual)
    both = torch.full_like(found, 2.0)
    both[:1] = 1.0
    if n % 2 == 0:
        both[n // 2 :] = 1.0
    norm = float(residual.norm())
    return found * torch.sqrt(n * both) / norm if norm > 0 else torch.zeros_like(found)


def _flow_times(search: _Search, initial: InitialState) -> list[float | None]:
    law = GradientFlow(1.0)  # its steps are times
    times = _logarithmic(search, law, initial, 1e-3 / float(initial.kernel.spectrum.eigenvalues[0]))
    return [
        None if ends is None else _bisect(search.frequency(k), law, initial, *ends)
        for k, ends in enumerate(_brackets(search.below(_remaining(search, law, initial, times)), times))
    ]


def _descent_steps(search: _Search, initial: InitialState) -> list[int | None]:
    law = GradientDescent(initial.learning_rate)
    steps = torch.unique_consecutive(_logarithmic(search, law, initial, 1.0).round())
    found: list[int | None] = []
    for k, ends in enumerate(_brackets(search.below(_remaining(search, law, initial, steps)), steps)):
        if ends is None:
            found.append(None)
            continue
        low, high = int(ends[0]), int(ends[1])
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if _is_below(search.frequency(k), law, initial, middle) else (middle, high)
        found.append(high)
    return found


def _logarithmic(search: _Search, law: Law, initial: InitialState, first: float) -> Tensor:
    """Steps from `first` until the slowest mode above the floor has faded."""
    slowest = law.learning_rate * float(initial.kernel.spectrum.eigenvalues[search.parts.shape[1] - 1])
    # A rate among the smallest numbers that there are has no step at which anything has happened.
    last = min(max(2 * first, FADED / slowest), LAST_STEP) if slowest > 0 else LAST_STEP
    return torch.logspace(math.log10(first), math.log10(last), SEARCHED, dtype=torch.float64)


def _bisect(search: _Search, law: Law, initial: InitialState, low: float, high: float) -> float:
    while True:
        middle = (low + high) / 2
        if not low < middle < high or high - low < 1e-12 * high:
            return high
        low, high = (low, middle) if _is_below(search, law, initial, middle) else (middle, high)


def _is_below(search: _Search, law: Law, initial: InitialState, step: float) -> bool:
    """Of a search for one frequency."""
    at = torch.tensor([step], dtype=torch.float64)
    return bool(search.below(_remaining(search, law, initial, at)).item())


def _remaining(search: _Search, law: Law, initial: InitialState, steps: Tensor) -> Tensor:
    """(T, m) of the modes above the floor."""
    return law.remaining(initial.kernel.spectrum.eigenvalues, steps)[:, : search.parts.shape[1]]


def _brackets(below: Tensor, grid: Float[Tensor, " T"]) -> list[tuple[float, float] | None]:
    """For each row the last grid point that is not below and the first that is (0 stands before the first)."""
    ends: list[tuple[float, float] | None] = []
    for row in below:
        if not bool(row.any()):
            ends.append(None)
            continue
        first = int(row.int().argmax())
        ends.append((float(grid[first - 1]) if first else 0.0, float(grid[first])))
    return ends
