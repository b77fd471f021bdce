"""One gradient-descent step in few kernels, without autograd: the hot loop of every run."""

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.mlp import MLP


class EulerStep:
    """Forward, residual, backward and update of a network of one output, in buffers for given inputs.

    Args:
        network: Whose parameters are moved in place: these very tensors, so that values may be copied into them, but
            others in their place are not seen.
        x: The (n, d) inputs of every call; they must not change.

    Raises:
        ValueError: the network has several outputs.
    """

    def __init__(self, network: MLP, x: Tensor) -> None:
        if network.outputs != 1:
            raise ValueError(f"a training step takes a network of one output; this one has {network.outputs}")
        self.weights, self.biases = list(network.weights), list(network.biases or [])
        self.weight_scales, self.bias_scale = network.weight_scales, network.bias_scale
        self.output_scale = network.output_scale
        self.activation = network.activation.in_place()
        hidden = [weight.shape[1] for weight in self.weights[:-1]]
        self.work = [x.new_empty(len(x), width) for width in hidden]
        self.values = [x.new_empty(len(x), width) for width in hidden]
        self.slopes = [x.new_empty(len(x), width) for width in hidden]
        self.inputs = [x, *self.values]  # a^0 .. a^L
        self.ones, self.constants = x.new_ones(len(x)), (x.new_zeros(()), x.new_ones(()))
        self.last_weight = self.weights[-1][:, 0]
        self.last_bias = (self.biases[-1] if self.biases else self.constants[0]).expand(len(x))

    def __call__(self, targets: Float[Tensor, " n"], learning_rate: float) -> Float[Tensor, " n"]:
        """One step of gradient descent on 1/2 sum (f - targets)^2, in place.

        The same numbers as `MLP.gradients` and `MLP.descend` to round-off, without allocating.

        Returns:
            The residual f - targets before the update.
        """
        residual = self._forward().sub_(targets)
        self._descend(residual, -learning_rate * self.output_scale)
        return residual

    def _forward(self) -> Tensor:
        factor, biased = self.activation.input_factor, bool(self.biases)
        beta = self.bias_scale * factor if biased else 0.0  # with 0 the first argument is not read
        for layer, u in enumerate(self.work):
            alpha = self.weight_scales[layer] * factor
            bias = self.biases[layer] if biased else self.constants[0]
            torch.addmm(bias, self.inputs[layer], self.weights[layer], beta=beta, alpha=alpha, out=u)
            self.activation.evaluate(u, self.values[layer], self.slopes[layer], self.constants)
        alpha, beta = self.weight_scales[-1] * self.output_scale, self.bias_scale * self.output_scale
        return torch.addmv(self.last_bias, self.inputs[-1], self.last_weight, beta=beta if biased else 0.0, alpha=alpha)

    def _descend(self, residual: Tensor, factor: float) -> None:
        """`factor` times `signal` is -learning_rate D^l: constants never cost a pass over a buffer."""
        signal = residual[:, None]
        for layer in range(len(self.work) - 1, -1, -1):
            below = self.work[layer]
            if layer == len(self.work) - 1:
                torch.mul(signal, self.last_weight, out=below)
            else:
                torch.mm(signal, self.weights[layer + 1].T, out=below)
            below.mul_(self.slopes[layer])
            self._update(layer + 1, signal, factor)
            factor *= self.weight_scales[layer + 1] * self.activation.slope_factor
            signal = below
        self._update(0, signal, factor)

    def _update(self, layer: int, signal: Tensor, factor: float) -> None:
        self.weights[layer].addmm_(self.inputs[layer].T, signal, alpha=factor * self.weight_scales[layer])
        if self.biases:
            self.biases[layer].addmv_(signal.T, self.ones, alpha=factor * self.bias_scale)


class ShallowEulerStep(EulerStep):
    """The same for one hidden layer, where D^1 = diag(r) phi' diag(w): both factors leave the product x^T D^1."""

    def __init__(self, network: MLP, x: Tensor) -> None:
        super().__init__(network, x)
        d = x.shape[1]
        columns = [x * self.weight_scales[0]]
        if self.biases:
            columns.append(x.new_full((len(x), 1), self.bias_scale))
        self.scaled_inputs = torch.cat(columns, dim=1).T.contiguous()
        self.weighted_inputs = torch.empty_like(self.scaled_inputs)
        self.products = x.new_empty(len(self.scaled_inputs), self.weights[0].shape[1])
        self.weight_products, self.bias_products = self.products[:d], self.products[d:]
        self.hidden_transposed, self.ones_row = self.values[0].T, self.ones[None]
        self.first_bias = self.biases[0][None] if self.biases else None

    def _descend(self, residual: Tensor, factor: float) -> None:
        scale = self.weight_scales[1]
        below = factor * scale * self.activation.slope_factor
        torch.mul(self.scaled_inputs, residual, out=self.weighted_inputs)
        torch.mm(self.weighted_inputs, self.slopes[0], out=self.products)
        self.weights[0].addcmul_(self.weight_products, self.last_weight, value=below)
        if self.first_bias is not None:
            self.first_bias.addcmul_(self.bias_products, self.last_weight, value=below)
            self.biases[1].addmv_(self.ones_row, residual, alpha=factor * self.bias_scale)
        self.last_weight.addmv_(self.hidden_transposed, residual, alpha=factor * scale)


def euler_step(network: MLP, x: Float[Tensor, "n d"]) -> EulerStep:
    """The quickest step for this network and these inputs, to be called again and again."""
    return ShallowEulerStep(network, x) if network.depth == 1 else EulerStep(network, x)
