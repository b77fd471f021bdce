"""How fast eigenvalues fall with frequency."""

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.diagnostics import LogLogFit, log_log_fit


def frequency_fit(
    frequencies: Float[Tensor, " modes"], eigenvalues: Float[Tensor, " modes"], floor: float, parity: int | None = None
) -> LogLogFit | None:
    """The exponent of lambda ~ frequency^exponent; each frequency enters once, with the mean of its eigenvalues.

    Args:
        frequencies: Of each mode; NaN or 0 where it has none that could enter.
        eigenvalues: Of the same modes.
        floor: Eigenvalues at or below it are round-off and left out.
        parity: 0 for even frequencies alone, 1 for odd ones, None for all.

    Returns:
        None where fewer than two frequencies are there.

    Source: theory, section 7.
    """
    entering = (frequencies > 0) & (eigenvalues > floor)
    if parity is not None:
        entering = entering & (torch.remainder(frequencies, 2) == parity)
    chosen = torch.unique(frequencies[entering])
    if len(chosen) < 2:
        return None
    means = torch.stack([eigenvalues[entering & (frequencies == frequency)].mean() for frequency in chosen])
    return log_log_fit(chosen, means)
