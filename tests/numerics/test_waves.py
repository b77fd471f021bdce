"""Parts of waves by least squares, and the waves that a function is made of."""

import math

import numpy as np
import pytest
import torch

from ntkscope.numerics.waves import find_waves, wave_map

TAU = 2 * math.pi


def positions(kind: str, n: int) -> torch.Tensor:
    """Points of three kinds, as fractions of their range."""
    if kind == "circle":
        return torch.arange(n, dtype=torch.float64) / n
    if kind == "interval":
        return torch.linspace(0, 1, n, dtype=torch.float64)
    return torch.rand(n, generator=torch.Generator().manual_seed(5), dtype=torch.float64).sort().values


def parts_by_hand(position: np.ndarray, frequencies: list[float], values: np.ndarray) -> list[float]:
    """The slow twin: one least-squares fit of named columns, each wave's part laid out on the points."""
    columns = []
    for k in frequencies:
        for wave in (np.cos, np.sin):
            column = wave(TAU * k * position)
            columns.append(column - column.mean())
    weights = np.linalg.lstsq(np.stack(columns, 1), values - values.mean(), rcond=None)[0]
    laid = [weights[2 * i] * columns[2 * i] + weights[2 * i + 1] * columns[2 * i + 1] for i in range(len(frequencies))]
    return [abs(values.mean()), *(math.sqrt(np.mean(part**2)) for part in laid)]


@pytest.mark.parametrize("kind", ["circle", "interval", "scattered"])
@pytest.mark.parametrize("frequencies", [[1.0], [1.0, 3.0, 7.5], [0.5, 2.0]])
def test_the_map_gives_the_size_of_each_wave_s_part(kind: str, frequencies: list[float]) -> None:
    position = positions(kind, 40)
    values = torch.randn(40, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    found = (wave_map(position, torch.tensor([0.0, *frequencies])) @ values.to(torch.complex128)).abs()
    assert found.tolist() == pytest.approx(parts_by_hand(position.numpy(), frequencies, values.numpy()), rel=1e-9)


@pytest.mark.parametrize("kind", ["circle", "interval", "scattered"])
def test_what_one_wave_is_made_of_is_told_of_no_other(kind: str) -> None:
    position = positions(kind, 33)
    values = 0.3 + 2 * torch.sin(TAU * 6 * position + 0.4)
    sizes = (wave_map(position, torch.tensor([0.0, 1.0, 6.0, 9.0])) @ values.to(torch.complex128)).abs()
    assert sizes[[1, 3]].max() < 1e-12
    assert float(sizes[2]) == pytest.approx(float((values - values.mean()).norm()) / math.sqrt(33), rel=1e-12)
    assert float(sizes[0]) == pytest.approx(abs(float(values.mean())), rel=1e-12)


def test_the_fastest_wave_that_equispaced_points_tell_has_one_part() -> None:
    position = positions("circle", 8)
    values = torch.tensor([1.0, -1.0] * 4, dtype=torch.float64)
    sizes = (wave_map(position, torch.tensor([1.0, 4.0])) @ values.to(torch.complex128)).abs()
    assert sizes.tolist() == pytest.approx([0.0, 1.0], abs=1e-12)


@pytest.mark.parametrize(
    ("kind", "n", "made_of"),
    [
        ("interval", 16, [6.0]),
        ("interval", 64, [1.0, 5.0]),
        ("circle", 64, [3.0, 7.0]),
        ("interval", 64, [2.3]),
        ("scattered", 100, [3.0, 9.3]),
        ("interval", 200, [20.0]),
    ],
)
def test_a_sum_of_waves_is_found_to_be_made_of_them(kind: str, n: int, made_of: list[float]) -> None:
    position = positions(kind, n)
    values = 0.2 + sum((torch.sin(TAU * k * position + k) / (i + 1) for i, k in enumerate(made_of)), torch.zeros(n))
    found = find_waves(position, values, whole=kind == "circle")
    assert found == pytest.approx(made_of, abs=2e-3)


def test_a_kink_and_a_fast_wave_are_told_apart() -> None:
    x = torch.linspace(-1, 1, 256, dtype=torch.float64)
    found = find_waves((x + 1) / 2, x.abs() + 0.3 * torch.sin(12 * x))
    assert found[0] == pytest.approx(1.0, abs=0.1)
    assert found[1] == pytest.approx(12 / math.pi, abs=0.01)


def test_a_square_wave_has_its_odd_numbers() -> None:
    x = torch.linspace(-1, 1, 64, dtype=torch.float64)
    assert find_waves((x + 1) / 2, x.sign())[:3] == [1.0, 3.0, 5.0]


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_made_of_nothing(seed: int) -> None:
    values = torch.randn(64, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    assert find_waves(positions("interval", 64), values) == []


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_points_and_constants_are_made_of_nothing(n: int) -> None:
    assert find_waves(positions("circle", n), torch.ones(n, dtype=torch.float64)) == []
    assert find_waves(positions("circle", 32), torch.full((32,), 7.0, dtype=torch.float64)) == []


def test_known_waves_are_kept_and_not_found_again() -> None:
    position = positions("interval", 128)
    values = torch.sin(TAU * 2.55 * position) + 0.5 * torch.sin(TAU * 9 * position)
    assert find_waves(position, values, [2.55]) == [9.0]
