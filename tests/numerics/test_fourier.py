import math

import pytest
import torch

from ntkscope.numerics import (
    circle_frequencies,
    empirical_ntk,
    interval_frequencies,
    nonuniform_frequencies,
    spectrum,
    wave_vectors,
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


def test_waves_of_two_inputs() -> None:
    positions = 2 * math.pi * torch.rand(300, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    asked = [[0, 0], [1, 0], [0, 1], [2, -1], [3, 4]]
    waves = torch.cos(positions @ tensor(asked).T + 0.3)
    assert wave_vectors(waves, positions, 5).tolist() == asked
    # k and -k are one wave
    assert wave_vectors(torch.cos(positions @ tensor([[-2.0], [1.0]])), positions, 5).tolist() == [[2, -1]]


def test_wave_vectors_are_the_largest_of_a_plain_sum() -> None:
    positions, modes = normal(20, 2), normal(20, 3)
    found = wave_vectors(modes, positions, 2)
    for column in range(3):
        power = {}
        for k1 in range(-2, 3):
            for k2 in range(-2, 3):
                phases = torch.exp(-1j * (k1 * positions[:, 0] + k2 * positions[:, 1]))
                power[k1, k2] = abs(complex((modes[:, column] * phases).sum())) * (1 if k1 == k2 == 0 else 2**0.5)
        k1, k2 = found[column].tolist()
        assert power[int(k1), int(k2)] == pytest.approx(max(power.values()))
