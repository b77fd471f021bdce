"""How fast is `empirical_ntk`? Against the bare matrix products of its formula, and torch.func's Jacobians.

python benchmarks/empirical_ntk.py [--case C] [--threads 2] [--rounds 20]

Every case is an MLP (relu, NTK parameterization, 2 inputs, biases) of equal hidden layers. All that is compared runs
in turn within one process, and the best of all rounds counts, so that other work on the machine hurts neither side.

- products: the time of the matrix products which the formula names (theory, section 6) and nothing else, as
  many multiply-adds: 2 L products (n, w) x (w, n) and 2 (L - 1) products (n, w) x (w, w). Symmetry is not used.
- torch.func: PyTorch's tutorial, jacrev under vmap, contracted layer by layer.
"""

import argparse
import gc
import json
import math
import platform
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from ntkscope.numerics import MLP, empirical_ntk

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


def measure(case: str, dtype: torch.dtype, rounds: int) -> dict[str, object]:
    n, width, depth = CASES[case]
    generator = torch.Generator().manual_seed(0)
    network = MLP.create(2, width, depth, "relu", "ntk", math.sqrt(2), 0.1, generator=generator, dtype=dtype)
    x = torch.randn(n, 2, generator=generator, dtype=torch.float64).to(dtype)
    bare = products(n, width, depth, dtype)
    runs: dict[str, Callable[[], object]] = {
        "empirical_ntk": lambda: empirical_ntk(network, x, dtype=dtype),
        "products": bare,
    }
    best = {name: math.inf for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            best[name] = min(best[name], seconds(run))
    jacobian_seconds = None
    difference = None
    if n * network.parameter_count * dtype.itemsize <= JACOBIAN_LIMIT:
        start = time.perf_counter()
        other = jacobian_contraction(network, x)
        jacobian_seconds = time.perf_counter() - start
        kernel = empirical_ntk(network, x, dtype=dtype)
        difference = float((kernel - other).abs().max() / other.abs().max())
        del other, kernel
        gc.collect()
    multiply_adds = 2 * depth * n * n * width + 2 * (depth - 1) * n * width * width
    return {
        "case": case, "n": n, "width": width, "depth": depth, "dtype": str(dtype).removeprefix("torch."),
        "seconds": best["empirical_ntk"], "products_seconds": best["products"],
        "gflops_of_products": 2e-9 * multiply_adds / best["products"],
        "times_products": best["empirical_ntk"] / best["products"],
        "torch_func_seconds": jacobian_seconds,
        "torch_func_over_ours": None if jacobian_seconds is None else jacobian_seconds / best["empirical_ntk"],
        "relative_difference": difference,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--case", choices=CASES, action="append")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", type=Path, default=Path(__file__).parent / "results" / "empirical_ntk.json")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print(f"{arguments.threads} threads, torch {torch.__version__}, best of {arguments.rounds} (torch.func: once)")
    print(f"{'case':4} {'n':>5} {'width':>5} {'depth':>5} {'dtype':8} {'ms':>9} {'products ms':>11} {'GFLOP/s':>8} "
          f"{'x products':>10} {'torch.func ms':>13} {'speed-up':>8} {'difference':>10}")  # fmt: skip
    rows = []
    for case in arguments.case or CASES:
        for dtype in (torch.float32, torch.float64):
            row = measure(case, dtype, arguments.rounds)
            rows.append(row)
            jacobian = row["torch_func_seconds"]
            other = (
                f"{'too large':>13} {'':8} {'':10}" if jacobian is None
                else f"{1e3 * jacobian:13.1f} {row['torch_func_over_ours']:8.1f} {row['relative_difference']:10.1e}"
            )  # fmt: skip
            print(f"{case:4} {row['n']:5} {row['width']:5} {row['depth']:5} {row['dtype']:8} "
                  f"{1e3 * row['seconds']:9.2f} {1e3 * row['products_seconds']:11.2f} "
                  f"{row['gflops_of_products']:8.1f} {row['times_products']:10.2f} {other}", flush=True)  # fmt: skip
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    result = {"threads": arguments.threads, "torch": torch.__version__, "processor": platform.processor(), "rows": rows}
    arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
