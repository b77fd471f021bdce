"""The residual's spectrum against a plain sum."""

import cmath

import numpy as np
import pytest
import torch

from ntkscope.experiment.problem.build import build
from ntkscope.experiment.theory.frequencies import fourier_rows, residual_spectrum, spectrum_frequencies
from tests.cases import config


@pytest.mark.parametrize(
    "points",
    [
        {"kind": "circle", "n": 12},
        {"kind": "interval", "n": 13, "include_end": True},
        {"kind": "interval", "n": 12, "low": 0.0, "high": 2.0, "include_end": False},
    ],
)
def test_it_is_the_plain_sum(points: dict[str, object]) -> None:
    problem = build(config(data__points=points))
    residual = torch.randn(len(problem.targets), generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    length = 2 * np.pi if points["kind"] == "circle" else problem.length
    expected = [
        abs(
            sum(
                value * cmath.exp(-2j * cmath.pi * k * (x - problem.inputs[0, 0]) / length)
                for value, x in zip(residual.tolist(), problem.inputs[:, 0], strict=True)
            )
        )
        / len(residual)
        for k in spectrum_frequencies(problem).tolist()
    ]
    np.testing.assert_allclose(residual_spectrum(fourier_rows(problem), residual).numpy(), expected, atol=1e-13)


def test_scattered_points_have_none() -> None:
    problem = build(config(data__points={"kind": "random", "n": 8, "d": 3}))
    assert len(spectrum_frequencies(problem)) == 0
    assert len(residual_spectrum(fourier_rows(problem), problem.targets)) == 0
