import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ntkscope.numerics import (
    circle_frequencies,
    eigenvalue_groups,
    empirical_ntk,
    empirical_ntk_full,
    modes_at,
    rotate_pair,
    spectrum,
    unit_roundoff,
)
from tests.numerics.twins import REFERENCE, network, normal, reference_network, tensor


def positive_semidefinite(n: int, rank: int | None = None, seed: int = 0) -> torch.Tensor:
    factor = normal(n, rank or n, seed=seed)
    return factor @ factor.T


def circulant(eigenvalues: list[float], n: int) -> torch.Tensor:
    """The kernel on an equispaced circle whose frequency k has this eigenvalue."""
    angles = 2 * math.pi * torch.arange(n, dtype=torch.float64) / n
    kernel = torch.zeros(n, n, dtype=torch.float64)
    for k, value in enumerate(eigenvalues):
        kernel += value * torch.cos(k * (angles[:, None] - angles)) * (2 if 0 < k < n / 2 else 1) / n
    return kernel


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 1000))
def test_is_the_definition(n: int, rank: int, seed: int) -> None:
    kernel = positive_semidefinite(n, rank, seed)
    found = spectrum(kernel)
    scale = float(found.eigenvalues[0])
    assert torch.allclose(found.modes @ found.eigenvalues.diag() @ found.modes.T, kernel, rtol=0, atol=1e-13 * scale)
    assert torch.allclose(found.modes.T @ found.modes, torch.eye(n, dtype=torch.float64), atol=1e-13)
    assert bool((found.eigenvalues.diff() <= 0).all())
    assert found.noise_floor == pytest.approx(n * 2**-53 * scale)
    largest = found.modes.gather(0, found.modes.abs().argmax(0)[None])
    assert bool((largest > 0).all())
    assert found.count_above_floor >= min(n, rank)  # round-off may lift a zero just above the floor
    assert found.stability_limit == pytest.approx(2 / scale)


@pytest.mark.parametrize("case", REFERENCE["empirical"], ids=lambda case: case["id"])
def test_reference_modes(case: dict) -> None:
    net, x = reference_network(case), tensor(case["X"])
    several = case["dims"][-1] > 1
    rows = len(x) * case["dims"][-1]
    kernel = empirical_ntk_full(net, x).transpose(1, 2).reshape(rows, rows) if several else empirical_ntk(net, x)
    true = tensor(case["eigvals_full_desc" if several else "eigvals_desc"])
    found = spectrum(kernel)
    assert float((found.eigenvalues - true).abs().max() / true[0]) < 1e-12

    residual = (tensor(case["f"]) - tensor(case["y"]).view(len(x), -1)).flatten()
    magnitudes = tensor(case["abs_mode_residual_full" if several else "abs_mode_residual"])
    groups = [[0]]
    for i in range(1, rows):
        near = float(true[i - 1] - true[i]) < 1e-7 * float(true[0])
        groups[-1].append(i) if near else groups.append([i])
    coefficients = found.modes.T @ residual
    for group in groups:
        others = [i for i in range(rows) if i not in group]
        gap = min(abs(float(true[i] - true[j])) for i in group for j in others)
        tolerance = 1e-11 + 20 * rows * 2**-52 * float(true[0]) / gap
        error = abs(float(coefficients[group].norm() - magnitudes[group].norm()))
        assert error / float(residual.norm()) < tolerance


def test_the_sign_does_not_hang_on_the_last_bit() -> None:
    """On a circle a mode's largest entries come in pairs of both signs."""
    kernel = circulant([1, 0.5, 0.25], 8)
    kernel += 0.01 * torch.diag(torch.arange(8, dtype=torch.float64))
    kernel = (kernel + kernel.T) / 2
    signs = spectrum(kernel).modes
    for scale in (1e-14, -1e-14):
        noise = scale * positive_semidefinite(8, seed=3)
        assert torch.allclose(spectrum(kernel + noise).modes, signs, atol=1e-9)


def test_what_is_no_kernel_is_refused() -> None:
    kernel = positive_semidefinite(4)
    skewed, missing, infinite = kernel.clone(), kernel.clone(), kernel.clone()
    skewed[0, 1] += 0.1
    missing[2, 3] = math.nan
    infinite[3, 0] = math.inf
    with pytest.raises(ValueError, match=r"must be symmetric; it differs from its transpose by 0\.1"):
        spectrum(skewed)
    with pytest.raises(ValueError, match=r"must be finite; entry \(2, 3\) is nan"):
        spectrum(missing)
    with pytest.raises(ValueError, match=r"must be finite; entry \(3, 0\) is inf"):
        spectrum(infinite)


def test_more_modes_than_points_are_refused() -> None:
    found = spectrum(positive_semidefinite(4))
    assert torch.equal(found.leading(4), found.modes)
    assert torch.equal(found.leading(2), found.modes[:, :2])
    for k in (0, 5):
        with pytest.raises(ValueError, match=rf"4 points has 1 to 4 modes; you asked for {k}\. Ask for 4 at most"):
            found.leading(k)


def test_a_kernel_of_zeros_and_one_of_a_single_point() -> None:
    zero = spectrum(torch.zeros(3, 3, dtype=torch.float64))
    assert (zero.count_above_floor, zero.noise_floor, zero.stability_limit) == (0, 0, math.inf)
    one = spectrum(torch.full((1, 1), 4.0, dtype=torch.float64))
    assert (one.eigenvalues.tolist(), one.modes.tolist(), one.count_above_floor) == ([4.0], [[1.0]], 1)


def test_equal_points_give_an_eigenvalue_at_the_floor() -> None:
    x = normal(5, 3)
    found = spectrum(empirical_ntk(network(), torch.cat([x, x[:1]])))
    assert abs(float(found.eigenvalues[-1])) < 20 * found.noise_floor


def test_unit_roundoff() -> None:
    assert (unit_roundoff(torch.float64), unit_roundoff(torch.float32)) == (2**-53, 2**-24)


def slow_groups(values: list[float], floor: float) -> list[list[int]]:
    groups: list[list[int]] = []
    for i, value in enumerate(values):
        near = i > 0 and value > floor and values[i - 1] - value < max(1e-8 * values[0], floor)
        groups[-1].append(i) if near else groups.append([i])
    return groups


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1e-9, 4e-9, 9e-9, 2e-8, 0.5, 0.5 + 5e-9, 1.0]), min_size=1, max_size=10))
def test_near_eigenvalues_chain(values: list[float]) -> None:
    ordered = sorted(values, reverse=True)
    assert eigenvalue_groups(tensor(ordered), 3e-9) == slow_groups(ordered, 3e-9)


def test_below_the_floor_every_mode_stands_alone() -> None:
    assert eigenvalue_groups(tensor([1.0, 1e-17, 1e-18, -1e-18]), 1e-16) == [[0], [1], [2], [3]]


def test_on_a_circle_modes_of_a_frequency_pair_whatever_their_split() -> None:
    eigenvalues = tensor([9.0, 5.0, 4.0, 3.9, 3.5, 1.0, 0.9, 0.8, 1e-20, 1e-21])
    frequencies = [0, 1, 2, 1, 2, 3, 3, 3, 4, 4]
    assert eigenvalue_groups(eigenvalues, 1e-15, frequencies) == [[0], [1, 3], [2, 4], [5, 6], [7], [8], [9]]
    assert eigenvalue_groups(eigenvalues, 1e-15, tensor(frequencies)) == [
        [0], [1, 3], [2, 4], [5, 6], [7], [8], [9]
    ]  # fmt: skip
    assert eigenvalue_groups(eigenvalues, 1e-15, [math.nan] * 10) == [[i] for i in range(10)]


def test_a_pair_that_is_degenerate_too_is_one_group() -> None:
    assert eigenvalue_groups(tensor([2.0, 1.0, 1.0, 0.5]), 1e-15, [0, 1, 1, 2]) == [[0], [1, 2], [3]]


def test_modes_at_new_points_are_the_modes_at_the_old_ones() -> None:
    kernel = positive_semidefinite(6, 3)
    found = spectrum(kernel)
    extended = modes_at(found, kernel)
    assert extended.shape == (6, found.count_above_floor)
    assert torch.allclose(extended[:, :3], found.modes[:, :3], atol=1e-12)


def test_modes_at_new_points_continue_a_cosine() -> None:
    angles = 2 * math.pi * torch.arange(16, dtype=torch.float64) / 16
    between = angles + 0.1
    values = [3.0, 2.0, 1.0]

    def kernel(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return sum(v * torch.cos(k * (a[:, None] - b)) for k, v in enumerate(values))

    found = spectrum(kernel(angles, angles))
    extended = modes_at(found, kernel(between, angles))
    waves = torch.stack([torch.ones(16), between.cos(), between.sin(), (2 * between).cos(), (2 * between).sin()], 1)
    for mode in range(5):  # each new column is a combination of the waves of its own frequency
        wave = waves[:, [[0], [1, 2], [1, 2], [3, 4], [3, 4]][mode]].double()
        rest = extended[:, mode] - wave @ torch.linalg.lstsq(wave, extended[:, mode]).solution
        assert float(rest.norm()) < 1e-12


def test_a_pair_is_rotated_to_cosine_and_sine() -> None:
    n = 24
    angles = 2 * math.pi * torch.arange(n, dtype=torch.float64) / n
    for frequency in (1, 3, 7):
        waves = torch.stack([torch.cos(frequency * angles), torch.sin(frequency * angles)], 1) * math.sqrt(2 / n)
        for turn, flip in ((0.7, 1), (2.9, -1)):
            c, s = math.cos(turn), math.sin(turn)
            pair = waves @ tensor([[c, -s * flip], [s, c * flip]])
            assert torch.allclose(rotate_pair(pair, angles), waves, atol=1e-13)


def test_an_infinite_circle_kernel_has_fourier_modes() -> None:
    found = spectrum(circulant([1.0, 0.8, 0.6, 0.4], 12))
    assert circle_frequencies(found.modes[:, :7]).tolist() == [0, 1, 1, 2, 2, 3, 3]
    assert eigenvalue_groups(found.eigenvalues, found.noise_floor)[:4] == [[0], [1, 2], [3, 4], [5, 6]]
