import math

import pytest
import torch

from ntkscope.numerics import (
    circle_frequencies,
    empirical_ntk,
    interval_frequencies,
    nonuniform_frequencies,
    spectrum,
)
from tests.numerics.twins import network, normal, tensor


def angles(n: int) -> torch.Tensor:
    return 2 * math.pi * torch.arange(n, dtype=torch.float64) / n


@pytest.mark.parametrize("n", [11, 12])
def test_waves_on_a_circle(n: int) -> None:
    waves = torch.stack([torch.cos(k * angles(n) + 0.4) for k in range(n // 2 + 1)], dim=1)
    assert circle_frequencies(waves).tolist() == list(range(n // 2 + 1))


def test_a_mixture_has_its_strongest_frequency() -> None:
    """The constant and the highest frequency stand for one coefficient each, all others for two."""
    theta = angles(8)
    mixed = torch.stack([1 + 1.5 * torch.cos(2 * theta), 1 + 1.3 * torch.cos(2 * theta)], dim=1)
    assert circle_frequencies(mixed).tolist() == [2, 0]


def test_half_the_sign_changes_on_an_interval() -> None:
    modes = torch.stack([tensor([1, 2, 3, 4]), tensor([-1, 0, 0, 2]), tensor([1, -1, 1, -1]), tensor([0, 1, 0, 1])], 1)
    assert interval_frequencies(modes).tolist() == [0, 0.5, 1.5, 0]


def test_round_off_is_no_sign_change() -> None:
    modes = tensor([[1.0], [1e-13], [-1e-13], [1.0]])
    assert interval_frequencies(modes).tolist() == [0]


def test_interval_modes_of_a_real_kernel_count_up_in_halves() -> None:
    x = torch.linspace(-1, 1, 40, dtype=torch.float64)[:, None]
    net = network("erf", 1)
    found = spectrum(empirical_ntk(net, torch.cat([x, torch.zeros(40, 2, dtype=torch.float64)], dim=1)))
    assert interval_frequencies(found.modes[:, :5]).tolist() == [0, 0.5, 1, 1.5, 2]


def test_waves_at_uneven_points() -> None:
    positions = 2 * math.pi * torch.rand(200, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    waves = torch.stack([torch.cos(k * positions + 0.3) for k in (0, 1, 3, 8)], dim=1)
    assert nonuniform_frequencies(waves, positions, 10).tolist() == [0, 1, 3, 8]


def test_even_points_agree_with_the_fourier_transform() -> None:
    modes = normal(15, 6)
    assert torch.equal(nonuniform_frequencies(modes, angles(15), 7), circle_frequencies(modes))
