"""The empirical NTK of an MLP, K = J J^T, by the layerwise formula: exact, and J is never formed."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Num
from torch import Tensor, nn

from ntkscope.numerics.mlp import MLP
from ntkscope.numerics.module_ntk import module_ntk, module_ntk_full
from ntkscope.numerics.stages import Stages, complete, in_one_piece, pieces

STRIP_WORK = 4e9  # multiply-adds of a strip's largest product, at most: half a second on one core
ACTIVATION_WORK = 60  # multiply-adds in whose time a unit's activation and its derivative are evaluated


def empirical_ntk(
    network: MLP | nn.Module,
    x1: Num[Tensor, "n1 *d"],
    x2: Num[Tensor, "n2 *d"] | None = None,
    dtype: torch.dtype = torch.float64,
) -> Float[Tensor, "n1 n2"]:
    r"""K(x, x') = <df(x)/dtheta, df(x')/dtheta> of a network of one output, not divided by anything.

    K = sum_l (s_l^2 A^l (A^l)^T + sigma_b^2) o (D^l (D^l)^T), with A the layers' inputs and D = df/dz.

    Args:
        network: Its parameters are taken in `dtype`, whatever their own. A torch module goes to `module_ntk`, which
            also says by which route its kernel was computed.
        x1: The inputs.
        x2: Other inputs; None means x1, at about half the work, and the result is exactly symmetric.
        dtype: In which everything is computed.

    Raises:
        ValueError: the network has several outputs.
        InvalidInput: the same of a torch module, or what else `module_ntk` refuses.

    Source: theory, section 6. Memory is O(n width depth + n1 n2).
    """
    if isinstance(network, nn.Module):
        return module_ntk(network, x1, x2, dtype).kernel
    if network.outputs != 1:
        raise ValueError(
            f"empirical_ntk takes a network of one output; this one has {network.outputs}. "
            "Use empirical_ntk_full or empirical_ntk_mean"
        )
    return _whole_kernel(network, x1, x2, dtype, blocks=1)


@torch.no_grad()
def empirical_ntk_stages(
    network: MLP,
    x1: Num[Tensor, "n1 *d"],
    x2: Num[Tensor, "n2 *d"] | None = None,
    dtype: torch.dtype = torch.float64,
) -> Stages[Tensor]:
    """`empirical_ntk` of an MLP of one output, piece by piece: some tenths of a second each; the same numbers."""
    return (yield from _kernel(network, x1, x2, dtype, blocks=1))


def output_stages(network: MLP, x: Float[Tensor, "n d"]) -> Stages[Tensor]:
    """(n, outputs) of an MLP, as many inputs at a time as take some tenths of a second."""
    found = []
    for rows in pieces(len(x), row_work(network)):
        found.append(network(x[rows]))
        yield
    return torch.cat(found)


def empirical_ntk_mean(
    network: MLP | nn.Module,
    x1: Num[Tensor, "n1 *d"],
    x2: Num[Tensor, "n2 *d"] | None = None,
    dtype: torch.dtype = torch.float64,
) -> Float[Tensor, "n1 n2"]:
    """The block mean (1/m) sum_o K_oo over the m outputs; arguments as in `empirical_ntk`."""
    if isinstance(network, nn.Module):
        return module_ntk_full(network, x1, x2, dtype).kernel.diagonal(dim1=2, dim2=3).mean(-1)
    return _whole_kernel(network, x1, x2, dtype, blocks=1)


def empirical_ntk_full(
    network: MLP | nn.Module,
    x1: Num[Tensor, "n1 *d"],
    x2: Num[Tensor, "n2 *d"] | None = None,
    dtype: torch.dtype = torch.float64,
) -> Float[Tensor, "n1 n2 m m"]:
    """K[i, j, o, p] = <df_o(x1_i)/dtheta, df_p(x2_j)/dtheta>; arguments as in `empirical_ntk`."""
    if isinstance(network, nn.Module):
        return module_ntk_full(network, x1, x2, dtype).kernel
    m = network.outputs
    kernel = _whole_kernel(network, x1, x2, dtype, blocks=m)
    return kernel.view(len(x1), m, -1, m).transpose(1, 2)


def kernel_matrix(full: Float[Tensor, "n1 n2 m m"]) -> Float[Tensor, "rows columns"]:
    """The kernel of several outputs as a matrix: row i m + o belongs to output o at input i, as in `f.flatten()`."""
    n1, n2, m, _ = full.shape
    return full.transpose(1, 2).reshape(n1 * m, n2 * m)


@torch.no_grad()
def _whole_kernel(network: MLP, x1: Tensor, x2: Tensor | None, dtype: torch.dtype, blocks: int) -> Tensor:
    return complete(_kernel(network, x1, x2, dtype, blocks))


def _kernel(network: MLP, x1: Tensor, x2: Tensor | None, dtype: torch.dtype, blocks: int) -> Stages[Tensor]:
    """(n1 blocks, n2 blocks): every pair of outputs where blocks is their number, their mean where it is 1."""
    network = network if network.dtype == dtype else network.to(dtype=dtype)
    row = row_work(network)
    left = yield from _side(network, x1.to(dtype), blocks, row)
    right = left if x2 is None else (yield from _side(network, x2.to(dtype), blocks, row))
    n1, n2 = len(x1), len(x1 if x2 is None else x2)
    kernel = x1.new_empty(n1 * blocks, n2 * blocks, dtype=dtype)
    height = _strip_height(n1, kernel.is_cuda)
    stops = not in_one_piece(n1 * n2, 100 * row)  # each takes some microseconds: none where the kernel takes no time
    if stops:
        widest = max(max(weight.shape) for weight in network.weights)
        height = min(height, max(1, int(STRIP_WORK / (n2 * widest))))
    gram_buffer = kernel.new_empty(height * n2)
    signal_buffer = kernel.new_empty(height * n2 * blocks**2)
    for top in range(0, n1, height):
        bottom = min(top + height, n1)
        end = bottom if x2 is None else n2  # of the columns: the lower triangle is enough where K is symmetric
        rows, columns = slice(top * blocks, bottom * blocks), slice(0, end * blocks)
        strip = kernel[rows, columns]
        gram = gram_buffer[: (bottom - top) * end].view(bottom - top, end)
        signal_gram = signal_buffer[: strip.numel()].view(strip.shape)
        # The last layer comes first: above it df/dz is output_scale on the diagonal and 0 elsewhere.
        last = strip if blocks == 1 else gram
        _affine_gram(network, network.depth, left, right, slice(top, bottom), slice(0, end), last)
        if blocks > 1:
            strip.zero_()
            _by_outputs(strip, blocks).diagonal(dim1=1, dim2=3).copy_(gram[:, :, None])
        for layer in range(network.depth):
            _affine_gram(network, layer, left, right, slice(top, bottom), slice(0, end), gram)
            torch.mm(left.signals[layer][rows], right.signals[layer][columns].T, out=signal_gram)
            if blocks == 1:
                strip.addcmul_(gram, signal_gram, value=1 / network.outputs)
            else:
                _by_outputs(strip, blocks).addcmul_(gram[:, None, :, None], _by_outputs(signal_gram, blocks))
            if stops:
                yield
        if x2 is None:
            _mirror(kernel, rows)
    return kernel


@dataclass(frozen=True)
class _Side:
    """Each layer's inputs A (n, n_in), and its signals D = df/dz as (n blocks, -1)."""

    inputs: list[Tensor]
    signals: list[Tensor]


def _side(network: MLP, x: Tensor, blocks: int, row: int) -> Stages[_Side]:
    if in_one_piece(len(x), 3 * row):
        return _part(network, x, blocks)
    side = _Side([], [])
    for rows in pieces(len(x), 3 * row):
        part = _part(network, x[rows], blocks)
        if not side.inputs:
            side.inputs.extend(values.new_empty(len(x), values.shape[1]) for values in part.inputs)
            side.signals.extend(values.new_empty(len(x) * blocks, values.shape[1]) for values in part.signals)
        for whole, values in zip(side.inputs, part.inputs, strict=True):
            whole[rows] = values
        for whole, values in zip(side.signals, part.signals, strict=True):
            whole[rows.start * blocks : rows.stop * blocks] = values
        yield
    return side


def _part(network: MLP, x: Tensor, blocks: int) -> _Side:
    forward = network.forward_signals(x)
    signals = network.backward_signals(forward)[:-1]
    # For the mean the outputs lie side by side, so that one product sums over them.
    return _Side(forward.layer_inputs, [signal.reshape(len(x) * blocks, -1) for signal in signals])


def row_work(network: MLP) -> int:
    """Multiply-adds of one forward pass at one point, with the activations' share."""
    work = network.weights[-1].numel()
    for weight in network.weights[:-1]:
        inputs, units = weight.shape
        work += (inputs + ACTIVATION_WORK) * units
    return work


def _affine_gram(network: MLP, layer: int, left: _Side, right: _Side, rows: slice, columns: slice, out: Tensor) -> None:
    """s^2 A A^T + sigma_b^2; for the last layer times output_scale^2."""
    factor = network.output_scale**2 if layer == network.depth else 1.0
    bias = 0.0 if network.biases is None else network.bias_scale**2
    a, b = left.inputs[layer][rows], right.inputs[layer][columns]
    alpha = network.weight_scales[layer] ** 2 * factor
    torch.addmm(out.new_ones(1, 1), a, b.T, beta=bias * factor, alpha=alpha, out=out)


def _by_outputs(matrix: Tensor, blocks: int) -> Tensor:
    """(n1 blocks, n2 blocks) seen as (n1, blocks, n2, blocks)."""
    n1, n2 = matrix.shape
    return matrix.view(n1 // blocks, blocks, n2 // blocks, blocks)


def _mirror(kernel: Tensor, rows: slice) -> None:
    """Copies a strip of the lower triangle to the upper one; the diagonal block is made exactly symmetric."""
    block = kernel[rows, rows]
    block.copy_(block.tril() + block.tril(-1).T)
    if rows.start > 0:
        kernel[: rows.start, rows] = kernel[rows, : rows.start].T


def _strip_height(n1: int, cuda: bool) -> int:
    """Rows of K that are worked on at a time: few enough that a strip stays in cache and the triangle saves work,
    enough that the products run at full speed (measured between n = 128 and 1024 on two cores)."""
    if cuda:
        return min(n1, 2048)
    return n1 if n1 <= 128 else max(64, min(128, n1 // 4))
