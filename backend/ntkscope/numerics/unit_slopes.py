"""Hidden units that bend nothing: dead ones (relu), saturated ones (tanh, erf, ...), and those on a straight piece."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.elementwise import Activation
from ntkscope.numerics.mlp import MLP

FLAT = 1e-6
"""Of the largest |phi'|. A weight below such a unit enters the kernel by the square of its slope: at most 1e-12 of an
active unit's part. It learns in 1e12 steps what the other learns in one, and no run has more than 1e8."""


@dataclass(frozen=True)
class UnitSlopes:
    """What the slopes phi'(z) of every hidden layer say at some inputs; shares in [0, 1], first layer first.

    Args:
        flat: Of the units, those without slope (below FLAT of the largest) at every input.
        straight: Of the pairs of unit and input, those where the slope is the unit's usual one, the median over the
            inputs (to FLAT of the largest). At 1 the layer is an affine function of its own inputs.
    """

    flat: list[float]
    straight: list[float]

    @classmethod
    def of(cls, shares: Float[Tensor, "2 layers"]) -> UnitSlopes:
        """From what `unit_slope_shares` gives, on the CPU."""
        flat, straight = shares.tolist()
        return cls(flat, straight)


def unit_slopes(network: MLP, x: Float[Tensor, "n d"]) -> UnitSlopes:
    """The shares at these inputs. A slope that is no number counts as none.

    Args:
        network: As it is now.
        x: The inputs, encoded.
    """
    return UnitSlopes.of(unit_slope_shares(network, x).cpu())


def unit_slope_shares(network: MLP, x: Float[Tensor, "n d"]) -> Float[Tensor, "2 layers"]:
    """The same, flat ones first, where the network is: nothing waits for its device."""
    limit = FLAT * largest_slope(network.activation)
    layers = []
    for slope in network.forward_signals(x).slopes:
        flat = (~(slope.abs() >= limit)).all(0).double().mean()
        straight = (~((slope - slope.median(0).values).abs() >= limit)).double().mean()
        layers.append(torch.stack([flat, straight]))
    return torch.stack(layers, dim=1) if layers else x.new_empty(2, 0, dtype=torch.float64)


def largest_slope(activation: Activation) -> float:
    """max |phi'|, looked for between -50 and 50 in steps of 1/1000: far more closely than FLAT asks for."""
    z = torch.linspace(-50, 50, 100_001, dtype=torch.float64)
    return float(activation.derivative(z).abs().max())
