"""Infinite width, layer by layer, from the second moments of the pre-activations."""

import math

import torch
from torch import Tensor

from ntkscope.numerics.elementwise import Activation, ClosedForm, Series, TwoHalves
from ntkscope.numerics.half_lines import half_lines
from ntkscope.numerics.hermite import series, series_terms
from ntkscope.numerics.quadrature import trapezoid


class Moments:
    """The variances p (n1,), q (n2,) and covariances s (n1, n2) of one layer, advanced layer by layer.

    Args:
        x1: (n1, d) inputs.
        x2: (n2, d) inputs; None means x1, and each pair is evaluated once.
        sigma_w: Scale of the weights.
        sigma_b: Scale of the biases.
        activation: phi: by its closed form; where it has none by its Hermite series, or by quadrature where the
            variances are too large for that, or where phi is analytic on each side of 0 alone.
        coarsening: Of the series and of the quadrature's steps.
    """

    def __init__(
        self, x1: Tensor, x2: Tensor | None, sigma_w: float, sigma_b: float, activation: Activation,
        coarsening: float = 1.0,
    ) -> None:  # fmt: skip
        self.activation, self.coarsening = activation, coarsening
        self.weight_variance, self.bias_variance = sigma_w**2, sigma_b**2
        self.symmetric = x2 is None
        self.dual = activation.infinite.dual if isinstance(activation.infinite, ClosedForm) else None
        self.exact = self.dual is not None
        scale = sigma_w / math.sqrt(x1.shape[1])
        left, right = scale * x1, scale * (x1 if x2 is None else x2)
        self.p = left.square().sum(1) + self.bias_variance
        self.q = self.p if self.symmetric else right.square().sum(1) + self.bias_variance
        self.s = left @ right.T + self.bias_variance
        if self.symmetric:
            self.s.fill_diagonal_(0).add_(self.p.diag())  # not the product's, which rounds differently

    def advance(self) -> tuple[Tensor, Tensor]:
        """E[phi phi] and E[phi' phi'] of this layer; afterwards the state is the next layer's."""
        terms = self._terms()
        if terms is not None:
            value, slope, first, second = series(self.activation, self.p, self.s, self.q, terms, self.coarsening)
            if self.symmetric:
                value.fill_diagonal_(0).add_(first.diag())
        elif self.symmetric:
            rows, columns = torch.tril_indices(len(self.p), len(self.p), device=self.s.device)
            value, slope = torch.empty_like(self.s), torch.empty_like(self.s)
            pairs = self._expectations(self.p[rows], self.s[rows, columns], self.q[columns])
            for matrix, entries in zip((value, slope), pairs, strict=True):
                matrix[rows, columns] = entries
                matrix[columns, rows] = entries
            first, second = value.diagonal(), value.diagonal()
        else:
            value, slope = self._expectations(self.p[:, None], self.s, self.q)
            first, _ = self._expectations(self.p, self.p, self.p)
            second, _ = self._expectations(self.q, self.q, self.q)
        self.p, self.s = (self.weight_variance * moment + self.bias_variance for moment in (first, value))
        self.q = self.p if self.symmetric else self.weight_variance * second + self.bias_variance
        return value, slope

    def _terms(self) -> int | None:
        """Of the Hermite series; None where there is none, and where it has too many."""
        if not isinstance(self.activation.infinite, Series):
            return None
        return series_terms(self.activation, math.sqrt(float(torch.maximum(self.p.max(), self.q.max()))))

    def _expectations(self, p: Tensor, s: Tensor, q: Tensor) -> tuple[Tensor, Tensor]:
        if self.dual is not None:
            return self.dual(p, s, q)
        if isinstance(self.activation.infinite, TwoHalves):
            return half_lines(self.activation, p, s, q, self.coarsening)
        return trapezoid(self.activation, p, s, q, self.coarsening)


def series_terms_of_layers(
    activation: Activation, largest_variance: float, depth: int, sigma_w: float, sigma_b: float
) -> int | None:
    """How many terms the Hermite series of all layers have together; None where one has too many.

    E[phi(u)^2] grows with the variance of u, so the largest variance of a layer gives that of the next.

    Args:
        activation: phi, one without a closed form.
        largest_variance: Of a pre-activation in the first hidden layer.
        depth: Number of hidden layers.
        sigma_w: Scale of the weights.
        sigma_b: Scale of the biases; 0 where there are none.
    """
    together, p = 0, torch.tensor([largest_variance], dtype=torch.float64)
    for _ in range(depth):
        terms = series_terms(activation, math.sqrt(float(p)))
        if terms is None:
            return None
        together += terms
        p = sigma_w**2 * trapezoid(activation, p, p, p)[0] + sigma_b**2
    return together
