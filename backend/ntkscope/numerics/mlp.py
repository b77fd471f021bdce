"""The finite network: a multilayer perceptron with its forward and backward signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ntkscope.numerics.architecture import Architecture
from ntkscope.numerics.draw import draw_stages
from ntkscope.numerics.elementwise import Activation
from ntkscope.numerics.initialization import layer_draws
from ntkscope.numerics.parameterization import Scales, scales
from ntkscope.numerics.stages import Stages, complete


@dataclass(frozen=True)
class ForwardSignals:
    """What every layer saw of n inputs.

    Args:
        layer_inputs: a^0 .. a^L, each (n, n_l): the inputs of every affine layer.
        slopes: phi'(z^1) .. phi'(z^L), each (n, n_l).
        output: f, (n, outputs).
    """

    layer_inputs: list[Tensor]
    slopes: list[Tensor]
    output: Tensor


class MLP:
    """z^l = weight_scales[l] a^l W^l + bias_scale b^l, a^{l+1} = phi(z^l), f = output_scale z^{L+1}.

    Args:
        weights: One (n_in, n_out) matrix for each affine layer.
        biases: One (n_out,) vector for each, or None for a network without.
        activation: phi, after every layer but the last.
        weight_scales: One factor for each layer.
        bias_scale: One factor for all biases.
        output_scale: 1, and 1/sqrt(width) in the mean-field parameterization; times any factor of the user's.
    """

    def __init__(
        self,
        weights: Sequence[Tensor],
        biases: Sequence[Tensor] | None,
        activation: Activation,
        weight_scales: Sequence[float],
        bias_scale: float,
        output_scale: float = 1.0,
    ) -> None:
        self.weights = list(weights)
        self.biases = None if biases is None else list(biases)
        self.activation = activation
        self.weight_scales = list(weight_scales)
        self.bias_scale = bias_scale
        self.output_scale = output_scale

    @classmethod
    def create(
        cls,
        input_dimension: int,
        architecture: Architecture,
        *,
        outputs: int = 1,
        generator: torch.Generator | None = None,
        dtype: torch.dtype = torch.float64,
        device: str | torch.device = "cpu",
    ) -> MLP:
        """A network drawn at random: always on the CPU in float64, so a seed means one network everywhere.

        Args:
            input_dimension: After the encoding.
            architecture: With a width.
            outputs: Number of outputs.
            generator: On the CPU; None takes PyTorch's global one.
            dtype: Of the parameters, after the draw.
            device: Where they live, after the draw.

        Raises:
            ValueError: the widths are not one for each hidden layer, or the parameterization or the initialization is
                unknown, or they do not go together.
        """
        stages = cls.create_stages(
            input_dimension, architecture, outputs=outputs, generator=generator, dtype=dtype, device=device
        )
        return complete(stages)

    @classmethod
    def create_stages(
        cls,
        input_dimension: int,
        architecture: Architecture,
        *,
        outputs: int = 1,
        generator: torch.Generator | None = None,
        dtype: torch.dtype = torch.float64,
        device: torch.device | str = "cpu",
    ) -> Stages[MLP]:
        """`create`, with a stop every some tenths of a second."""
        sizes = [input_dimension, *architecture.widths(), outputs]
        chosen = scales(architecture.parameterization, sizes[:-1], architecture.sigma_w, architecture.sigma_b)
        draws = layer_draws(architecture.initialization, architecture.parameterization, sizes, chosen)
        weights, biases = yield from draw_stages(sizes, draws, architecture.bias, generator, dtype, device)
        return cls._scaled(weights, biases, architecture, chosen)

    @classmethod
    def from_parameters(
        cls, weights: Sequence[Tensor], biases: Sequence[Tensor] | None, architecture: Architecture
    ) -> MLP:
        """The network of these parameters, as the parameterization stores them; the widths are theirs.

        Raises:
            ValueError: they are not of so many layers, or the parameterization is unknown.
        """
        if len(weights) != architecture.depth + 1:
            raise ValueError(
                f"{architecture.depth} hidden layers have {architecture.depth + 1} weight matrices; "
                f"you gave {len(weights)}"
            )
        fan_in = [len(weight) for weight in weights]
        chosen = scales(architecture.parameterization, fan_in, architecture.sigma_w, architecture.sigma_b)
        return cls._scaled(weights, biases, architecture, chosen)

    @classmethod
    def _scaled(
        cls, weights: Sequence[Tensor], biases: Sequence[Tensor] | None, architecture: Architecture, chosen: Scales
    ) -> MLP:
        scale = chosen.output_scale * architecture.output_scale
        return cls(weights, biases, architecture.activation, chosen.weight_scales, chosen.bias_scale, scale)

    @property
    def depth(self) -> int:
        """Number of hidden layers."""
        return len(self.weights) - 1

    @property
    def outputs(self) -> int:
        """Number of outputs."""
        return self.weights[-1].shape[1]

    @property
    def dtype(self) -> torch.dtype:
        """Of the parameters."""
        return self.weights[0].dtype

    @property
    def device(self) -> torch.device:
        """Where the parameters live."""
        return self.weights[0].device

    @property
    def parameter_count(self) -> int:
        """Number of scalars that training moves."""
        return sum(parameter.numel() for parameter in self.parameters())

    def parameters(self) -> list[Tensor]:
        """W^1, b^1, W^2, b^2, ...: the tensors themselves, not copies."""
        if self.biases is None:
            return list(self.weights)
        return [tensor for pair in zip(self.weights, self.biases, strict=True) for tensor in pair]

    def copy(self) -> MLP:
        """The same network with parameters of its own."""
        return self.to()

    def to(self, device: str | torch.device | None = None, dtype: torch.dtype | None = None) -> MLP:
        """A copy with other parameters' device and precision (None: as they are)."""
        device, dtype = device or self.device, dtype or self.dtype
        return MLP(
            [weight.to(device, dtype, copy=True) for weight in self.weights],
            None if self.biases is None else [bias.to(device, dtype, copy=True) for bias in self.biases],
            self.activation,
            self.weight_scales,
            self.bias_scale,
            self.output_scale,
        )

    def __call__(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n outputs"]:
        """f at these inputs."""
        a = x
        for layer in range(self.depth):
            a = self.activation.function(self.affine(layer, a))
        return self.affine(self.depth, a).mul_(self.output_scale)

    def affine(self, layer: int, a: Float[Tensor, "n n_in"]) -> Float[Tensor, "n n_out"]:
        """weight_scales[l] a W^l + bias_scale b^l."""
        if self.biases is None:
            return (a @ self.weights[layer]).mul_(self.weight_scales[layer])
        scale = self.weight_scales[layer]
        return torch.addmm(self.biases[layer], a, self.weights[layer], beta=self.bias_scale, alpha=scale)

    def forward_signals(self, x: Float[Tensor, "n d"]) -> ForwardSignals:
        """Every layer's inputs and slopes, and the output."""
        layer_inputs, slopes = [x], []
        for layer in range(self.depth):
            z = self.affine(layer, layer_inputs[-1])
            layer_inputs.append(self.activation.function(z))
            slopes.append(self.activation.slope(z, layer_inputs[-1]))
        output = self.affine(self.depth, layer_inputs[-1]).mul_(self.output_scale)
        return ForwardSignals(layer_inputs, slopes, output)

    def backward_signals(
        self, signals: ForwardSignals, cotangent: Float[Tensor, "n outputs"] | None = None
    ) -> list[Tensor]:
        """D^l = d(f)/dz^l for every affine layer.

        Args:
            signals: What `forward_signals` gave for the n inputs.
            cotangent: Weights of the outputs, which are then summed; None takes each output by itself.

        Returns:
            For l = 1 .. L + 1: (n, n_l) with a cotangent, (n, outputs, n_l) without.
        """
        n, scale = len(signals.output), self.output_scale
        if cotangent is None:
            identity = torch.eye(self.outputs, dtype=self.dtype, device=self.device)
            backward = [identity.mul_(scale).expand(n, -1, -1)]
        else:
            backward = [cotangent[:, None, :] * scale]
        for layer in range(self.depth, 0, -1):
            slope = signals.slopes[layer - 1][:, None, :]
            if layer == self.depth and cotangent is None:
                below = slope * (self.weights[layer].T * (scale * self.weight_scales[layer]))
            else:
                flat = backward[0].flatten(0, 1) @ self.weights[layer].T
                below = flat.mul_(self.weight_scales[layer]).view(n, -1, flat.shape[1]).mul_(slope)
            backward.insert(0, below)
        return backward if cotangent is None else [signal[:, 0] for signal in backward]

    def gradients(self, x: Float[Tensor, "n d"], residual: Float[Tensor, " n"]) -> list[Tensor]:
        """The gradient of 1/2 sum r^2 in the order of `parameters`, for a network of one output.

        Args:
            x: The inputs.
            residual: f(x) - y, or any other weights v: then it is J^T v.
        """
        signals = self.forward_signals(x)
        backward = self.backward_signals(signals, residual[:, None])
        gradients = []
        for a, d, scale in zip(signals.layer_inputs, backward, self.weight_scales, strict=True):
            gradients.append((a.T @ d).mul_(scale))
            if self.biases is not None:
                gradients.append(d.sum(0).mul_(self.bias_scale))
        return gradients

    def descend(self, gradients: Sequence[Tensor], learning_rate: float) -> None:
        """theta <- theta - learning_rate * gradient, in place."""
        for parameter, gradient in zip(self.parameters(), gradients, strict=True):
            parameter.add_(gradient, alpha=-learning_rate)

    def hidden_derivatives_all_zero(self, x: Float[Tensor, "n d"]) -> Bool[Tensor, ""]:
        """Whether some hidden layer lets nothing through at any of these inputs ("all units dead")."""
        none = x.new_zeros((), dtype=torch.bool)  # of a network without a hidden layer
        return torch.stack([none, *((slope == 0).all() for slope in self.forward_signals(x).slopes)]).any()

    def to_bytes(self) -> bytes:
        """The parameters in order, little-endian in their own precision."""
        arrays = [parameter.detach().cpu().numpy() for parameter in self.parameters()]
        return b"".join(array.astype(array.dtype.newbyteorder("<")).tobytes() for array in arrays)

    def load_bytes(self, data: bytes) -> None:
        """Sets the parameters from what `to_bytes` gave.

        Raises:
            ValueError: the number of bytes is not this network's.
        """
        kind = np.dtype("<f4" if self.dtype == torch.float32 else "<f8")
        expected = self.parameter_count * kind.itemsize
        if len(data) != expected:
            raise ValueError(f"this network's parameters are {expected} bytes; you gave {len(data)}")
        values = torch.from_numpy(np.frombuffer(data, kind).astype(kind.newbyteorder("=")))
        start = 0
        for parameter in self.parameters():
            parameter.copy_(values[start : start + parameter.numel()].view_as(parameter))
            start += parameter.numel()
