"""phi and phi' together, into given buffers: what the training step spends its time on.

They agree with `Activation.function` and `.derivative` to round-off; functions that share work share it here, and
each takes the quickest of PyTorch's elementwise kernels (measured on a CPU in float64: exp2 takes half the time of
exp, sigmoid a quarter of tanh's).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from ntkscope.numerics.activations import Activation

# (u, value, slope, constants): may destroy u; constants holds 0 and 1 as tensors on the device.
Evaluate = Callable[[Tensor, Tensor, Tensor, tuple[Tensor, Tensor]], None]


@dataclass(frozen=True)
class FusedActivation:
    """Writes phi(z) and phi'(z) / slope_factor, given u = input_factor z.

    Args:
        input_factor: Costs nothing inside the product that makes u.
        slope_factor: Left out of the slope; costs nothing inside the next product.
        evaluate: (u, value, slope, (zero, one)); it may overwrite u.
    """

    input_factor: float
    slope_factor: float
    evaluate: Evaluate


def fused(activation: Activation) -> FusedActivation:
    """The fused form of an activation; one without a form of its own calls phi and phi'."""
    known = _FUSED.get(activation.name)
    if activation.name == "leaky_relu":
        return FusedActivation(1.0, 1.0, partial(_leaky_relu, activation.parameters["alpha"]))
    if known is not None and activation.name == "sin" and activation.parameters != {"a": 1.0, "b": 1.0, "c": 0.0}:
        known = None

    def evaluate(u: Tensor, value: Tensor, slope: Tensor, constants: tuple[Tensor, Tensor]) -> None:
        value.copy_(activation.function(u))
        slope.copy_(activation.derivative(u))

    return known or FusedActivation(1.0, 1.0, evaluate)


def _relu(u: Tensor, value: Tensor, slope: Tensor, constants: tuple[Tensor, Tensor]) -> None:
    torch.clamp_min(u, 0, out=value)
    torch.sign(value, out=slope)


def _leaky_relu(alpha: float, u: Tensor, value: Tensor, slope: Tensor, constants: tuple[Tensor, Tensor]) -> None:
    """With g = sign z the slope is g (1 - alpha)/2 + g^2 (1 + alpha)/2, 0 at the kink; phi is z times that."""
    torch.sign(u, out=slope)
    torch.mul(slope, (1 - alpha) / 2, out=value)
    torch.addcmul(value, slope, slope, value=(1 + alpha) / 2, out=slope)
    torch.mul(u, slope, out=value)


def _tanh(u: Tensor, value: Tensor, slope: Tensor, constants: tuple[Tensor, Tensor]) -> None:
    """u = 2 z; tanh z = 2 sigmoid(2 z) - 1 and tanh' = 1 - tanh^2."""
    _, one = constants
    torch.sub(torch.sigmoid(u, out=u).mul_(2), one, out=value)
    torch.addcmul(one, value, value, value=-1, out=slope)


def _erf(u: Tensor, value: Tensor, slope: Tensor, constants: tuple[Tensor, Tensor]) -> None:
    """slope = exp(-z^2), the factor 2/sqrt(pi) left out."""
    zero, _ = constants
    torch.erf(u, out=value)
    torch.exp2(torch.addcmul(zero, u, u, value=-math.log2(math.e), out=slope), out=slope)


def _gelu(u: Tensor, value: Tensor, slope: Tensor, constants: tuple[Tensor, Tensor]) -> None:
    """u = z/sqrt 2; twice Phi(z) is 1 + erf u, phi = z Phi, and phi' = Phi + z exp(-u^2)/sqrt(2 pi)."""
    zero, one = constants
    torch.exp2(torch.addcmul(zero, u, u, value=-math.log2(math.e), out=slope), out=slope).mul_(u)
    torch.erf(u, out=value).add_(one)
    torch.add(value, slope, alpha=2 / math.sqrt(math.pi), out=slope)
    value.mul_(u).mul_(1 / math.sqrt(2))


def _sin(u: Tensor, value: Tensor, slope: Tensor, constants: tuple[Tensor, Tensor]) -> None:
    torch.sin(u, out=value)
    torch.cos(u, out=slope)


def _linear(u: Tensor, value: Tensor, slope: Tensor, constants: tuple[Tensor, Tensor]) -> None:
    value.copy_(u)
    slope.fill_(1)


_FUSED = {
    "relu": FusedActivation(1.0, 1.0, _relu),
    "tanh": FusedActivation(2.0, 1.0, _tanh),
    "erf": FusedActivation(1.0, 2 / math.sqrt(math.pi), _erf),
    "gelu": FusedActivation(1 / math.sqrt(2), 0.5, _gelu),
    "sin": FusedActivation(1.0, 1.0, _sin),
    "linear": FusedActivation(1.0, 1.0, _linear),
}
