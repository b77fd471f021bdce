import math

import torch

from ntkscope.numerics import fourier_features, fourier_matrix, positional
from tests.numerics.twins import generator, normal


def test_fourier_features_are_cosines_then_sines() -> None:
    x, matrix = normal(4, 2), normal(3, 2, seed=1)
    found = fourier_features(x, matrix)
    for i in range(4):
        for j in range(3):
            angle = 2 * math.pi * float(matrix[j] @ x[i])
            assert math.isclose(found[i, j], math.sqrt(2) * math.cos(angle), abs_tol=1e-13)
            assert math.isclose(found[i, 3 + j], math.sqrt(2) * math.sin(angle), abs_tol=1e-13)


def test_fourier_features_have_mean_square_one() -> None:
    features = fourier_features(normal(7, 2), fourier_matrix(5, 2, 3.0, generator()))
    assert torch.allclose(features.square().mean(1), torch.ones(7, dtype=torch.float64), rtol=1e-14)


def test_the_spread_scales_the_matrix_of_the_same_seed() -> None:
    narrow, wide = fourier_matrix(400, 2, 1.0, generator()), fourier_matrix(400, 2, 5.0, generator())
    assert torch.equal(wide, 5 * narrow)
    assert 0.9 < float(narrow.std()) < 1.1


def test_positional_doubles_the_frequency_of_every_coordinate() -> None:
    x = normal(3, 2)
    found = positional(x, 4)
    assert found.shape == (3, 16)
    for i in range(3):
        angles = [math.pi * 2**j * float(x[i, k]) for k in range(2) for j in range(4)]
        expected = [math.sqrt(2) * f(angle) for f in (math.cos, math.sin) for angle in angles]
        assert torch.allclose(found[i], torch.tensor(expected, dtype=torch.float64), rtol=0, atol=1e-13)
