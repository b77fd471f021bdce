"""relu and leaky relu of infinite width, layer by layer, with the angle between inputs carried along.

sqrt(p q - s^2) loses half the digits near parallel inputs (errors of 2e-8, even on the diagonal); the angle keeps
them all. Source: Cho & Saul 2009, in the stable form of tests/reference/README.md.
"""

import math

import torch
from torch import Tensor


class CarriedAngle:
    """The angle and the variances of one layer's pre-activations, advanced layer by layer.

    Args:
        x1: (n1, d) inputs.
        x2: (n2, d) inputs; None means x1.
        sigma_w: Scale of the weights.
        sigma_b: Scale of the biases.
        alpha: Slope of the leaky relu for z < 0; 0 is relu.
    """

    def __init__(self, x1: Tensor, x2: Tensor | None, sigma_w: float, sigma_b: float, alpha: float) -> None:
        self.sigma_w, self.sigma_b, self.alpha = sigma_w, sigma_b, alpha
        left = self._features(x1)
        right = left if x2 is None else self._features(x2)
        self.p, self.q = left.square().sum(1), right.square().sum(1)
        first, second = _units(left), _units(right)
        # cdist by differences: the formula with a product cancels just where the angle is small
        exact = "donot_use_mm_for_euclid_dist"
        between = torch.cdist(first, second, compute_mode=exact)
        across = torch.cdist(first, -second, compute_mode=exact)
        self.angle = 2 * torch.atan2(between, across)

    def _features(self, x: Tensor) -> Tensor:
        bias = x.new_full((len(x), 1), self.sigma_b)
        return torch.cat([x * (self.sigma_w / math.sqrt(x.shape[1])), bias], dim=1)

    def advance(self) -> tuple[Tensor, Tensor]:
        """E[phi phi] and E[phi' phi'] of this layer; afterwards the state is the next layer's."""
        half, cut = (1 + self.alpha**2) / 2, (1 - self.alpha) ** 2 / (2 * math.pi)
        slope = half - cut * self.angle
        p, q = (self.sigma_w**2 * half * variance for variance in (self.p[:, None], self.q))
        root = torch.sqrt(p * q)
        sine, cosine = torch.sin(self.angle), torch.cos(self.angle)
        deficit = 2 * torch.sin(self.angle / 2) ** 2 - (cut / half) * (sine - self.angle * cosine)
        covariance, bias = root * (1 - deficit), self.sigma_b**2
        gap = torch.sqrt(p) - torch.sqrt(q)
        across = root * root * deficit * (2 - deficit) + bias * gap * gap + 2 * bias * root * deficit
        self.angle = torch.atan2(torch.sqrt(across.clamp_min(0)), covariance + bias)
        self.p, self.q = p[:, 0] + bias, q + bias
        return covariance / self.sigma_w**2, slope


def _units(vectors: Tensor) -> Tensor:
    """Each row over its length; a row of zeros stays."""
    lengths = torch.linalg.vector_norm(vectors, dim=1, keepdim=True)
    return vectors / torch.where(lengths > 0, lengths, 1.0)
