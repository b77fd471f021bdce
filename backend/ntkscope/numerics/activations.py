"""The activations by name: everything that the program knows of each stands here.

Fused forms agree with phi and phi' to round-off; functions that share work share it there, and each takes the quickest
of PyTorch's elementwise kernels (measured on a CPU in float64: exp2 takes half the time of exp, sigmoid a quarter of
tanh's). Sources of the closed forms: Williams 1997 (erf), Tsuchida et al. 2021 (gelu), Louart et al. 2018 (sinusoids,
gaussian); collected in Han et al. 2022, arXiv 2209.04121.
"""

import inspect
import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from ntkscope.numerics.elementwise import Activation, ClosedForm, Elementwise, FusedActivation, PiecewiseLinear, Series
from ntkscope.numerics.exponential_below import exponential_below

Constants = tuple[Tensor, Tensor]
Pair = tuple[Tensor, Tensor]


def activation(name: str, **parameters: float) -> Activation:
    """The activation of this name.

    Args:
        name: relu, leaky_relu (alpha), linear, tanh, sigmoid, erf (of z, no 1/sqrt 2), gelu (exact form), silu,
            softplus, elu (alpha = 1), selu, sin and cos (a sin(b z + c)), gaussian (exp(-z^2)), or rbf (gamma;
            sqrt 2 sin(sqrt(2 gamma) z + pi/4)).
        parameters: Named above in brackets; each has a default.

    Raises:
        ValueError: no such activation, or it has no such parameter.
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"an activation must be one of {', '.join(ACTIVATIONS)}; you gave {name!r}")
    known = default_parameters(name)
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        allowed = ", ".join(known) or "no parameter"
        raise ValueError(f"{name} takes {allowed}; you gave {', '.join(unknown)}")
    return ACTIVATIONS[name](**{key: float(value) for key, value in parameters.items()})


def default_parameters(name: str) -> dict[str, float]:
    """What shapes the activation of this name, with its defaults."""
    return {key: parameter.default for key, parameter in inspect.signature(ACTIVATIONS[name]).parameters.items()}


def _relu() -> Activation:
    def fused(u: Tensor, value: Tensor, slope: Tensor, constants: Constants) -> None:
        torch.clamp_min(u, 0, out=value)
        torch.sign(value, out=slope)

    return Activation(
        "relu", torch.relu, lambda z: (z > 0).to(z.dtype), PiecewiseLinear(0.0), FusedActivation(1.0, 1.0, fused),
        from_value=lambda z, value: torch.sign(value), pytorch="nn.ReLU()",
    )  # fmt: skip


def _leaky_relu(alpha: float = 0.01) -> Activation:
    def fused(u: Tensor, value: Tensor, slope: Tensor, constants: Constants) -> None:
        """With g = sign z the slope is g (1 - alpha)/2 + g^2 (1 + alpha)/2, 0 at the kink; phi is z times that."""
        torch.sign(u, out=slope)
        torch.mul(slope, (1 - alpha) / 2, out=value)
        torch.addcmul(value, slope, slope, value=(1 + alpha) / 2, out=slope)
        torch.mul(u, slope, out=value)

    return Activation(
        "leaky_relu",
        lambda z: torch.where(z > 0, z, alpha * z),
        lambda z: (z > 0).to(z.dtype) + alpha * (z < 0).to(z.dtype),
        PiecewiseLinear(alpha),
        FusedActivation(1.0, 1.0, fused),
        parameters={"alpha": alpha},
        pytorch=f"torch.relu(z) - {alpha!r} * torch.relu(-z)",  # nn.LeakyReLU's slope at 0 is alpha, here it is 0
    )


def _linear() -> Activation:
    def fused(u: Tensor, value: Tensor, slope: Tensor, constants: Constants) -> None:
        value.copy_(u)
        slope.fill_(1)

    return Activation(
        "linear", lambda z: z, torch.ones_like, PiecewiseLinear(1.0), FusedActivation(1.0, 1.0, fused),
        pytorch="nn.Identity()",
    )  # fmt: skip


def _tanh() -> Activation:
    def fused(u: Tensor, value: Tensor, slope: Tensor, constants: Constants) -> None:
        """u = 2 z; tanh z = 2 sigmoid(2 z) - 1 and tanh' = 1 - tanh^2."""
        _, one = constants
        torch.sub(torch.sigmoid(u, out=u).mul_(2), one, out=value)
        torch.addcmul(one, value, value, value=-1, out=slope)

    return Activation(
        "tanh", torch.tanh, lambda z: 1 - torch.tanh(z) ** 2, Series(math.pi / 2), FusedActivation(2.0, 1.0, fused),
        from_value=lambda z, value: (value * value).neg_().add_(1), pytorch="nn.Tanh()",
    )  # fmt: skip


def _sigmoid() -> Activation:
    def fused(u: Tensor, value: Tensor, slope: Tensor, constants: Constants) -> None:
        torch.sigmoid(u, out=value)
        torch.addcmul(value, value, value, value=-1, out=slope)

    return Activation(
        "sigmoid", torch.sigmoid, lambda z: torch.sigmoid(z) * torch.sigmoid(-z), Series(math.pi),
        FusedActivation(1.0, 1.0, fused), from_value=lambda z, value: value - value * value,
        pytorch="nn.Sigmoid()",
    )  # fmt: skip


def _erf() -> Activation:
    def fused(u: Tensor, value: Tensor, slope: Tensor, constants: Constants) -> None:
        """slope = exp(-z^2), the factor 2/sqrt(pi) left out."""
        zero, _ = constants
        torch.erf(u, out=value)
        torch.exp2(torch.addcmul(zero, u, u, value=-math.log2(math.e), out=slope), out=slope)

    def dual(p: Tensor, s: Tensor, q: Tensor) -> Pair:
        root = torch.sqrt((1 + 2 * p) * (1 + 2 * q) - 4 * s * s)
        return (2 / math.pi) * torch.atan2(2 * s, root), (4 / math.pi) / root

    return Activation(
        "erf", torch.erf, lambda z: torch.exp(-z * z) * (2 / math.sqrt(math.pi)), ClosedForm(dual),
        FusedActivation(1.0, 2 / math.sqrt(math.pi), fused), pytorch="torch.erf(z)",
    )  # fmt: skip


def _gelu() -> Activation:
    def derivative(z: Tensor) -> Tensor:
        probability: Tensor = torch.special.ndtr(z)
        return probability + z * torch.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)

    def fused(u: Tensor, value: Tensor, slope: Tensor, constants: Constants) -> None:
        """u = z/sqrt 2; twice Phi(z) is 1 + erf u, phi = z Phi, and phi' = Phi + z exp(-u^2)/sqrt(2 pi)."""
        zero, one = constants
        torch.exp2(torch.addcmul(zero, u, u, value=-math.log2(math.e), out=slope), out=slope).mul_(u)
        torch.erf(u, out=value).add_(one)
        torch.add(value, slope, alpha=2 / math.sqrt(math.pi), out=slope)
        value.mul_(u).mul_(1 / math.sqrt(2))

    def dual(p: Tensor, s: Tensor, q: Tensor) -> Pair:
        a = (1 + p) * (1 + q)
        d = a - s * s
        root = torch.sqrt(d)
        weight = 0.25 + torch.atan2(s, root) / (2 * math.pi)
        value = s * weight + (s * s + p * q * d) / (2 * math.pi * a * root)
        return value, weight + s * (1 / d + (1 - p * q) / a + 1) / (2 * math.pi * root)

    return Activation(
        "gelu", torch.nn.functional.gelu, derivative, ClosedForm(dual), FusedActivation(1 / math.sqrt(2), 0.5, fused),
        pytorch="nn.GELU()",
    )  # fmt: skip


def _silu() -> Activation:
    def derivative(z: Tensor) -> Tensor:
        gate: Tensor = torch.sigmoid(z)
        return gate * (1 + z * (1 - gate))

    return Activation("silu", torch.nn.functional.silu, derivative, Series(math.pi), pytorch="nn.SiLU()")


def _softplus() -> Activation:
    def function(z: Tensor) -> Tensor:
        """PyTorch's own is z beyond a threshold of 20, where log(1 + exp(-z)) is still 2e-9."""
        value: Tensor = torch.nn.functional.softplus(z, threshold=40)
        return value

    return Activation("softplus", function, torch.sigmoid, Series(math.pi), pytorch="nn.Softplus(threshold=40)")


def _elu() -> Activation:
    return exponential_below("elu", 1.0, 1.0)


def _selu() -> Activation:
    """Its two numbers keep mean 0 and variance 1 from layer to layer. Source: Klambauer et al. 2017."""
    return exponential_below("selu", 1.0507009873554804934193349852946, 1.6732632423543772848170429916717)


def _sin(a: float = 1.0, b: float = 1.0, c: float = 0.0) -> Activation:
    parameters = {"a": a, "b": b, "c": c}
    if (a, b, c) != (1.0, 1.0, 0.0):
        return _sinusoid("sin", a, b, c, parameters)

    def fused(u: Tensor, value: Tensor, slope: Tensor, constants: Constants) -> None:
        torch.sin(u, out=value)
        torch.cos(u, out=slope)

    infinite = ClosedForm(partial(_sinusoid_dual, a, b, c))
    return Activation(
        "sin", torch.sin, torch.cos, infinite, FusedActivation(1.0, 1.0, fused), parameters=parameters,
        pytorch="torch.sin(z)",
    )  # fmt: skip


def _cos(a: float = 1.0, b: float = 1.0, c: float = 0.0) -> Activation:
    parameters, shift = {"a": a, "b": b, "c": c}, c + math.pi / 2
    if (a, b, c) != (1.0, 1.0, 0.0):
        return _sinusoid("cos", a, b, shift, parameters)
    infinite = ClosedForm(partial(_sinusoid_dual, a, b, shift))
    return Activation(
        "cos", torch.cos, lambda z: torch.sin(z).neg_(), infinite, parameters=parameters, pytorch="torch.cos(z)"
    )


def _rbf(gamma: float = 1.0) -> Activation:
    def dual(p: Tensor, s: Tensor, q: Tensor) -> Pair:
        value = torch.exp(-gamma * (p + q - 2 * s))
        return value, 2 * gamma * value

    wave, slope = _waves(math.sqrt(2), math.sqrt(2 * gamma), math.pi / 4)
    text = f"2**0.5 * torch.sin((2 * {gamma!r})**0.5 * z + torch.pi / 4)"
    return Activation("rbf", wave, slope, ClosedForm(dual), parameters={"gamma": gamma}, pytorch=text)


def _gaussian() -> Activation:
    def dual(p: Tensor, s: Tensor, q: Tensor) -> Pair:
        d = (1 + 2 * p) * (1 + 2 * q) - 4 * s * s
        root = torch.sqrt(d)
        return 1 / root, 4 * s / (d * root)

    return Activation(
        "gaussian", lambda z: torch.exp(-z * z), lambda z: -2 * z * torch.exp(-z * z), ClosedForm(dual),
        from_value=lambda z, value: (z * value).mul_(-2), pytorch="torch.exp(-z * z)",
    )  # fmt: skip


def _sinusoid(name: str, a: float, b: float, c: float, parameters: dict[str, float]) -> Activation:
    wave, slope = _waves(a, b, c)
    text = f"{a!r} * torch.sin({b!r} * z + {c!r})"
    infinite = ClosedForm(partial(_sinusoid_dual, a, b, c))
    return Activation(name, wave, slope, infinite, parameters=parameters, pytorch=text)


def _waves(a: float, b: float, c: float) -> tuple[Elementwise, Elementwise]:
    """a sin(b z + c) and its derivative."""
    return lambda z: a * torch.sin(b * z + c), lambda z: a * b * torch.cos(b * z + c)


def _sinusoid_dual(a: float, b: float, c: float, p: Tensor, s: Tensor, q: Tensor) -> Pair:
    """phi = a sin(b z + c). With M and P = exp(-b^2 (p + q -+ 2 s)/2) the first is a^2 (M - P cos 2c)/2."""
    plus = torch.exp(-(b**2) * (p + q + 2 * s) / 2)
    # (M - P)/2 without cancellation or overflow, whatever the sign of s
    larger = torch.exp(-(b**2) * (p + q - 2 * s.abs()) / 2)
    half_difference = torch.sign(s) * larger * -torch.expm1(-2 * b**2 * s.abs()) / 2
    value = a**2 * (half_difference + plus * math.sin(c) ** 2)
    return value, a**2 * b**2 * (half_difference + plus * math.cos(c) ** 2)


# A parameter's default is that of the function.
ACTIVATIONS: dict[str, Callable[..., Activation]] = {
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "linear": _linear,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "erf": _erf,
    "gelu": _gelu,
    "silu": _silu,
    "softplus": _softplus,
    "elu": _elu,
    "selu": _selu,
    "sin": _sin,
    "cos": _cos,
    "gaussian": _gaussian,
    "rbf": _rbf,
}
