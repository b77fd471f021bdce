"""Waves of a function of one input: how much of each there is, and which ones a function is made of."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Complex, Float
from torch import Tensor

SLOWEST = 0.5  # periods over the range: slower waves are not told from a slope
TRIED_A_PERIOD = 8  # frequencies that are tried, for each period over the range; down to 2 of many points
MOST_VALUES = 2_000_000  # of all tried waves on all points: 32 MB
CHANCE = 0.01  # that the largest of all tried waves is noise
SMALLEST_SHARE = 1e-3  # of the values' squares about their mean: smaller waves are not looked for
APART = 1.0  # periods: nearer to a wave that is found already, another is not looked for
NEIGHBOURS = 3.0  # periods: up to there a new wave moves the ones before it
ROUNDED_LEAVES = 2.0  # times what the best frequency leaves may be left by a whole or half number in its place
TINY = 1e-12  # of the values' squares: round-off


def wave_map(position: Float[Tensor, " n"], frequencies: Float[Tensor, " F"]) -> Complex[Tensor, "F n"]:
    """W with |W_k v| = root mean square over the points of wave k's part in values v (n,).

    Frequency 0 is the mean. The others' parts are those of one least-squares fit of their cosines and sines about the
    mean, all together: what one wave explains is not told of another, whatever the points: on an interval with both
    its ends, where sums of Fourier leak, and on scattered points. Real and imaginary part of W_k v are coordinates in
    an orthonormal basis of what the wave spans.

    Args:
        position: As a fraction of the range over which frequencies count periods.
        frequencies: Different from each other. Waves that the points cannot tell apart share what they explain (the
            fit of smallest norm).
    """
    n, moving = len(position), frequencies != 0
    bases = _bases(position.double(), frequencies[moving].double())
    fit = torch.linalg.pinv(_side_by_side(bases), rtol=1e-10).reshape(len(bases), 2, n)
    found = torch.full((len(frequencies), n), 1 / math.sqrt(n), dtype=torch.complex128)  # the mean's
    found[moving] = torch.complex(fit[:, 0], fit[:, 1])
    return found / math.sqrt(n)


def find_waves(
    position: Float[Tensor, " n"],
    values: Float[Tensor, " n"],
    known: Sequence[float] = (),
    *,
    most: int = 8,
    whole: bool = False,
) -> list[float]:
    """The frequencies that values are made of beside the known ones; none where nothing stands out of the noise.

    One after another: the frequency that explains most of what is left by the mean and the waves before it. They need
    not be whole, since a function that does not repeat over the range has no such series without leakage; a whole or
    half number is taken where it explains nearly as much.

    Args:
        position: As a fraction of the range.
        values: To be taken apart.
        known: Frequencies that they are made of in any case.
        most: Waves at most, the known ones with them.
        whole: Whole numbers alone, as on a circle.

    What is left by noise alone has a share above s at one frequency with probability (1 - s)^(d/2), d degrees of
    freedom beside the wave's own.

    Source: Lomb 1976, Scargle 1982 (spectra of scattered points, and what is significant in them); Pati et al. 1993
        (orthogonal matching pursuit).
    """
    position, values = position.double(), values.double()
    centred = values - values.mean()
    total = float(centred @ centred)
    tried = _tried(position, whole)
    if not total > TINY**2 * float(values @ values) or not len(tried):
        return []
    bases = _bases(position, tried)
    found = list(known)
    while len(found) < min(most, (len(position) - 1) // 2):
        left = _without(_span(position, found), centred)
        explained = torch.einsum("fnc,n->fc", bases, left).square().sum(dim=1)
        explained[[any(abs(k - other) < APART for other in found) for k in tried.tolist()]] = 0
        best = int(explained.argmax())
        share = float(explained[best] / (left @ left))
        freedom = len(position) - 1 - 2 * len(found)
        noise = len(tried) * max(0.0, 1 - share) ** ((freedom - 2) / 2) > CHANCE
        if noise or float(explained[best]) < SMALLEST_SHARE * total:
            break
        frequency = float(tried[best])
        found.append(frequency)
        for at in range(len(known), len(found)):  # its neighbours had taken up a part of it
            if not whole and abs(found[at] - frequency) < NEIGHBOURS:
                found[at] = _refined(position, centred, found[:at] + found[at + 1 :], found[at])
    return found[len(known) :]


def _tried(position: Float[Tensor, " n"], whole: bool) -> Float[Tensor, " tried"]:
    """Up to half the number of points that lie apart: as far as equispaced points can tell."""
    highest = (len(torch.unique(position)) - 1) // 2
    a_period = 1
    if not whole:
        a_period = min(TRIED_A_PERIOD, max(2, MOST_VALUES // (len(position) * max(1, highest))))
    highest = min(highest, MOST_VALUES // (a_period * len(position)))
    frequencies = torch.arange(1, a_period * highest + 1, dtype=torch.float64) / a_period
    return frequencies[frequencies >= (1 if whole else SLOWEST)]


def _bases(position: Float[Tensor, " n"], frequencies: Float[Tensor, " F"]) -> Float[Tensor, "F n 2"]:
    """For each wave an orthonormal basis of its cosine and sine about their means; 0 where they are one."""
    argument = 2 * math.pi * frequencies[:, None] * position
    pairs = torch.stack([torch.cos(argument), torch.sin(argument)], dim=2)
    pairs = pairs - pairs.mean(dim=1, keepdim=True)
    squares, vectors = torch.linalg.eigh(pairs.transpose(1, 2) @ pairs)
    there = squares > TINY * len(position)
    scale = torch.where(there, torch.where(there, squares, 1.0).rsqrt(), 0.0)
    bases: Tensor = pairs @ (vectors * scale[:, None, :])
    return bases


def _side_by_side(bases: Float[Tensor, "F n 2"]) -> Float[Tensor, "n columns"]:
    return bases.permute(1, 0, 2).reshape(bases.shape[1], -1)


def _span(position: Tensor, frequencies: list[float]) -> Float[Tensor, "n columns"]:
    """An orthonormal basis of what these waves span."""
    columns = _side_by_side(_bases(position, torch.tensor(frequencies, dtype=torch.float64)))
    span, sizes, _ = torch.linalg.svd(columns, full_matrices=False)
    return span[:, sizes > 1e-10 * sizes.max()] if frequencies else columns


def _without(span: Float[Tensor, "n columns"], values: Tensor) -> Tensor:
    """What the span does not explain of values (n,) or (n, k)."""
    left: Tensor = values - span @ (span.T @ values)
    return left


def _refined(position: Tensor, centred: Tensor, others: list[float], frequency: float) -> float:
    """The best frequency near this one beside the others, or the whole number there, or the half one."""
    span = _span(position, others)
    left = _without(span, centred)
    size = float(left @ left)

    def leaves(tried: float) -> float:
        pair = _without(span, _bases(position, torch.tensor([tried], dtype=torch.float64))[0])
        weights = torch.linalg.lstsq(pair, left[:, None], driver="gelsd").solution
        return size - float(left @ (pair @ weights)[:, 0])

    beside = [other for other in others if abs(other - frequency) < 1.5 * APART]
    low = max([SLOWEST, frequency - APART / 2, *(other + APART for other in beside if other < frequency)])
    high = min([frequency + APART / 2, *(other - APART for other in beside if other > frequency)])
    golden = (math.sqrt(5) - 1) / 2
    while high - low > 1e-4:
        inner = high - golden * (high - low), low + golden * (high - low)
        if leaves(inner[0]) < leaves(inner[1]):
            high = inner[1]
        else:
            low = inner[0]
    best = (low + high) / 2
    enough = ROUNDED_LEAVES * leaves(best) + TINY * float(centred @ centred)
    for rounded in (round(best), round(2 * best) / 2):
        if rounded > 0 and all(abs(rounded - other) >= APART for other in others) and leaves(rounded) <= enough:
            return float(rounded)
    return best
