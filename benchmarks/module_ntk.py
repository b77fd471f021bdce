"""Is the kernel of any torch module right, whichever way it is computed? Against J J^T by plain autograd, row by row.

python benchmarks/module_ntk.py [--rows 24]

For every module of architectures.py: the route that was taken, the error that `module_ntk` itself reports, and the
largest error of K(X, X) and K(X2, X), entry by entry over the norms of the rows of J.
"""

import argparse
import time

from architectures import ARCHITECTURES, Architecture, autograd_jacobian, kernel_error
from ntkscope.numerics.module_ntk import module_ntk_full
from report import print_table, write_json


def measure(architecture: Architecture, rows: int) -> dict[str, object]:
    module, x, x2 = architecture.module(), architecture.inputs(rows, 1), architecture.inputs(rows // 2, 2)
    module_ntk_full(module, x)  # the first call of an operation loads it
    start = time.perf_counter()
    square = module_ntk_full(module, x)
    milliseconds = 1e3 * (time.perf_counter() - start)
    cross = module_ntk_full(module, x2, x)
    j, j2 = autograd_jacobian(module, x), autograd_jacobian(module, x2)
    return {
        "architecture": architecture.name, "outputs": square.kernel.shape[-1], "parameters": j.shape[1],
        "route": square.route, "expected route": architecture.route, "ms": milliseconds,
        "reported error": max(square.check_error, cross.check_error),
        "error": max(kernel_error(square.kernel, j, j), kernel_error(cross.kernel, j2, j)),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=24)
    arguments = parser.parse_args()
    results = [measure(architecture, arguments.rows) for architecture in ARCHITECTURES]
    print_table(results)
    largest = max(results, key=lambda row: float(str(row["error"])))
    print(f"Largest error over {len(results)} architectures: {largest['error']:.2g} ({largest['architecture']})")
    write_json("module_ntk", results)
    wrong = [row["architecture"] for row in results if row["route"] != row["expected route"]]
    if wrong or float(str(largest["error"])) > 1e-12:
        raise SystemExit(f"Not within 1e-12, or not by the route that was expected: {wrong or largest['architecture']}")


if __name__ == "__main__":
    main()
