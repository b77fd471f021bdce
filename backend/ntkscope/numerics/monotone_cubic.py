"""A curve through points that rises and falls only where they do."""

import torch
from jaxtyping import Float
from torch import Tensor


def monotone_cubic(
    x: Float[Tensor, " k"], y: Float[Tensor, " k"], at: Float[Tensor, " n"], period: float | None = None
) -> Float[Tensor, " n"]:
    """Values at `at` of the cubic Hermite curve through (x, y) that is monotone between neighbours.

    It never leaves the range of the two points that it runs between. Outside of them it is constant, or goes round.

    Args:
        x: Strictly ascending; at least two.
        y: Values there.
        at: Where it is asked for, in any order.
        period: After which it begins again: it then goes on from the last point to the first. The points' width is
            less than that.

    Source: Fritsch and Carlson 1980, SIAM J. Numer. Anal. 17(2), with the slopes of Fritsch and Butland 1984, SIAM J.
        Sci. Stat. Comput. 5(2): a weighted harmonic mean of the two chords, 0 where they differ in sign.
    """
    start, width = x[0], x[-1] - x[0]
    if period is None:
        knots, values = (x - start) / width, y
        place = ((at - start) / width).clamp(0.0, 1.0)
        slopes = _slopes(knots, values)
    else:
        width = torch.as_tensor(period, dtype=x.dtype)
        before, after = (x[-2:] - width, y[-2:]), (x[:2] + width, y[:2])  # so that every slope has both its neighbours
        knots = (torch.cat([before[0], x, after[0]]) - start) / width
        values = torch.cat([before[1], y, after[1]])
        place = torch.remainder(at - start, width) / width
        slopes = _slopes(knots, values)
    left = (torch.searchsorted(knots, place, right=True) - 1).clamp(0, len(knots) - 2)
    step = knots[left + 1] - knots[left]
    u = (place - knots[left]) / step
    rise, a, b = values[left + 1] - values[left], step * slopes[left], step * slopes[left + 1]
    # Hermite's basis, about the left value: a line of equal values stays one to the bit.
    return values[left] + rise * u * u * (3 - 2 * u) + a * u * (1 - u) ** 2 - b * u * u * (1 - u)


def _slopes(x: Float[Tensor, " k"], y: Float[Tensor, " k"]) -> Float[Tensor, " k"]:
    """dy/dx at each point."""
    steps, chords = x.diff(), y.diff() / x.diff()
    if len(chords) == 1:
        return chords.repeat(2)
    before, after = chords[:-1], chords[1:]
    first, second = 2 * steps[1:] + steps[:-1], steps[1:] + 2 * steps[:-1]
    same = (before.sign() * after.sign()) > 0
    inner = (first + second) / (first / torch.where(same, before, 1.0) + second / torch.where(same, after, 1.0))
    inner = torch.where(same, inner, 0.0)
    return torch.cat([_end(steps, chords), inner, _end(steps.flip(0), chords.flip(0))])


def _end(steps: Float[Tensor, " j"], chords: Float[Tensor, " j"]) -> Float[Tensor, " 1"]:
    """The slope at the first point: that of the parabola through three, no steeper than keeps the curve monotone."""
    slope = ((2 * steps[0] + steps[1]) * chords[0] - steps[0] * chords[1]) / (steps[0] + steps[1])
    if slope.sign() != chords[0].sign():
        slope = torch.zeros_like(slope)
    elif chords[0].sign() != chords[1].sign() and abs(slope) > 3 * abs(chords[0]):
        slope = 3 * chords[0]
    return slope[None]
