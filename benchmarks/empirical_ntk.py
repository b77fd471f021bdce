"""How fast is `empirical_ntk`? Against the bare matrix products of its formula, and torch.func's Jacobians.

python benchmarks/empirical_ntk.py [--case C] [--threads 2] [--rounds 20]

Every case is an MLP (relu, NTK parameterization, 2 inputs, biases) of equal hidden layers. All that is compared runs
in turn within one process, and the best of all rounds counts (of torch.func one round, where that takes over 5 s), so
that other work on the machine hurts neither side.

- products: the time of the matrix products which the formula names (theory, section 6) and nothing else, as
  many multiply-adds: 2 L products (n, w) x (w, n) and 2 (L - 1) products (n, w) x (w, w). Symmetry is not used.
- torch.func: PyTorch's tutorial, jacrev under vmap, contracted layer by layer.
"""

import argparse
import math
import time
from collections.abc import Callable

import torch
from torch import Tensor

from ntkscope.numerics import MLP, Architecture, activation, empirical_ntk
from report import print_table, write_json

CASES = {"A": (128, 64, 2), "B": (256, 256, 3), "C": (512, 512, 4), "D": (1024, 1024, 4)}
JACOBIAN_LIMIT = 4 * 2**30  # bytes of one Jacobian; a contraction holds two and more


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def products(n: int, width: int, depth: int, dtype: torch.dtype) -> Callable[[], None]:
    a, b = torch.randn(n, width, dtype=dtype), torch.randn(width, width, dtype=dtype)
    gram, layer = torch.empty(n, n, dtype=dtype), torch.empty(n, width, dtype=dtype)

    def run() -> None:
        for _ in range(2 * depth):
            torch.mm(a, a.T, out=gram)
        for _ in range(2 * (depth - 1)):
            torch.mm(a, b, out=layer)

    return run


def jacobian_contraction(network: MLP, x: Tensor) -> Tensor:
    """https://docs.pytorch.org/functorch/stable/notebooks/neural_tangent_kernels.html"""
    parameters = tuple(network.parameters())

    def output(values: tuple[Tensor, ...], point: Tensor) -> Tensor:
        made = MLP(values[::2], values[1::2], network.activation, network.weight_scales, network.bias_scale)
        a = point[None]
        for layer in range(made.depth):
            a = made.activation.function(made.affine(layer, a))
        return made.affine(made.depth, a)[0, 0]

    jacobian = torch.func.vmap(torch.func.jacrev(output), (None, 0))(parameters, x)
    return sum((j.flatten(1) @ j.flatten(1).T for j in jacobian), start=torch.zeros(1, dtype=x.dtype))


def best(run: Callable[[], object], rounds: int) -> float:
    """The quickest of some rounds, or of as many as fit into ten seconds, after a first one that is not counted."""
    times = [seconds(run)]
    if times[0] > 5:
        return times[0]
    begun = time.perf_counter()
    while len(times) <= rounds and time.perf_counter() - begun < 10:
        times.append(seconds(run))
    return min(times[1:])


def measure(case: str, dtype: torch.dtype, rounds: int) -> dict[str, object]:
    n, width, depth = CASES[case]
    generator = torch.Generator().manual_seed(0)
    network = MLP.create(
        2, Architecture(depth, activation("relu"), math.sqrt(2), 0.1, width), generator=generator, dtype=dtype
    )
    x = torch.randn(n, 2, generator=generator, dtype=torch.float64).to(dtype)
    bare = products(n, width, depth, dtype)
    ours, floor = math.inf, math.inf
    for _ in range(2):  # in turn
        ours = min(ours, best(lambda: empirical_ntk(network, x, dtype=dtype), rounds))
        floor = min(floor, best(bare, rounds))
    multiply_adds = 2 * depth * n * n * width + 2 * (depth - 1) * n * width * width
    row: dict[str, object] = {
        "case": case, "n": n, "width": width, "depth": depth, "dtype": str(dtype).removeprefix("torch."),
        "ms": 1e3 * ours, "products, ms": 1e3 * floor, "products, GFLOP/s": 2e-9 * multiply_adds / floor,
        "x products": ours / floor, "torch.func, ms": None, "x faster": None, "difference": None,
    }  # fmt: skip
    if n * network.parameter_count * dtype.itemsize <= JACOBIAN_LIMIT:
        theirs = best(lambda: jacobian_contraction(network, x), rounds)
        other, kernel = jacobian_contraction(network, x), empirical_ntk(network, x, dtype=dtype)
        difference = float((kernel - other).abs().max() / other.abs().max())
        row |= {"torch.func, ms": 1e3 * theirs, "x faster": theirs / ours, "difference": difference}
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--case", choices=CASES, action="append")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    rows = []
    for case in arguments.case or CASES:
        for dtype in (torch.float32, torch.float64):
            rows.append(measure(case, dtype, arguments.rounds))
            print(f"case {case}, {rows[-1]['dtype']}: measured", flush=True)
    print()
    print_table(rows)
    print(f"None under torch.func: its Jacobian alone would take over {JACOBIAN_LIMIT >> 30} GiB.")
    write_json("empirical_ntk", rows)


if __name__ == "__main__":
    main()
