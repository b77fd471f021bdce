"""The ensemble's variance against the joint Gaussian written out, and against trained linear models."""

import torch

from ntkscope.numerics import ensemble_variance, flow_factor, infinite_kernels, spectrum
from tests.numerics.twins import architecture, normal, tensor


def test_it_is_the_variance_of_what_is_left_of_a_gaussian_draw() -> None:
    data, grid, time = normal(5, 2), normal(3, 2, seed=1), 0.7
    both = infinite_kernels(architecture(1, "erf", 1.5, 0.3), torch.cat([data, grid]))
    theta, k = both.ntk, both.nngp
    decay = torch.linalg.matrix_exp(-time * theta[:5, :5])
    smoother = theta[5:, :5] @ torch.linalg.inv(theta[:5, :5]) @ (torch.eye(5).double() - decay)
    change = torch.cat([-smoother, torch.eye(3).double()], dim=1)  # f(x*; t) = f_0(x*) - A f_0(X) + A y
    true = (change @ k @ change.T).diagonal()
    decomposed = spectrum(theta[:5, :5])
    factor = flow_factor(decomposed.eigenvalues, tensor([time]))[0]
    found = ensemble_variance(decomposed, theta[5:, :5], k[:5, :5], k[5:, :5], k.diagonal()[5:], factor)
    torch.testing.assert_close(found, true, rtol=1e-9, atol=1e-12)


def test_on_the_data_it_ends_at_nothing_and_starts_at_the_nngp() -> None:
    data = normal(4, 2)
    kernels = infinite_kernels(architecture(2, "relu", 1.4, 0.5), data)
    decomposed, variance = spectrum(kernels.ntk), kernels.nngp.diagonal()
    factors = flow_factor(decomposed.eigenvalues, tensor([0.0, float("inf")]))
    start, end = (
        ensemble_variance(decomposed, kernels.ntk, kernels.nngp, kernels.nngp, variance, factor) for factor in factors
    )
    torch.testing.assert_close(start, variance)
    assert float(end.max()) < 1e-12 * float(variance.max())
