"""Small torch modules of many kinds, float64 and seeded, and their kernels by plain autograd."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.enter, self.inner, self.leave = nn.Linear(4, 12), nn.Linear(12, 12), nn.Linear(12, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.tanh(self.enter(x))
        return self.leave(h + functional.gelu(self.inner(h)))


class Convolutional(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.head = nn.Conv2d(2, 5, 3, padding=1), nn.Conv2d(5, 4, 3), nn.Linear(16, 2)

    def forward(self, x: Tensor) -> Tensor:
        h = functional.max_pool2d(torch.relu(self.first(x)), 2)
        return self.head(torch.relu(self.second(h)).flatten(1))


class AttentionBlock(nn.Module):
    """Softmax attention over positions, a residual, layer norm, and a dense part used once a position."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(4, 4, bias=False) for _ in range(3))
        self.norm, self.dense, self.head = nn.LayerNorm(4), nn.Linear(4, 6), nn.Linear(6, 1)

    def forward(self, x: Tensor) -> Tensor:
        weights = torch.softmax(self.query(x) @ self.key(x).transpose(1, 2) / 2, dim=-1)
        h = self.norm(x + weights @ self.value(x))
        return self.head(functional.gelu(self.dense(h)).mean(1)).squeeze(-1)


class Tied(nn.Module):
    """The decoder is the encoder's transpose."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Linear(4, 9)

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(torch.tanh(self.encoder(x)), self.encoder.weight.T)


class CalledTwice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner, self.head = nn.Linear(4, 4), nn.Linear(4, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(torch.tanh(self.inner(torch.tanh(self.inner(x)))))


class Bilinear(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.product, self.head = nn.Bilinear(4, 4, 6), nn.Linear(6, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(torch.tanh(self.product(x, x)))


class Scaled(nn.Module):
    """A parameter of its own, which no layer holds."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last, self.scale = nn.Linear(4, 8), nn.Linear(8, 1), nn.Parameter(torch.tensor(0.7))

    def forward(self, x: Tensor) -> Tensor:
        return self.scale * self.last(torch.sin(self.first(x)))


class Heads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.mean, self.spread = nn.Linear(4, 10), nn.Linear(10, 2), nn.Linear(10, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = functional.silu(self.body(x))
        return torch.cat([self.mean(h), functional.softplus(self.spread(h))], dim=1)


def sequential(*between: nn.Module, bias: bool = True) -> nn.Module:
    return nn.Sequential(nn.Linear(4, 11, bias), between[0], nn.Linear(11, 7, bias), between[1], nn.Linear(7, 1, bias))


def normalized() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 10), nn.LayerNorm(10), nn.ReLU(), nn.Linear(10, 2))


def batch_normalized() -> nn.Module:
    """In evaluation mode, with running statistics that are not the initial ones."""
    made = nn.Sequential(nn.Linear(4, 10), nn.BatchNorm1d(10), nn.Tanh(), nn.Dropout(0.5), nn.Linear(10, 1)).double()
    made(torch.randn(32, 4, dtype=torch.float64) * 2)
    return made.eval()


@dataclass(frozen=True)
class Architecture:
    """A module, the shape of a row of its inputs, and the route that its kernel must take."""

    name: str
    make: Callable[[], nn.Module]
    shape: tuple[int, ...]
    route: str

    def module(self) -> nn.Module:
        """With its parameters drawn from a fixed seed."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            return self.make().double()

    def inputs(self, rows: int, seed: int) -> Tensor:
        generator = torch.Generator().manual_seed(seed)
        return torch.randn(rows, *self.shape, generator=generator, dtype=torch.float64)


ARCHITECTURES = [
    Architecture("mlp", lambda: sequential(nn.Tanh(), nn.GELU()), (4,), "layerwise"),
    Architecture("mlp without bias", lambda: sequential(nn.ReLU(), nn.Sigmoid(), bias=False), (4,), "layerwise"),
    Architecture("in-place relu", lambda: sequential(nn.ReLU(True), nn.ELU(inplace=True)), (4,), "layerwise"),
    Architecture("residual", Residual, (4,), "layerwise"),
    Architecture("heads", Heads, (4,), "layerwise"),
    Architecture("convolutional", Convolutional, (2, 8, 8), "jacobian"),
    Architecture("layer norm", normalized, (4,), "jacobian"),
    Architecture("batch norm, eval", batch_normalized, (4,), "jacobian"),
    Architecture("attention block", AttentionBlock, (5, 4), "jacobian"),
    Architecture("tied weights", Tied, (4,), "jacobian"),
    Architecture("layer called twice", CalledTwice, (4,), "jacobian"),
    Architecture("bilinear", Bilinear, (4,), "jacobian"),
    Architecture("parameter of its own", Scaled, (4,), "jacobian"),
]


def autograd_jacobian(module: nn.Module, x: Tensor) -> Tensor:
    """(n m, p): one backward pass for each output of each row, which runs by itself."""
    trained = [parameter for parameter in module.parameters() if parameter.requires_grad]
    rows = []
    for row in x:
        for value in module(row[None]).flatten():
            found = torch.autograd.grad(value, trained, retain_graph=True, allow_unused=True, materialize_grads=True)
            rows.append(torch.cat([gradient.flatten() for gradient in found]))
    return torch.stack(rows)


def kernel_error(found: Tensor, left: Tensor, right: Tensor) -> float:
    """max |found - J J'^T|_ij / (||J_i|| ||J'_j||), found as (n1, n2, m, m)."""
    n1, n2, m, _ = found.shape
    difference = found.transpose(1, 2).reshape(n1 * m, n2 * m) - left @ right.T
    return float((difference.abs() / (left.norm(dim=1)[:, None] * right.norm(dim=1))).max())
