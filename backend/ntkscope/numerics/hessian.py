"""The largest eigenvalue of the loss's Hessian, by Lanczos with Hessian-vector products."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float, Num
from torch import Tensor, nn

from ntkscope.numerics.mlp import MLP
from ntkscope.numerics.module_copy import copy_of

TOLERANCE = 1e-6  # of the error bound, relative to the eigenvalue
MOST_PRODUCTS = 120
LOOK_AHEAD = 8  # products between looks at a card's numbers; those after the last that counts are not told
SEED = 0  # of the first direction: the same run gives the same number


@dataclass(frozen=True)
class Sharpness:
    """Of the Hessian of 1/2 sum r^2.

    Args:
        largest: Its largest eigenvalue, in 1/time, as lambda_1(K_t) is.
        error: Bound on the distance to the nearest eigenvalue.
        products: Hessian-vector products that it took.
    """

    largest: float
    error: float
    products: int


def hessian_sharpness(
    network: MLP | nn.Module, x: Num[Tensor, "n *d"], targets: Float[Tensor, " n"], tolerance: float = TOLERANCE
) -> Sharpness:
    """The largest eigenvalue of J^T J + sum_i r_i Hess f_i, r = f(X) - targets, in float64.

    The first term is the Gauss-Newton part, whose non-zero eigenvalues are those of K = J J^T; a relu's second
    derivative, 0 but at its kink, counts as 0.

    Lanczos keeps three vectors as long as the parameters. It does not reorthogonalise: that lets eigenvalues
    come twice, and leaves the extreme ones as they are.

    Args:
        network: Of one output; it is copied, and of a torch module the trainable parameters count.
        x: The training points, encoded.
        targets: What the network's own output is compared with.
        tolerance: Of the error bound, relative to the eigenvalue.

    Raises:
        ValueError: the network has several outputs.
        InvalidInput: what `module_ntk` refuses of a torch module.

    Source: Paige 1980, "Accuracy and effectiveness of the Lanczos algorithm"; Pearlmutter 1994 for the products.
    """
    goal = targets.to(x.device, torch.float64)
    with torch.enable_grad():
        inputs = x.double() if x.is_floating_point() else x
        function, parameters = _copy(network, inputs)
        output = function(inputs)
        if output.shape[1] != 1:
            raise ValueError(f"the Hessian's loss takes a network of one output; this one has {output.shape[1]}")
        residual = output[:, 0] - goal
        gradients = torch.autograd.grad(
            0.5 * residual @ residual, parameters, create_graph=True, materialize_grads=True
        )

    def product(direction: Tensor) -> Tensor:
        parts = torch.split(direction, [parameter.numel() for parameter in parameters])
        shaped = [part.view_as(parameter) for part, parameter in zip(parts, parameters, strict=True)]
        columns = torch.autograd.grad(gradients, parameters, shaped, retain_graph=True, materialize_grads=True)
        return torch.cat([column.flatten() for column in columns])

    size = sum(parameter.numel() for parameter in parameters)
    begin = torch.randn(size, generator=torch.Generator().manual_seed(SEED), dtype=torch.float64).to(x.device)
    products, found = 0, torch.empty(2, 0, dtype=torch.float64)
    lanczos, largest, error = _lanczos(product, begin / begin.norm()), 0.0, 0.0
    while products < min(MOST_PRODUCTS, size):
        if products == found.shape[1]:
            more = min(LOOK_AHEAD if x.is_cuda else 1, min(MOST_PRODUCTS, size) - products)
            found = torch.cat([found, torch.stack([next(lanczos) for _ in range(more)], dim=1).cpu()], dim=1)
        products += 1
        diagonal, links = found[:, :products]
        off = links[:-1]
        values, vectors = torch.linalg.eigh(torch.diag(diagonal) + torch.diag(off, 1) + torch.diag(off, -1))
        largest, error = float(values[-1]), float(links[-1]) * abs(float(vectors[-1, -1]))
        if error <= tolerance * float(values.abs().max()):
            break
    return Sharpness(largest, error, products)


def _lanczos(product: Callable[[Tensor], Tensor], vector: Tensor) -> Iterator[Tensor]:
    """The entries (2,) of the tridiagonal matrix for each product: on the diagonal, and beside it. Nothing waits."""
    before, link = torch.zeros_like(vector), vector.new_zeros(())
    while True:
        image = product(vector) - link * before
        entry = vector @ image
        image -= entry * vector
        link = image.norm()
        yield torch.stack([entry, link])
        before, vector = vector, image / link


def _copy(network: MLP | nn.Module, x: Tensor) -> tuple[Callable[[Tensor], Tensor], list[Tensor]]:
    """The network in float64 with parameters of its own, which have a gradient."""
    if isinstance(network, nn.Module):
        copied = copy_of(network, x, torch.float64)
        return copied, list(copied.parameters.values())
    precise = network.to(dtype=torch.float64)
    return precise, [parameter.requires_grad_() for parameter in precise.parameters()]
