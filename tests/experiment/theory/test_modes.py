"""Groups of modes, against plain loops over a kernel made by hand."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from ntkscope.experiment.problem.build import Problem, build
from ntkscope.experiment.theory.modes import (
    ModeGroups,
    coefficient_floor,
    describe_modes,
    mode_frequencies,
    mode_wave_vectors,
)
from ntkscope.numerics import FrozenKernel, Spectrum, spectrum
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event_parts import Group
from ntkscope.schemas.training import Recording

N = 16


def problem(points: dict[str, object]) -> Problem:
    return build(RunConfig.model_validate({"data": {"points": points}}))


CIRCLE = {"kind": "circle", "n": N}


def circulant(split: float = 0.0) -> Spectrum:
    """A kernel on the circle whose frequency k has the eigenvalue 10 / (1 + k^2), pairs split by `split`."""
    angles = 2 * np.pi * np.arange(N) / N
    kernel = np.zeros((N, N))
    for k in range(N // 2 + 1):
        for part, wave in enumerate((np.cos(k * angles), np.sin(k * angles))):
            if np.linalg.norm(wave) > 1e-9:
                wave = wave / np.linalg.norm(wave)
                kernel += 10 / (1 + k**2) * (1 + part * split) * np.outer(wave, wave)
    return spectrum(torch.from_numpy((kernel + kernel.T) / 2))


def described(
    found: Spectrum, residual: torch.Tensor, place: Problem, floor: float = 1e-15, followed: int = N, rate: float = 1e-7
) -> list[Group]:
    kernel = FrozenKernel(found, None, residual, torch.zeros(0, dtype=torch.float64))
    groups = describe_modes(kernel, place, Recording(modes=followed, epsilon=0.1), floor, rate)
    np.testing.assert_array_equal(groups.start, (found.modes.T @ residual)[:followed])
    return groups.groups


@pytest.mark.parametrize("split", [0.0, 0.07])
def test_pairs_of_the_circle_are_groups_whatever_their_split(split: float) -> None:
    place = problem(CIRCLE)
    residual = torch.randn(N, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    groups = described(circulant(split), residual, place)
    assert [group.modes for group in groups] == [[0], *([i, i + 1] for i in range(1, 14, 2)), [15]]
    assert [group.frequency for group in groups] == list(range(9))
    spectrum_of_residual = np.fft.rfft(residual.numpy())
    for k, group in enumerate(groups[1:-1], start=1):
        assert group.eigenvalue == pytest.approx(10 / (1 + k**2) * (1 + split / 2))
        assert group.start_magnitude == pytest.approx(abs(spectrum_of_residual[k]) * math.sqrt(2 / N))
        assert group.learning_time == pytest.approx(math.log(10) / group.eigenvalue, rel=split + 1e-6)


def test_learning_times_are_whole_steps_and_none_from_two_over_lambda_on() -> None:
    place, found = problem(CIRCLE), circulant()  # eigenvalues 10, 5, 2, 1, ...
    residual = torch.randn(N, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    groups = described(found, residual, place, rate=2 / 5)
    assert [group.learning_time for group in groups[:2]] == [None, None]
    for group in groups[2:]:
        factor, step = abs(1 - 0.4 * group.eigenvalue), 0
        while factor**step > 0.1:
            step += 1
        assert group.learning_time == 0.4 * step
    assert groups[2].learning_time == 0.4 * 2  # not before a step is done


def test_what_counts_and_what_is_drawn() -> None:
    place, found = problem(CIRCLE), circulant()
    coefficients = torch.zeros(N, dtype=torch.float64)
    coefficients[0], coefficients[1], coefficients[3] = 1.0, 0.03, 1e-20
    groups = described(found, found.modes @ coefficients, place, floor=1e-14)
    assert [group.significant for group in groups[:3]] == [True, False, False]
    assert [group.resolved for group in groups[:3]] == [True, True, False]
    assert groups[1].learning_time is not None
    assert groups[2].learning_time is None


def test_below_the_noise_floor_nothing_is_claimed() -> None:
    found = circulant()
    values = found.eigenvalues.clone()
    values[7:] = 1e-17
    groups = described(Spectrum(values, found.modes, 1e-14), torch.ones(N, dtype=torch.float64), problem(CIRCLE))
    late = [group for group in groups if group.modes[0] >= 7]
    assert len(late) == N - 7
    for group in late:
        assert not group.resolved
        assert not group.significant
        assert group.learning_time is None
        assert group.frequency is None


def test_followed_modes_only() -> None:
    found, place = circulant(), problem(CIRCLE)
    groups = described(found, torch.ones(N, dtype=torch.float64), place, followed=5)
    assert [group.modes for group in groups] == [[0], [1, 2], [3, 4]]
    assert len(mode_frequencies(found, place, 5)) == 5


def test_frequencies_on_an_interval_are_half_the_sign_changes() -> None:
    place = problem({"kind": "interval", "n": N})
    groups = described(circulant(), torch.ones(N, dtype=torch.float64), place)
    modes = circulant().modes.numpy()
    for mode in range(3):
        signs = [value > 0 for value in modes[:, mode] if abs(value) > 1e-9]
        changes = sum(a != b for a, b in pairwise(signs))
        assert mode_frequencies(circulant(), place, N)[mode] == changes / 2
    assert groups[1].modes == [1, 2]


def test_frequencies_of_a_table_follow_its_positions_not_its_rows() -> None:
    order = np.random.default_rng(0).permutation(N)
    place, found = problem({"kind": "interval", "n": N}), circulant()
    shuffled = Problem(**{**vars(place), "inputs": place.inputs[order], "equispaced": None})
    mixed = Spectrum(found.eigenvalues, found.modes[order], found.noise_floor)
    assert mode_frequencies(mixed, shuffled, N).tolist() == mode_frequencies(found, place, N).tolist()


def test_frequencies_on_uneven_arcs_by_a_direct_sum() -> None:
    place = problem({"kind": "arcs", "counts": [20, 40, 80]})
    angles = torch.from_numpy(place.inputs[:, 0].copy())
    modes = torch.eye(len(angles), dtype=torch.float64)
    modes[:, 0], modes[:, 1] = torch.cos(3 * angles), torch.sin(7 * angles)
    modes = modes / modes.norm(dim=0)
    made = Spectrum(torch.arange(len(angles), 0, -1, dtype=torch.float64), modes, 1e-14)
    assert mode_frequencies(made, place, 2).tolist() == [3, 7]


@pytest.mark.parametrize("points", [{"kind": "random", "n": N, "d": 2}, {"kind": "interval", "n": 1}])
def test_no_frequency_where_there_is_none(points: dict[str, object]) -> None:
    place = problem(points)
    n = len(place.targets)
    made = Spectrum(torch.ones(n, dtype=torch.float64), torch.eye(n, dtype=torch.float64), 1e-14)
    assert mode_frequencies(made, place, n).isnan().all()


@pytest.mark.parametrize(("precision", "unit"), [("float32", 2**-24), ("float64", 2**-53)])
def test_the_coefficient_floor_is_round_off_of_the_larger(precision: str, unit: float) -> None:
    small, large = torch.tensor([3.0, 4.0]), torch.tensor([6.0, 8.0])
    assert coefficient_floor(small, large, precision) == 10 * unit
    assert coefficient_floor(large, small, precision) == 10 * unit


def test_wave_vectors_on_a_plane_count_periods_over_its_width() -> None:
    place = problem({"kind": "random", "n": 100, "d": 2, "distribution": "uniform"})
    x = torch.from_numpy(place.inputs.copy())
    wave = torch.cos(math.pi * (2 * x[:, 0] - x[:, 1]))[:, None]
    found = mode_wave_vectors(spectrum(wave @ wave.T), place, 2)
    assert found is not None
    assert found[0].tolist() == [2, -1]
    assert np.isnan(found[1]).all()  # below the noise floor
    assert mode_wave_vectors(circulant(), problem(CIRCLE), 2) is None


def group(*modes: int, drawn: bool = True) -> Group:
    return Group(
        modes=list(modes), eigenvalue=1.0, start_magnitude=1.0, significant=drawn, resolved=drawn, frequency=None,
        learning_time=None,
    )  # fmt: skip


def test_a_group_is_its_norm_and_its_projection() -> None:
    begin = np.array([3.0, 4.0, 1.0])
    now = np.array([[0.0, 5.0, -0.5]])
    groups = ModeGroups([group(0, 1), group(2), group(2, drawn=False)], begin)
    np.testing.assert_allclose(groups.remaining(now), [[1.0, 0.5, np.nan]])
    np.testing.assert_allclose(groups.learnt(now), [[1 - 20 / 25, 1.5, np.nan]])
