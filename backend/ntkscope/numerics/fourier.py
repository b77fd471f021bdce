"""Input-space frequencies of modes, and the spectrum of a residual."""

import torch
from jaxtyping import Float
from torch import Tensor


def circle_frequencies(modes: Float[Tensor, "n k"]) -> Float[Tensor, " k"]:
    """Frequency of each mode on an equispaced circle: the index of the largest Fourier coefficient."""
    power: Tensor = torch.fft.rfft(modes, dim=0).abs() ** 2
    power[1 : (len(modes) + 1) // 2] *= 2  # each of these stands for k and -k
    return power.argmax(0).to(modes.dtype)


def interval_frequencies(modes: Float[Tensor, "n k"]) -> Float[Tensor, " k"]:
    """Frequency of each mode on an interval: half its number of sign changes.

    Entries below 1e-9 of the mode's largest have no sign. Modes are not periodic there, so a Fourier
    transform would miscount (theory, section 7).
    """
    n = len(modes)
    signs = torch.where(modes.abs() > 1e-9 * modes.abs().amax(0), torch.sign(modes), 0.0)
    rows = torch.arange(n, device=modes.device)[:, None]
    last_signed = torch.where(signs != 0, rows, 0).cummax(0).values
    carried = signs.gather(0, last_signed)
    return (carried[1:] * carried[:-1] < 0).sum(0).to(modes.dtype) / 2


def nonuniform_frequencies(
    modes: Float[Tensor, "n k"], positions: Float[Tensor, " n"], max_frequency: int
) -> Float[Tensor, " k"]:
    """Frequency of each mode at arbitrary angles: the largest of |sum_j q_j exp(-i f theta_j)|, f up to a maximum.

    Args:
        modes: As columns.
        positions: Angles in radians; a period is 2 pi.
        max_frequency: The largest that is tried.
    """
    waves = torch.arange(max_frequency + 1, dtype=modes.dtype, device=modes.device)[:, None] * positions.to(modes)
    power = (torch.cos(waves) @ modes) ** 2 + (torch.sin(waves) @ modes) ** 2
    power[1:] *= 2  # each of these stands for f and -f
    return power.argmax(0).to(modes.dtype)


def wave_vectors(
    modes: Float[Tensor, "n k"], positions: Float[Tensor, "n 2"], max_frequency: int
) -> Float[Tensor, "k 2"]:
    """Wave vector of each mode of two inputs: the largest of |sum_j q_j exp(-i k . theta_j)| over whole numbers.

    k and -k are the same wave: the first number that is not 0 is positive. Of equal ones the shortest is taken.

    Args:
        modes: As columns.
        positions: Both inputs in radians; a period is 2 pi.
        max_frequency: The largest number that is tried, in both directions.
    """
    numbers = torch.arange(-max_frequency, max_frequency + 1, dtype=modes.dtype, device=modes.device)
    tried = torch.cartesian_prod(numbers[max_frequency:], numbers)
    tried = tried[(tried[:, 0] > 0) | (tried[:, 1] >= 0)]
    tried = tried[torch.argsort(tried.norm(dim=1), stable=True)]
    waves = tried @ positions.to(modes).T
    power = (torch.cos(waves) @ modes) ** 2 + (torch.sin(waves) @ modes) ** 2
    power[1:] *= 2  # each of these stands for k and -k
    return tried[power.argmax(0)]
