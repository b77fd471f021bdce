"""One gradient-descent step in few kernels: the hot loop of every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ntkscope.numerics.fused_activations import fused

if TYPE_CHECKING:
    from ntkscope.numerics.mlp import MLP


class EulerStep:
    """Forward, residual, backward and update of a network of one output, in buffers for n inputs.

    Args:
        network: Whose parameters are moved in place.
        x: Inputs of the size, precision and device that every call will have.
    """

    def __init__(self, network: MLP, x: Tensor) -> None:
        if network.outputs != 1:
            raise ValueError(f"a training step takes a network of one output; this one has {network.outputs}")
        self.network = network
        self.shape, self.dtype, self.device = x.shape, x.dtype, x.device
        n = x.shape[0]
        hidden = [weight.shape[1] for weight in network.weights[:-1]]
        self.work = [x.new_empty(n, width) for width in hidden]
        self.values = [x.new_empty(n, width) for width in hidden]
        self.slopes = [x.new_empty(n, width) for width in hidden]
        self.ones = x.new_ones(n)
        self.constants = (x.new_zeros(()), x.new_ones(()))
        self.activation = fused(network.activation)

    def fits(self, x: Tensor) -> bool:
        """Whether the buffers are right for these inputs."""
        return x.shape == self.shape and x.dtype == self.dtype and x.device == self.device

    @torch.no_grad()
    def __call__(self, x: Tensor, targets: Tensor, learning_rate: float) -> Tensor:
        """The residual before the update; `MLP.euler_step` has the rest."""
        residual = self._forward(x).sub_(targets)
        if len(self.values) == 1:
            self._descend_one_hidden_layer(x, residual, learning_rate)
        else:
            self._descend(x, residual, learning_rate)
        return residual

    def _forward(self, x: Tensor) -> Tensor:
        network, phi, a = self.network, self.activation, x
        for layer, u in enumerate(self.work):
            scale = network.weight_scales[layer] * phi.input_factor
            if network.biases is None:
                torch.mm(a, network.weights[layer], out=u).mul_(scale)
            else:
                beta = network.bias_scale * phi.input_factor
                torch.addmm(network.biases[layer], a, network.weights[layer], beta=beta, alpha=scale, out=u)
            phi.evaluate(u, self.values[layer], self.slopes[layer], self.constants)
            a = self.values[layer]
        scale, weight = network.weight_scales[-1] * network.output_scale, network.weights[-1][:, 0]
        if network.biases is None:
            return torch.mv(a, weight).mul_(scale)
        beta = network.bias_scale * network.output_scale
        return torch.addmv(network.biases[-1].expand(len(x)), a, weight, beta=beta, alpha=scale)

    def _descend_one_hidden_layer(self, x: Tensor, residual: Tensor, learning_rate: float) -> None:
        """D^1 = diag(r) phi' diag(w): both factors move out of the (n, width) product x^T D^1."""
        network = self.network
        weight = network.weights[1][:, 0]
        scale = network.weight_scales[1] * network.output_scale * self.activation.slope_factor * -learning_rate
        columns = torch.mm((x * residual[:, None]).T, self.slopes[0])
        network.weights[0].addcmul_(columns, weight, value=scale * network.weight_scales[0])
        if network.biases is not None:
            column = torch.mv(self.slopes[0].T, residual)
            network.biases[0].addcmul_(column, weight, value=scale * network.bias_scale)
        self._descend_last(residual, learning_rate)

    def _descend(self, x: Tensor, residual: Tensor, learning_rate: float) -> None:
        network, factor = self.network, self.activation.slope_factor
        signal = residual[:, None]  # D^{l+1} without the output's scale and without slope factors
        constant = network.output_scale * -learning_rate
        for layer in range(len(self.values) - 1, -1, -1):
            above, constant = network.weights[layer + 1], constant * network.weight_scales[layer + 1] * factor
            signal_below = torch.mm(signal, above.T, out=self.work[layer]).mul_(self.slopes[layer])
            if layer == len(self.values) - 1:
                self._descend_last(residual, learning_rate)
            else:
                self._update(layer + 1, self.values[layer], signal, constant / (network.weight_scales[layer+1]*factor))
            signal = signal_below
        self._update(0, x, signal, constant)

    def _update(self, layer: int, a: Tensor, signal: Tensor, factor: float) -> None:
        network = self.network
        network.weights[layer].addmm_(a.T, signal, alpha=factor * network.weight_scales[layer])
        if network.biases is not None:
            network.biases[layer].addmv_(signal.T, self.ones, alpha=factor * network.bias_scale)

    def _descend_last(self, residual: Tensor, learning_rate: float) -> None:
        network, a = self.network, self.values[-1]
        factor = -learning_rate * network.output_scale
        network.weights[-1][:, 0].addmv_(a.T, residual, alpha=factor * network.weight_scales[-1])
        if network.biases is not None:
            network.biases[-1].add_(residual.sum(), alpha=factor * network.bias_scale)
