"""elu and selu: a line above 0, an exponential below."""

import math

import torch
from torch import Tensor

from ntkscope.numerics.elementwise import Activation, FusedActivation, TwoHalves


def exponential_below(name: str, scale: float, alpha: float) -> Activation:
    """scale z above 0, scale alpha (e^z - 1) below; at 0 the slope from below, as in PyTorch.

    Args:
        name: For the reader.
        scale: Slope above 0.
        alpha: Slope below 0, over that above; at 1 the slope does not jump.
    """

    def function(z: Tensor) -> Tensor:
        return scale * torch.where(z > 0, z, alpha * torch.expm1(z.clamp_max(0)))

    def fused(u: Tensor, value: Tensor, slope: Tensor, constants: tuple[Tensor, Tensor]) -> None:
        """phi is the sum of both halves; the slope is scale where u > 0, else phi + scale alpha."""
        torch.expm1(torch.clamp_max(u, 0, out=slope), out=slope).mul_(scale * alpha)
        torch.add(slope, torch.clamp_min(u, 0, out=value), alpha=scale, out=value)
        slope.add_(scale * alpha).masked_fill_(u > 0, scale)

    def means(m: Tensor, d: Tensor) -> tuple[Tensor, Tensor]:
        """With t = m/d: E[e^z; z < 0] = e^(m + d^2/2) Phi(-t - d), by erfcx where that is large times small."""
        t, w = m / d, (m / d + d) / math.sqrt(2)
        far = torch.exp(-t * t / 2) * torch.special.erfcx(w.clamp_min(0))
        near = torch.exp((m + d * d / 2).clamp_max(0)) * torch.erfc(w)
        below = torch.where(w > 0, far, near) / 2
        negative, positive = torch.special.ndtr(-t), torch.special.ndtr(t)
        above = m * positive + d * torch.exp(-t * t / 2) / math.sqrt(2 * math.pi)
        return scale * (above + alpha * (below - negative)), scale * (positive + alpha * below)

    return Activation(
        name, function, lambda z: scale * torch.where(z > 0, 1.0, alpha * torch.exp(z.clamp_max(0))),
        TwoHalves(means, jumps=alpha != 1), FusedActivation(1.0, 1.0, fused), pytorch=f"nn.{name.upper()}()",
    )  # fmt: skip
