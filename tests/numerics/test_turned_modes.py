"""Modes side by side, and what a parameter step can reach."""

import math

import pytest
import torch

from ntkscope.numerics import spectrum
from ntkscope.numerics.diagnostics import parameter_drift
from ntkscope.numerics.turned_modes import reachable, turned


def basis(columns: int, seed: int) -> torch.Tensor:
    drawn = torch.randn(7, columns, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return torch.linalg.qr(drawn)[0]


def test_a_pair_that_is_turned_and_mirrored_comes_back() -> None:
    towards, angle = basis(2, 1), 0.7
    mixed = torch.tensor([[math.cos(angle), math.sin(angle)], [math.sin(angle), -math.cos(angle)]]).double()
    torch.testing.assert_close(turned(towards @ mixed, towards), towards)
    torch.testing.assert_close(turned(-towards[:, :1], towards[:, :1]), towards[:, :1])


def test_no_other_turn_is_nearer() -> None:
    modes, towards = basis(2, 2), basis(2, 3)
    best = float((turned(modes, towards) - towards).norm())
    for step in range(360):
        angle = math.radians(step)
        for mirror in (1, -1):
            turn = torch.tensor(
                [[math.cos(angle), -mirror * math.sin(angle)], [math.sin(angle), mirror * math.cos(angle)]]
            ).double()
            assert float((modes @ turn - towards).norm()) >= best - 1e-12


def test_the_ellipse_is_what_parameter_steps_of_length_1_reach() -> None:
    jacobian = torch.randn(2, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    kernel = spectrum(jacobian @ jacobian.T)
    curve = reachable(kernel.eigenvalues, kernel.modes, 33)
    steps = torch.randn(6, 2000, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    moved = jacobian @ (steps / steps.norm(dim=0))
    for angle in torch.linspace(0, math.pi, 7).double():
        direction = torch.stack([torch.cos(angle), torch.sin(angle)])
        furthest = float((jacobian.T @ direction).norm())  # of all steps of length 1, by Cauchy and Schwarz
        assert float((direction @ moved).max()) <= furthest + 1e-12
        assert float((curve @ direction).max()) == pytest.approx(furthest, rel=0.01)
    torch.testing.assert_close(curve[0], curve[-1])


def test_the_drift_of_parameters_is_that_of_one_long_vector() -> None:
    start = [torch.tensor([[3.0, 0.0]]), torch.tensor([4.0])]
    now = [torch.tensor([[3.0, 1.0]]), torch.tensor([4.0])]
    assert float(parameter_drift(now, start)) == pytest.approx(0.2)
