"""Activations phi of the finite network, each with its derivative phi'."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

Elementwise = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Activation:
    """phi and phi', applied elementwise.

    Args:
        name: As `activation` takes it.
        function: phi.
        derivative: phi', as a function of the pre-activation; 0 at a kink.
        parameters: What shapes phi, such as the slope `alpha` of a leaky relu.
        from_value: phi' as a function of z and phi(z), where that saves work.
    """

    name: str
    function: Elementwise
    derivative: Elementwise
    parameters: dict[str, float] = field(default_factory=dict)
    from_value: Callable[[Tensor, Tensor], Tensor] | None = None

    @property
    def can_die(self) -> bool:
        """Whether phi is constant below 0: a unit that no point lifts above 0 never moves again."""
        return self.name == "relu" or (self.name == "leaky_relu" and self.parameters["alpha"] == 0)

    def slope(self, z: Tensor, value: Tensor) -> Tensor:
        """phi'(z), given value = phi(z)."""
        return self.derivative(z) if self.from_value is None else self.from_value(z, value)


def activation(name: str, **parameters: float) -> Activation:
    """The activation of this name.

    Args:
        name: relu, leaky_relu (alpha), linear, tanh, erf (of z, no 1/sqrt 2), gelu (exact form), silu, softplus,
            sin and cos (a sin(b z + c)), gaussian (exp(-z^2)), or rbf (gamma; sqrt 2 sin(sqrt(2 gamma) z + pi/4)).
        parameters: Named above in brackets; each has a default.

    Raises:
        ValueError: no such activation, or it has no such parameter.
    """
    if name not in DEFAULTS:
        raise ValueError(f"an activation must be one of {', '.join(DEFAULTS)}; you gave {name!r}")
    unknown = sorted(set(parameters) - set(DEFAULTS[name]))
    if unknown:
        allowed = ", ".join(DEFAULTS[name]) or "no parameter"
        raise ValueError(f"{name} takes {allowed}; you gave {', '.join(unknown)}")
    chosen = {key: float(value) for key, value in {**DEFAULTS[name], **parameters}.items()}
    function, derivative = _build(name, chosen)
    return Activation(name, function, derivative, chosen, _FROM_VALUE.get(name))


# Every activation with its parameters' defaults.
DEFAULTS: dict[str, dict[str, float]] = {
    "relu": {},
    "leaky_relu": {"alpha": 0.01},
    "linear": {},
    "tanh": {},
    "erf": {},
    "gelu": {},
    "silu": {},
    "softplus": {},
    "sin": {"a": 1.0, "b": 1.0, "c": 0.0},
    "cos": {"a": 1.0, "b": 1.0, "c": 0.0},
    "gaussian": {},
    "rbf": {"gamma": 1.0},
}


def _build(name: str, parameters: dict[str, float]) -> tuple[Elementwise, Elementwise]:
    if name == "leaky_relu":
        return _leaky_relu(parameters["alpha"])
    if name in ("sin", "cos"):
        shift = math.pi / 2 if name == "cos" else 0.0
        return _sinusoid(parameters["a"], parameters["b"], parameters["c"], shift)
    if name == "rbf":
        return _sinusoid(math.sqrt(2), math.sqrt(2 * parameters["gamma"]), math.pi / 4, 0.0)
    return _PLAIN[name]


def _leaky_relu(alpha: float) -> tuple[Elementwise, Elementwise]:
    return (
        lambda z: torch.where(z > 0, z, alpha * z),
        lambda z: (z > 0).to(z.dtype) + alpha * (z < 0).to(z.dtype),
    )


def _sinusoid(a: float, b: float, c: float, shift: float) -> tuple[Elementwise, Elementwise]:
    if (a, b, c) == (1.0, 1.0, 0.0):
        return (torch.cos, lambda z: torch.sin(z).neg_()) if shift else (torch.sin, torch.cos)
    return lambda z: a * torch.sin(b * z + (c + shift)), lambda z: a * b * torch.cos(b * z + (c + shift))


def _gelu_derivative(z: Tensor) -> Tensor:
    probability: Tensor = torch.special.ndtr(z)
    return probability + z * torch.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


def _silu_derivative(z: Tensor) -> Tensor:
    gate: Tensor = torch.sigmoid(z)
    return gate * (1 + z * (1 - gate))


def _softplus(z: Tensor) -> Tensor:
    """PyTorch's own is z beyond a threshold of 20, where log(1 + exp(-z)) is still 2e-9."""
    value: Tensor = torch.nn.functional.softplus(z, threshold=40)
    return value


_FROM_VALUE: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "relu": lambda z, value: torch.sign(value),
    "tanh": lambda z, value: (value * value).neg_().add_(1),
    "gaussian": lambda z, value: (z * value).mul_(-2),
}
_PLAIN: dict[str, tuple[Elementwise, Elementwise]] = {
    "relu": (torch.relu, lambda z: (z > 0).to(z.dtype)),
    "linear": (lambda z: z, torch.ones_like),
    "tanh": (torch.tanh, lambda z: 1 - torch.tanh(z) ** 2),
    "erf": (torch.erf, lambda z: torch.exp(-z * z) * (2 / math.sqrt(math.pi))),
    "gelu": (torch.nn.functional.gelu, _gelu_derivative),
    "silu": (torch.nn.functional.silu, _silu_derivative),
    "softplus": (_softplus, torch.sigmoid),
    "gaussian": (lambda z: torch.exp(-z * z), lambda z: -2 * z * torch.exp(-z * z)),
}
