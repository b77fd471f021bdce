"""Diagnostics of a kernel against sums written out."""

import math

import numpy as np
import pytest
import torch

from ntkscope.numerics import condition_number, cumulative_power, kernel_target_alignment, spectrum, subspace_overlap
from tests.numerics.twins import normal, tensor


def test_overlap_is_the_mean_of_the_squared_projections() -> None:
    first, second = torch.linalg.qr(normal(7, 3))[0], torch.linalg.qr(normal(7, 3, seed=1))[0]
    total = 0.0
    for i in range(3):
        for j in range(3):
            total += sum(float(first[row, i] * second[row, j]) for row in range(7)) ** 2
    assert subspace_overlap(first, second) == pytest.approx(total / 3, rel=1e-12)


def test_overlap_of_a_rotated_basis_is_one_and_of_another_space_zero() -> None:
    basis = torch.linalg.qr(normal(6, 6))[0]
    turned = basis[:, :2] @ tensor([[math.cos(1), -math.sin(1)], [math.sin(1), math.cos(1)]])
    assert subspace_overlap(basis[:, :2], turned) == pytest.approx(1, rel=1e-12)
    assert subspace_overlap(basis[:, :2], basis[:, 2:4]) == pytest.approx(0, abs=1e-12)
    with pytest.raises(ValueError, match="at least one"):
        subspace_overlap(basis[:, :0], basis[:, :0])


def test_alignment_is_the_cosine_between_kernel_and_target_s_own_kernel() -> None:
    root, y = normal(5, 5), normal(5, seed=1)
    kernel = root @ root.T
    ideal = torch.outer(y, y)
    inner = sum(float(kernel[i, j] * ideal[i, j]) for i in range(5) for j in range(5))
    expected = inner / math.sqrt(float((kernel**2).sum()) * float((ideal**2).sum()))
    assert kernel_target_alignment(kernel, y) == pytest.approx(expected, rel=1e-12)
    assert kernel_target_alignment(ideal, y) == pytest.approx(1, rel=1e-12)
    assert kernel_target_alignment(kernel, 0 * y) is None
    assert kernel_target_alignment(0 * kernel, y) is None


def test_condition_number_leaves_out_what_is_below_the_floor() -> None:
    assert condition_number(tensor([8.0, 2.0, 1e-17, -1e-18])) == 4
    assert condition_number(tensor([0.0, 0.0])) is None
    full = normal(6, 6) @ torch.diag(tensor([1.0, 2, 3, 4, 5, 6]))
    kernel = full @ full.T
    found = condition_number(spectrum(kernel).eigenvalues)
    assert found == pytest.approx(np.linalg.cond(kernel.numpy()), rel=1e-9)


def test_cumulative_power() -> None:
    found = cumulative_power(tensor([3.0, 0.0, -4.0]))
    assert found.tolist() == pytest.approx([9 / 25, 9 / 25, 1])
    assert cumulative_power(tensor([0.0, 0.0])).tolist() == [0, 0]
