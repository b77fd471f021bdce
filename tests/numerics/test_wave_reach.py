"""How much a constant kernel leaves of a wave of each frequency."""

import math

import pytest
import torch

from ntkscope.numerics.spectrum import spectrum
from ntkscope.numerics.wave_reach import reached, waves_left


def test_what_is_left_is_what_steps_with_that_kernel_leave_of_cosine_and_sine() -> None:
    n, rate, steps = 9, 0.03, 40
    features = torch.randn(n, 12, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    kernel = features @ features.T
    position = torch.rand(n, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    decomposed = spectrum(kernel)

    found = waves_left(
        decomposed, (1 - rate * decomposed.eigenvalues) ** steps, position, torch.tensor([1.0, 2.5]).double()
    )

    for frequency, left in zip((1.0, 2.5), found.tolist(), strict=True):
        begin = end = 0.0
        for part in (math.cos, math.sin):
            wave = torch.tensor([part(2 * math.pi * frequency * x) for x in position.tolist()], dtype=torch.float64)
            begin += float(wave @ wave)
            for _ in range(steps):
                wave = wave - rate * kernel @ wave
            end += float(wave @ wave)
        assert left == pytest.approx(math.sqrt(end / begin), rel=1e-9)


def test_modes_of_round_off_leave_all() -> None:
    angle = 2 * math.pi * torch.arange(8).double() / 8
    wave = torch.cos(angle) / 2
    decomposed = spectrum(torch.outer(wave, wave))  # one mode: the cosine of frequency 1

    left = waves_left(decomposed, torch.zeros(8).double(), torch.arange(8).double() / 8, torch.tensor([1.0, 2.0]))

    assert left[0] == pytest.approx(math.sqrt(0.5))  # its sine stays
    assert left[1] == pytest.approx(1.0)


def test_a_gap_ends_the_reach() -> None:
    assert reached(torch.tensor([0.1, 0.2, 0.9, 0.1]), 0.5) == 2
    assert reached(torch.tensor([0.9, 0.1]), 0.5) == 0
    assert reached(torch.tensor([]), 0.5) == 0
