"""The empirical NTK of an MLP, K = J J^T, by the layerwise formula: exact, and J is never formed."""

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.mlp import MLP

STRIP = 128  # rows of K that are worked on at a time


def empirical_ntk(
    network: MLP,
    x1: Float[Tensor, "n1 d"],
    x2: Float[Tensor, "n2 d"] | None = None,
    dtype: torch.dtype = torch.float64,
) -> Float[Tensor, "n1 n2"]:
    r"""K(x, x') = <df(x)/dtheta, df(x')/dtheta> of a network of one output, not divided by anything.

        K = sum_l (s_l^2 A^l (A^l)^T + sigma_b^2) o (D^l (D^l)^T)

    Args:
        network: Its parameters are taken in `dtype`, whatever their own.
        x1: The inputs.
        x2: Other inputs; None means x1, at half the work, and the result is exactly symmetric.
        dtype: In which everything is computed.

    Raises:
        ValueError: the network has several outputs.

    Source: theory, section 6.
    """
    if network.outputs != 1:
        raise ValueError(
            f"empirical_ntk takes a network of one output; this one has {network.outputs}. "
            "Use empirical_ntk_full or empirical_ntk_mean"
        )
    return empirical_ntk_mean(network, x1, x2, dtype)


def empirical_ntk_mean(
    network: MLP,
    x1: Float[Tensor, "n1 d"],
    x2: Float[Tensor, "n2 d"] | None = None,
    dtype: torch.dtype = torch.float64,
) -> Float[Tensor, "n1 n2"]:
    """The block mean (1/m) sum_o K_oo over the m outputs; arguments as in `empirical_ntk`."""
    full = empirical_ntk_full(network, x1, x2, dtype)
    return full.diagonal(dim1=2, dim2=3).mean(-1)


def empirical_ntk_full(
    network: MLP,
    x1: Float[Tensor, "n1 d"],
    x2: Float[Tensor, "n2 d"] | None = None,
    dtype: torch.dtype = torch.float64,
) -> Float[Tensor, "n1 n2 m m"]:
    """K[i, j, o, p] = <df_o(x1_i)/dtheta, df_p(x2_j)/dtheta>; arguments as in `empirical_ntk`."""
    network = network.to(dtype=dtype)
    first = network.forward_signals(x1.to(dtype))
    second = first if x2 is None else network.forward_signals(x2.to(dtype))
    d1, d2 = network.backward_signals(first), network.backward_signals(second)
    bias = 0.0 if network.biases is None else network.bias_scale**2
    kernel = x1.new_zeros(1, dtype=dtype)
    for layer, scale in enumerate(network.weight_scales):
        gram = scale**2 * first.layer_inputs[layer] @ second.layer_inputs[layer].T + bias
        kernel = kernel + gram[:, :, None, None] * torch.einsum("iok,jpk->ijop", d1[layer], d2[layer])
    return kernel
